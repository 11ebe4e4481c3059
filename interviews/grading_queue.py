"""The queue of gradings: leasing, grading, sweeping.

The row is the queue. A worker leases it, raising `attempts` in a committed transaction of its own
before it begins, and writes progress and grade only while the row still has that number: however
often a task runs, wherever it is killed, one grading makes at most one grade.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from grading import (
    Assessment,
    Criterion,
    CriterionAssessment,
    assessment_to_data,
)
from grading.assessment import criterion_to_data
from interviews.graders import consult, current_grader
from interviews.leases import LeaseLostError
from interviews.models import Answer, Grade, Grading, Interview
from interviews.models.grades import State
from interviews.opinions import Opinion
from interviews.rubrics import own_estimates, question_for, rubric_of
from interviews.signals import answer_graded

logger = logging.getLogger(__name__)
SWEEP_LIMIT = 500


@dataclass(frozen=True)
class QueueHealth:
    """What operators watch: how many wait for a grader, for how many seconds the oldest has, how
    many wait for a person, and how many could not be graded in the last hour.
    """

    waiting: int
    oldest_s: float
    parked: int
    failed_lately: int


@dataclass(frozen=True)
class Lease:
    """The right to grade: valid while the row still says leased at this attempt."""

    grading_id: int
    answer_id: int
    attempt: int

    def rows(self) -> QuerySet[Grading]:
        """The row, if the lease still holds."""
        return Grading.objects.filter(pk=self.grading_id, state=State.LEASED, attempts=self.attempt)


def lease_time() -> timedelta:
    """How long a worker may be silent before its work is given to another."""
    return timedelta(seconds=settings.GRADING_LEASE_SECONDS)


def resend_time() -> timedelta:
    """How long a wake-up call may take before it counts as lost."""
    return timedelta(seconds=settings.GRADING_RESEND_SECONDS)


def queue_health() -> QueueHealth:
    """Count the queue by the database's clock, in one query."""
    waiting = Q(state__in=[State.QUEUED, State.LEASED])
    lately = Q(state=State.FAILED, requested_at__gt=Now() - timedelta(hours=1))
    found = Grading.objects.filter(waiting | lately | Q(state=State.PARKED)).aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Now() - Min("requested_at", filter=waiting),
        parked=Count("pk", filter=Q(state=State.PARKED)),
        failed=Count("pk", filter=lately),
    )
    oldest_s = found["oldest"].total_seconds() if found["oldest"] else 0.0
    return QueueHealth(found["waiting"], oldest_s, found["parked"], found["failed"])


def grade_queued(grading_id: int) -> None:
    """Grade one queued answer; return quietly when there is nothing to do for this caller.

    An error of the grader puts the row back, or ends it as failed at its cap.
    """
    lease = take_lease(grading_id)
    if lease is None:
        return
    try:
        opinion = _assess(lease)
        write_grade(lease=lease, assessment=opinion.assessment, beside=opinion.to_data())
    except LeaseLostError:
        logger.info("Grading %s was taken over by another worker.", grading_id)
    except Exception as error:
        logger.exception("Grading %s failed at attempt %s.", grading_id, lease.attempt)
        give_back(lease=lease, error=type(error).__name__)


@transaction.atomic
def take_lease(grading_id: int) -> Lease | None:
    """Claim a row that is queued, or whose worker has been silent for too long.

    Rows locked by somebody else, finished, or leased to a living worker give None. A row that has
    used up its attempts ends as failed.
    """
    free = Q(state=State.QUEUED) | Q(state=State.LEASED, lease_until__lt=Now())
    row = Grading.objects.select_for_update(skip_locked=True).filter(free, pk=grading_id).first()
    if row is None:
        return None
    if row.attempts >= row.attempts_cap:
        _mark_failed(Grading.objects.filter(pk=row.pk), error=row.error or "worker lost")
        return None
    attempt = row.attempts + 1
    Grading.objects.filter(pk=row.pk).update(
        state=State.LEASED, attempts=attempt, progress=[], lease_until=Now() + lease_time()
    )
    return Lease(row.pk, row.answer_id, attempt)


def _assess(lease: Lease) -> Opinion:
    """The embedded grader's assessment, and a second opinion on it where one is wanted."""
    grading = Grading.objects.select_related("answer__interview", "edition").get(
        pk=lease.grading_id
    )
    done: list[CriterionAssessment] = []

    def record(assessed: CriterionAssessment) -> None:
        done.append(assessed)
        _write_progress(lease, done)

    question, rubric = question_of(grading)
    first = current_grader().grade(question, rubric, grading.text, on_criterion=record)
    return consult(
        grading=grading,
        question=question,
        rubric=rubric,
        first=first,
        renew=lambda: _renew(lease),
    )


