"""What labs does with news from below."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Learner
from accounts.signals import learner_merged
from labs.models import ChallengeCheck


@receiver(learner_merged)
def keep_checks(sender: Any, source: Learner, target: Learner, **kwargs: Any) -> None:
    """Give a visitor's checks to the account."""
    ChallengeCheck.objects.of(source).update(learner=target)
