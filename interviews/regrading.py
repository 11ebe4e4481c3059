"""Regrading: past answers of a stage, graded again by a newer edition's rubric, in batches."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.actions import request_grading
from interviews.appeals import PERSON
from interviews.exemplars import NotPossibleError, draft_of
from interviews.graders import current_grader
from interviews.models import (
    Answer,
    Appeal,
    Grade,
    Grading,
    Regrade,
    Scenario,
    ScenarioEdition,
)
from interviews.models.grades import State

# Gradings of one regrade that wait at the same time: who submits meanwhile waits for no more.
BATCH = 30
MOVING = (State.QUEUED, State.LEASED)


@dataclass(frozen=True)
class RegradeProgress:
    """Answers by what became of them; `changed` of those done have other points than before.

    `kept` wait for a person because of an appeal, and are left to them.
    """

    total: int
    done: int
    changed: int
    failed: int
    kept: int
    is_finished: bool


@transaction.atomic
def publish_and_regrade(
    *, scenario: Scenario, stage_id: str, revision_id: int, by: User
) -> Regrade | None:
    """Publish the draft `by` has seen, and begin to grade the stage's past answers by it.

    None when the stage is gone from it. Raises NotPossibleError with a sentence when the draft has
    changed since, or cannot be published yet.
    """
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if row.latest_revision_id != revision_id:
        raise NotPossibleError(_("The draft has changed since: look at what it would change."))
    if row.locked and row.locked_by_id != by.pk:
        raise NotPossibleError(_("Somebody has locked this scenario."))
    _check(row)
    row.latest_revision.publish(user=by, log_action=True)
    edition = ScenarioEdition.objects.get(scenario=row.pk, is_current=True)
    if all(stage["id"] != stage_id for stage in edition.stages):
        return None
    return start_regrade(edition=edition, stage_id=stage_id, by=by)


def _check(scenario: Scenario) -> None:
    draft = draft_of(scenario)
    try:
        draft.full_clean(exclude=["stages"])
        Scenario._meta.get_field("stages").stream_block.clean(draft.stages)  # noqa: SLF001
    except ValidationError as error:
        sentence = _("The draft cannot be published yet: open it and press “Publish” to see why.")
        raise NotPossibleError(sentence) from error


@transaction.atomic
def start_regrade(*, edition: ScenarioEdition, stage_id: str, by: User) -> Regrade:
    """Note that past answers of a stage are to be graded by `edition`; asked again, it is one.

    The sweeper queues them batch by batch.
    """
    regrade, created = Regrade.objects.get_or_create(
        edition=edition, stage_id=stage_id, defaults={"requested_by": by}
    )
    if created:
        regrade.refresh_from_db()
        regrade.total = outstanding(regrade).count()
        regrade.save(update_fields=["total"])
    return regrade


def outstanding(regrade: Regrade) -> QuerySet[Answer]:
    """Submitted answers of finished interviews that this regrade has not taken up yet.

    What a person has graded is left to the person, and so is what a learner appealed against. Who
    waits only because the grader was not sure gets the newer rubric's judgement first.
    """
    criteria = [one["id"] for one in regrade.edition.stage(regrade.stage_id)["criteria"]]
    return (
        Answer.objects.filter(
            Q(criterion_id="") | Q(criterion_id__in=criteria),
            interview__edition__scenario=regrade.edition.scenario_id,
            interview__finished_at__lte=regrade.requested_at,
            stage_id=regrade.stage_id,
            submitted_at__isnull=False,
            current_grade__isnull=False,
        )
        .exclude(current_grade__grader=PERSON)
        .exclude(current_grade__edition=regrade.edition_id)
        .exclude(gradings__regrade=regrade)
        .exclude(_is_left_to_person())
        .order_by("pk")
    )


def _is_left_to_person() -> Q:
    parked = Grading.objects.filter(answer=OuterRef("pk"), state=State.PARKED)
    appeals = Appeal.objects.filter(grade__answer=OuterRef("pk"), settled_by=None)
    return Q(Exists(parked)) & Q(Exists(appeals))


def continue_regrades() -> list[int]:
    """Queue the next batch of every regrade under way; return the new gradings."""
    unfinished = Regrade.objects.filter(finished_at=None).order_by("pk")
    return [pk for one in unfinished.values_list("pk", flat=True) for pk in continue_regrade(one)]


@transaction.atomic
def continue_regrade(regrade_id: int) -> list[int]:
    """Fill a regrade's batch up, or end it; return the new gradings.

    A regrade somebody else works on is left alone; one whose edition is no longer the current one
    ends: the newer rubric is what counts.
    """
    rows = Regrade.objects.select_for_update(of=("self",), skip_locked=True)
    regrade = rows.select_related("edition").filter(pk=regrade_id, finished_at=None).first()
    if regrade is None:
        return []
    waiting = regrade.gradings.filter(state__in=MOVING).count()
    if not regrade.edition.is_current:
        return [] if waiting else _finish(regrade)
    left = outstanding(regrade)
    free = left.exclude(gradings__state__in=MOVING)[: max(0, BATCH - waiting)]
    added = _queue(regrade, free.values_list("pk", flat=True))
    return added if added or waiting or left.exists() else _finish(regrade)


def _queue(regrade: Regrade, answers: Iterable[int]) -> list[int]:
    grader = current_grader()
    locked = Answer.objects.select_for_update(of=("self",), skip_locked=True)
    rows = locked.filter(pk__in=list(answers)).select_related("current_grade__grading__edition")
    added = []
    for answer in rows:
        if answer.current_grade is None or answer.gradings.filter(state__in=MOVING).exists():
            continue
        answer.gradings.filter(state=State.PARKED).update(state=State.WITHDRAWN)
        grading = request_grading(
            answer=answer,
            again=answer.current_grade.grading,
            edition=regrade.edition,
            regrade=regrade,
            state=State.QUEUED,
            grader=grader.name,
            grader_version=grader.version,
        )
        added.append(grading.pk)
    return added


def _finish(regrade: Regrade) -> list[int]:
    Regrade.objects.filter(pk=regrade.pk).update(finished_at=Now())
    return []


def progress_of(regrade: Regrade) -> RegradeProgress:
    """Count what became of the answers of a regrade."""
    counts: dict[str, Any] = regrade.gradings.aggregate(
        begun=Count("pk"),
        done=Count("pk", filter=Q(state=State.DONE)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    finished = regrade.finished_at is not None
    left = 0 if finished else outstanding(regrade).count()
    return RegradeProgress(
        total=counts["begun"] + left,
        done=counts["done"],
        changed=_changed(regrade),
        failed=counts["failed"],
        kept=_kept(regrade),
        is_finished=finished,
    )


def _changed(regrade: Regrade) -> int:
    before = Grade.objects.filter(answer=OuterRef("answer"), pk__lt=OuterRef("pk")).order_by("-pk")
    grades = Grade.objects.filter(grading__regrade=regrade)
    compared = grades.annotate(before=Subquery(before.values("points")[:1]))
    return compared.exclude(points=F("before")).count()


def _kept(regrade: Regrade) -> int:
    answers = Answer.objects.filter(
        _is_left_to_person(),
        interview__edition__scenario=regrade.edition.scenario_id,
        interview__finished_at__lte=regrade.requested_at,
        stage_id=regrade.stage_id,
    )
    return answers.count()
