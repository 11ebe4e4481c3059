"""Extra time that instructors grant to a learner on a scenario."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Learner, User
from interviews.models import ExtraTime, Interview, Scenario

PERCENTS = (25, 50, 100)


def granted_in(scenarios: QuerySet[Scenario]) -> QuerySet[ExtraTime]:
    """What was granted on these scenarios, by scenario and address."""
    rows = ExtraTime.objects.filter(scenario__in=scenarios)
    return rows.select_related("learner__user", "scenario", "granted_by").order_by(
        "scenario__title", "learner__user__email", "pk"
    )


@transaction.atomic
def grant_extra_time(*, user: User, scenario: Scenario, percent: int, by: User) -> ExtraTime:
    """Give somebody more time on a scenario, in interviews under way too; the last word counts."""
    learner, _created = Learner.objects.get_or_create(user=user)
    Learner.objects.select_for_update().get(pk=learner.pk)
    granted, _created = ExtraTime.objects.update_or_create(
        learner=learner, scenario=scenario, defaults={"percent": percent, "granted_by": by}
    )
    _apply(granted, percent)
    return granted


@transaction.atomic
def revoke_extra_time(*, granted: ExtraTime) -> None:
    """Take extra time back, in interviews under way too."""
    Learner.objects.select_for_update().get(pk=granted.learner_id)
    _apply(granted, 0)
    ExtraTime.objects.filter(pk=granted.pk).delete()


def _apply(granted: ExtraTime, percent: int) -> None:
    unfinished = Interview.objects.filter(
        learner=granted.learner_id, edition__scenario=granted.scenario_id, finished_at=None
    )
    unfinished.update(extra_percent=percent)
