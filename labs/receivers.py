"""What labs does with news from below."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Learner
from accounts.signals import data_requested, learner_merged
from labs.models import ChallengeCheck


@receiver(learner_merged)
def keep_checks(sender: Any, source: Learner, target: Learner, **kwargs: Any) -> None:
    """Give a visitor's checks to the account."""
    ChallengeCheck.objects.of(source).update(learner=target)


@receiver(data_requested)
def tell_checks(sender: Any, learner: Learner, **kwargs: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the challenges this learner tried."""
    columns = ("lab", "lab_version", "challenge", "parameters", "passed", "checked_at")
    return "challenges", list(ChallengeCheck.objects.of(learner).order_by("pk").values(*columns))
