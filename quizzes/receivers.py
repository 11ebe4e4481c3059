"""What quizzes does when something happens elsewhere."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import published, unpublished

from accounts.models import Learner
from accounts.signals import data_requested, learner_merged
from quizzes import actions
from quizzes.models import Attempt, Quiz


@receiver(learner_merged)
def merge_attempts(sender: Any, source: Learner, target: Learner, **kwargs: Any) -> None:
    """Keep what the visitor has answered."""
    actions.merge_attempts(source=source, target=target)


@receiver(published, sender=Quiz)
def publish_edition(sender: Any, instance: Quiz, **kwargs: Any) -> None:
    """Let learners see what was published in the studio."""
    actions.publish_edition(instance)


@receiver(unpublished, sender=Quiz)
def withdraw_edition(sender: Any, instance: Quiz, **kwargs: Any) -> None:
    """Let nobody begin what was taken back."""
    actions.withdraw_edition(instance)


@receiver(data_requested)
def tell_attempts(sender: Any, learner: Learner, **kwargs: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return this learner's attempts with their responses."""
    attempts = (
        Attempt.objects.filter(learner=learner.pk).order_by("pk").prefetch_related("responses")
    )
    return "quizzes", [
        {
            "quiz": attempt.quiz_id,
            "started_at": attempt.started_at,
            "finished_at": attempt.finished_at,
            "points": attempt.points,
            "max_points": attempt.max_points,
            "responses": [
                {"question": response.question_id, "answer": response.answer}
                for response in attempt.responses.all()
            ],
        }
        for attempt in attempts.prefetch_related("responses")
    ]