def question_of(grading: Grading) -> tuple[str, tuple[Criterion, ...]]:
    """What was asked, and the rubric of the stage with the learner's own numbers in it.

    An answer to a follow-up question is judged by that question's criterion alone.
    """
    answer, edition = grading.answer, grading.edition
    stage = edition.stage(answer.stage_id)
    rubric = rubric_of(stage, own_estimates(edition.stages, typed_estimates(answer.interview)))
    if not answer.criterion_id:
        return question_for(edition.data["prompt"], stage), rubric
    asked = next(one for one in stage["criteria"] if one["id"] == answer.criterion_id)
    return asked["follow_up"], tuple(one for one in rubric if one.id == answer.criterion_id)


def typed_estimates(interview: Interview) -> dict[str, dict[str, str]]:
    """What was typed into the estimate fields of an interview, by stage and estimate."""
    rows = interview.answers.filter(criterion_id="").values_list("stage_id", "estimates")
    return dict(rows)


def _renew(lease: Lease) -> None:
    """Live on while somebody else is awaited."""
    if not lease.rows().update(lease_until=Now() + lease_time()):
        raise LeaseLostError


def _write_progress(lease: Lease, done: list[CriterionAssessment]) -> None:
    """Show what is done, and live on: each criterion renews the lease."""
    changed = lease.rows().update(
        progress=[criterion_to_data(one) for one in done], lease_until=Now() + lease_time()
    )
    if not changed:
        raise LeaseLostError


@transaction.atomic
def write_grade(
    *, lease: Lease, assessment: Assessment, beside: Mapping[str, Any] | None = None
) -> Grade:
    """Write the grade and end the grading, if the lease still holds; else LeaseLostError.

    A provisional grade stands until a person has looked: the answer waits for one from the same
    moment on. `beside` is kept with the assessment.
    """
    grading = (
        lease.rows()
        .select_for_update(of=("self",))
        .select_related("answer__interview", "edition")
        .first()
    )
    if grading is None:
        raise LeaseLostError
    answer = grading.answer
    grade = Grade.objects.create(
        answer=answer,
        grading=grading,
        grader=assessment.grader,
        grader_version=assessment.version,
        edition=grading.edition,
        stage_id=answer.stage_id,
        points=assessment.points,
        max_points=assessment.max_points,
        provisional=assessment.provisional,
        assessment=assessment_to_data(assessment) | dict(beside or {}),
    )
    end_with_grade(grading=grading, grade=grade)
    if grade.provisional:
        _park(grading)
    return grade


def _park(grading: Grading) -> None:
    """Let a person judge the same text by the same rubric; `grading` has just ended."""
    Grading.objects.create(
        answer=grading.answer,
        edition=grading.edition,
        text=grading.text,
        diagram=grading.diagram,
        state=State.PARKED,
        grader="person",
        grader_version="1",
    )


def end_with_grade(*, grading: Grading, grade: Grade) -> None:
    """Make `grade` the current one of its answer; the caller holds the row in a transaction."""
    Grading.objects.filter(pk=grading.pk).update(
        state=State.DONE, lease_until=None, error="", progress=grade.assessment["criteria"]
    )
    Answer.objects.filter(pk=grading.answer_id).update(current_grade=grade)
    answer_graded.send(Grade, grade=grade, answer=grading.answer)


@transaction.atomic
def give_back(*, lease: Lease, error: str) -> None:
    """End a failed attempt: back into the queue, or failed when it was the last."""
    last = lease.rows().filter(attempts__gte=F("attempts_cap"))
    if not _mark_failed(last, error=error):
        lease.rows().update(state=State.QUEUED, lease_until=None, sent_at=Now(), error=error[:500])


def _mark_failed(rows: QuerySet[Grading], *, error: str) -> int:
    return rows.update(state=State.FAILED, lease_until=None, error=error[:500])


@transaction.atomic
def take_overdue() -> list[int]:
    """Return the gradings whose wake-up call or worker was lost, oldest first; end hopeless ones.

    Each counts as sent now, so that a long queue is not sent again with every sweep.
    """
    silent = Q(state=State.LEASED, lease_until__lt=Now())
    hopeless = silent & Q(attempts__gte=F("attempts_cap"))
    _mark_failed(Grading.objects.filter(hopeless), error="worker lost")
    unheard = Q(state=State.QUEUED, sent_at__lt=Now() - resend_time())
    rows = Grading.objects.select_for_update(skip_locked=True).filter(silent | unheard)
    overdue = list(rows.order_by("requested_at").values_list("pk", flat=True)[:SWEEP_LIMIT])
    Grading.objects.filter(pk__in=overdue).update(sent_at=Now())
    return overdue
