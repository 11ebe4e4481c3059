"""What quizzes does when something happens elsewhere."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import published, unpublished

from accounts.models import Learner
from accounts.signals import learner_merged
from quizzes import actions
from quizzes.models import Quiz


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
