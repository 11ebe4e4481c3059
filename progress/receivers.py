"""News from the apps below becomes activities."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Learner
from accounts.signals import data_requested, learner_merged, visitor_began
from courses.models import LessonEdition
from courses.signals import lesson_opened
from interviews.signals import answer_submitted
from labs.signals import challenge_checked
from progress import actions
from progress.access import lesson_around
from progress.models import Activity, Verb
from progress.states import course_state
from quizzes.signals import attempt_finished


@receiver(lesson_opened)
def remember_place(
    sender: Any, request: Any, edition: LessonEdition, learner: Learner | None, **kwargs: Any
) -> None:
    """Log the opening when it is another lesson than last time: reloading is not news."""
    if not learner:
        return
    state = course_state(request, edition.course_slug)
    if state is None or state.last_lesson != edition.content_id:
        actions.open_lesson(learner=learner, edition=edition)


@receiver(visitor_began)
def remember_first_place(sender: Any, request: Any, learner: Learner, **kwargs: Any) -> None:
    """Log the lesson a visitor was reading when they did their first thing: reading alone leaves
    no trace, so it was not logged when it was opened."""
    edition = lesson_around(request)
    if edition is not None:
        actions.open_lesson(learner=learner, edition=edition)


@receiver(attempt_finished)
def keep_attempt(sender: Any, attempt: Any, **kwargs: Any) -> None:
    """Log a finished attempt."""
    actions.finish_quiz(
        learner=attempt.learner,
        quiz=attempt.edition.quiz.slug,
        title=attempt.edition.title,
        attempt_id=attempt.pk,
        points=attempt.points,
        max_points=attempt.max_points,
    )


@receiver(challenge_checked)
def keep_challenge(sender: Any, check: Any, **kwargs: Any) -> None:
    """Log a challenge the first time it is passed."""
    if check.passed:
        actions.log(
            learner=check.learner,
            verb=Verb.CHALLENGE_PASSED,
            key=f"challenge:{check.lab}:{check.challenge}",
            data={"lab": check.lab, "challenge": check.challenge},
        )


@receiver(answer_submitted)
def keep_answer(sender: Any, answer: Any, **kwargs: Any) -> None:
    """Log a submitted stage."""
    actions.log(
        learner=answer.interview.learner,
        verb=Verb.ANSWER_SUBMITTED,
        key=f"answer:{answer.pk}",
        data={"interview": answer.interview_id, "stage": answer.stage_id},
    )


@receiver(learner_merged)
def merge_logs(sender: Any, source: Learner, target: Learner, **kwargs: Any) -> None:
    """Give a visitor's log to the account."""
    actions.merge(source=source, target=target)


@receiver(data_requested)
def tell_log(sender: Any, learner: Learner, **kwargs: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the activity log of this learner."""
    rows = Activity.objects.of(learner).order_by("pk").values("verb", "key", "data", "at")
    return "activities", list(rows)
