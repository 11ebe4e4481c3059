"""The list of answers that wait for a person, with the reasons why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.models import Appeal, Grading, Scenario, ScenarioEdition
from interviews.models.grades import State
from interviews.review import parked_for


@dataclass(frozen=True)
class AppealLine:
    """What a learner thinks is wrong; `reason` may be empty."""

    criterion_id: str
    criterion: str
    reason: str


@dataclass(frozen=True)
class WaitingLine:
    """One answer that waits."""

    pk: int
    scenario: str
    stage: str
    since: datetime
    why: tuple[str, ...]
    appeals: tuple[AppealLine, ...]


def waiting_rows(user: User, scenario: int | None = None) -> QuerySet[Grading]:
    """What waits for this user, the oldest first, perhaps of one scenario only."""
    rows = parked_for(user)
    if scenario is not None:
        rows = rows.filter(answer__interview__edition__scenario=scenario)
    failed = Grading.objects.filter(
        answer=OuterRef("answer"), state=State.FAILED, pk__lt=OuterRef("pk")
    )
    rows = rows.select_related("answer__interview__edition", "answer__current_grade")
    return rows.defer("answer__interview__edition__data").annotate(has_failed=Exists(failed))


def waiting_scenarios(user: User) -> QuerySet[Scenario]:
    """The scenarios of which something waits for this user."""
    waiting = parked_for(user).values("answer__interview__edition__scenario")
    return Scenario.objects.filter(pk__in=waiting).order_by("title", "pk")


def describe_waiting(rows: Iterable[Grading]) -> list[WaitingLine]:
    """Say of each row why it waits: two queries, however many rows."""
    gradings = list(rows)
    editions = ScenarioEdition.objects.in_bulk({row.edition_id for row in gradings})
    appeals: dict[int, list[Appeal]] = defaultdict(list)
    for appeal in open_appeals([row.answer_id for row in gradings]):
        appeals[appeal.grade.answer_id].append(appeal)
    return [_line(row, editions[row.edition_id], appeals[row.answer_id]) for row in gradings]


def open_appeals(answers: list[int]) -> QuerySet[Appeal]:
    """What learners appealed against and nobody has settled, the oldest first."""
    rows = Appeal.objects.filter(settled_by=None, grade__answer__in=answers).order_by("pk")
    return rows.select_related("grade").defer("grade__assessment")


def appeal_lines(stage: Mapping[str, Any], appeals: Iterable[Appeal]) -> tuple[AppealLine, ...]:
    """Name the criteria that appeals are about; an older rubric's may be gone."""
    titles = {one["id"]: one["title"] for one in stage["criteria"]}
    return tuple(
        AppealLine(one.criterion_id, titles.get(one.criterion_id, one.criterion_id), one.reason)
        for one in appeals
    )


def _line(row: Grading, edition: ScenarioEdition, appeals: list[Appeal]) -> WaitingLine:
    stage = edition.stage(row.answer.stage_id)
    return WaitingLine(
        pk=row.pk,
        scenario=row.answer.interview.edition.title,
        stage=stage["title"],
        since=row.requested_at,
        why=tuple(_why(row, has_appeals=bool(appeals))),
        appeals=appeal_lines(stage, appeals),
    )


def _why(row: Grading, *, has_appeals: bool) -> Iterable[str]:
    grade = row.answer.current_grade
    if has_appeals:
        yield _("The learner thinks that a verdict is wrong.")
    if grade is not None and grade.provisional:
        yield _("The grader is not sure.")
    if grade is None and row.has_failed:  # type: ignore[attr-defined] # by waiting_rows
        yield _("It could not be graded.")
    if row.error:
        yield row.error
