"""What interviews do when something happens elsewhere."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from accounts.models import Learner
from accounts.signals import data_requested, learner_merged
from interviews.editions import publish_edition, withdraw_edition
from interviews.models import ExtraTime, Interview, ModelCall, Scenario
from interviews.own_data import own_data


@receiver(published, sender=Scenario)
def make_edition(sender: Any, instance: Scenario, **kwargs: Any) -> None:
    """Give learners what was published."""
    publish_edition(scenario=instance)


@receiver(unpublished, sender=Scenario)
@receiver(pre_delete, sender=Scenario)
def withdraw(sender: Any, instance: Scenario, **kwargs: Any) -> None:
    """Take an unpublished or deleted scenario off the list; what people did stays readable."""
    withdraw_edition(scenario=instance)


@receiver(learner_merged)
def adopt_interviews(sender: Any, source: Learner, target: Learner, **kwargs: Any) -> None:
    """Carry a visitor's interviews over to the account; all else hangs on them."""
    Interview.objects.filter(learner=source).update(learner=target)
    ModelCall.objects.filter(learner=source).update(learner=target)
    granted = ExtraTime.objects.filter(learner=target).values("scenario")
    ExtraTime.objects.filter(learner=source).exclude(scenario__in=granted).update(learner=target)


@receiver(data_requested)
def tell_interviews(
    sender: Any, learner: Learner, **kwargs: Any
) -> tuple[str, list[dict[str, Any]]]:
    """Return what this learner wrote, and what people and programs said about it."""
    return "interviews", own_data(learner)
