"""The doors of the studio's own pages: what is of another course is not found."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from interviews.appeals import PERSON
from interviews.models import ExtraTime, Grade, Regrade, Scenario
from quizzes.owned import may, owned_by


def own_scenarios(request: HttpRequest) -> QuerySet[Scenario]:
    """The scenarios this user may change."""
    owned: QuerySet[Scenario] = owned_by(request.user, Scenario, {"change"})
    return owned


def access_scenario(request: HttpRequest, pk: int) -> Scenario:
    """Return a scenario this user may change."""
    return get_object_or_404(own_scenarios(request), pk=pk)


def check_may_publish(request: HttpRequest, scenario: Scenario) -> None:
    """Refuse who may change this scenario but not publish it."""
    if not may(request.user, "publish", scenario):
        raise PermissionDenied


def access_person_grade(request: HttpRequest, pk: int) -> tuple[Grade, Scenario]:
    """Return a grade that a person gave in a scenario this user may change, and the scenario."""
    rows = Grade.objects.filter(grader=PERSON).select_related("edition", "grading", "answer")
    grade = get_object_or_404(rows, pk=pk, **_in(request, "edition__scenario"))
    return grade, access_scenario(request, grade.edition.scenario_id or 0)


def access_regrade(request: HttpRequest, pk: int) -> Regrade:
    """Return a regrade of a scenario this user may change."""
    rows = Regrade.objects.select_related("edition__scenario")
    return get_object_or_404(rows, pk=pk, **_in(request, "edition__scenario"))


def access_granted(request: HttpRequest, pk: int) -> ExtraTime:
    """Return extra time granted on a scenario this user may change."""
    return get_object_or_404(ExtraTime, pk=pk, **_in(request, "scenario"))


def _in(request: HttpRequest, path: str) -> dict[str, Any]:
    return {f"{path}__in": own_scenarios(request).values("pk")}
