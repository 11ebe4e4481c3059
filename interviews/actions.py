"""Writes of interviews. Each is atomic, and harmless when it is repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Learner
from interviews import tasks
from interviews.graders import current_grader
from interviews.models import Answer, ExtraTime, Grading, Interview, KeptText, ScenarioEdition
from interviews.models.grades import State
from interviews.models.interviews import Mode
from interviews.rubrics import graded_text
from interviews.signals import answer_submitted, interview_finished
from interviews.work import Work, filled, work_of

GRACE = timedelta(seconds=10)  # for a save that was on its way when the time ran out
MAX_KEPT = 20  # unsettled texts per answer; beyond it the oldest is settled
_PARTS = ("text", "estimates", "diagram")


class NotNowError(Exception):
    """The step is not possible in the state the interview is in: show that state."""


class Outcome(StrEnum):
    """What became of a text that was sent."""

    SAVED = "saved"
    CONFLICT = "conflict"  # somebody else stored a newer one; the sent one is kept beside it
    SUPERSEDED = "superseded"  # the same tab stored a later one, which stays
    SUBMITTED = "submitted"  # the stage is handed in: nothing changes any more
    OVER = "over"  # the interview, or a strict stage's time, has ended


@dataclass(frozen=True)
class Sent:
    """What a browser sends: a text, and of the other parts those its page had.

    Estimates that are not named and a `diagram` of None stay as they are stored. `base` is the
    version its writer started from; `editor` names the tab and `sequence` counts the changes made
    in it, so that a save whose acknowledgement was lost is not taken for somebody else's, and one
    that arrives late does not undo a later one.
    """

    text: str
    base: int
    editor: str = ""
    sequence: int = 0
    estimates: Mapping[str, str] = field(default_factory=dict)
    diagram: str | None = None

    def work_on(self, stored: Work) -> Work:
        """Return the whole work as its writer sees it, who was shown `stored`."""
        diagram = stored.diagram if self.diagram is None else self.diagram
        return Work(self.text, filled({**stored.estimates, **self.estimates}), diagram)


@dataclass(frozen=True)
class Saved:
    """The answer as it is stored after something was sent, and what became of that."""

    outcome: Outcome
    version: int
    work: Work


@transaction.atomic
def start_interview(*, learner: Learner, edition: ScenarioEdition, mode: str) -> Interview:
    """Begin an interview and open its first stage.

    An unfinished interview on the same scenario is continued instead, so that a double click
    begins one, and one that waits is not forgotten.
    """
    Learner.objects.select_for_update().get(pk=learner.pk)
    interview = Interview.objects.of(learner).unfinished_on(edition).first()
    if interview is None:
        granted = ExtraTime.objects.filter(learner=learner, scenario=edition.scenario_id).first()
        interview = Interview.objects.create(
            learner=learner,
            edition=edition,
            mode=Mode(mode),
            extra_percent=granted.percent if granted else 0,
        )
        Answer.objects.create(interview=interview, stage_id=edition.stages[0]["id"])
    return interview


@transaction.atomic
def open_stage(*, interview: Interview, stage_id: str) -> Answer:
    """Show a stage for the first time: its clock starts here, before any of it is sent.

    Raises NotNowError unless the stages before it are submitted. Opening again changes nothing.
    """
    locked = _lock(interview)
    answers = locked.answers_by_stage()
    if stage_id in answers:
        return answers[stage_id]
    if locked.finished_at or next_stage(locked, answers) != stage_id:
        raise NotNowError
    return Answer.objects.create(interview=locked, stage_id=stage_id)


def next_stage(interview: Interview, answers: dict[str, Answer]) -> str | None:
    """Return the stage to open next; None while one is open, or when all are submitted."""
    for stage in interview.edition.stages:
        answer = answers.get(stage["id"])
        if answer is None:
            return str(stage["id"])
        if answer.submitted_at is None:
            return None
    return None


@transaction.atomic
def save_answer(*, answer: Answer, sent: Sent) -> Saved:
    """Store `sent` if its writer has seen what is stored; else keep it beside the answer."""
    row = lock_answer(answer)
    return _save(row, sent)


@transaction.atomic
def submit_answer(*, answer: Answer, sent: Sent | None, key: str) -> Saved:
    """Hand a stage in: the answer and its grading are stored together, or neither.

    `sent` None submits what is stored. A text that is not the newest is not submitted. `key` names
    this submission: sent twice, it is one. After a strict stage's end the last save counts.
    """
    row = lock_answer(answer)
    if closed := _closed(row):
        return closed
    if key and key == row.submission_key:  # of an earlier try, sent twice
        return _saved(row, Outcome.SUBMITTED)
    saved = _save(row, sent) if sent else _saved(row, Outcome.SAVED)
    if saved.outcome in {Outcome.CONFLICT, Outcome.SUPERSEDED}:
        return saved
    now = database_now()
    row.submitted_at = now
    row.submission_key = key
    row.late = now > row.deadline(_minutes(row)) + GRACE
    row.save(update_fields=["submitted_at", "submission_key", "late"])
    # Who hands in something new no longer waits for a person to read what was there before.
    row.gradings.filter(state=State.PARKED).update(state=State.WITHDRAWN)
    queue_grading(answer=row)
    answer_submitted.send(Answer, answer=row)
    _finish_if_complete(row.interview)
    return _saved(row, Outcome.SUBMITTED)


def queue_grading(*, answer: Answer) -> Grading:
    """Add the row that is the queue; the wake-up call follows the commit and may get lost."""
    grader = current_grader()
    grading = request_grading(
        answer=answer, grader=grader.name, grader_version=grader.version, state=State.QUEUED
    )
    # Robust: a broker that is down costs a log line, never the submission. The sweeper wakes
    # a worker later.
    transaction.on_commit(partial(tasks.wake_grader, grading.pk), robust=True)
    return grading


def request_grading(*, answer: Answer, again: Grading | None = None, **fields: Any) -> Grading:
    """Add a grading of what the answer says now; its text stays as it is graded.

    With `again`, the text and rubric of that earlier grading are judged once more, unless `fields`
    name another edition.
    """
    if again is not None:
        known = {"edition": again.edition, "text": again.text, "diagram": again.diagram}
        return Grading.objects.create(answer=answer, **(known | fields))
    edition = answer.interview.edition
    stage = edition.stage(answer.stage_id)
    text = graded_text(stage, answer.text, answer.estimates)
    return Grading.objects.create(
        answer=answer, edition=edition, text=text, diagram=answer.diagram, **fields
    )


@transaction.atomic
def retry_grading(*, answer: Answer) -> None:
    """Ask the grader again after it failed; a grading under way or done is left alone."""
    row = lock_answer(answer)
    last = row.gradings.order_by("-pk").first()
    if last is not None and last.state == State.FAILED:
        queue_grading(answer=row)


@transaction.atomic
def ask_person(*, answer: Answer) -> None:
    """Park an answer that could not be graded until a person has looked at it."""
    row = lock_answer(answer)
    last = row.gradings.order_by("-pk").first()
    if last is not None and last.state == State.FAILED:
        request_grading(answer=row, state=State.PARKED, grader="person", grader_version="1")


@transaction.atomic
def use_kept_text(*, answer: Answer, kept_id: int) -> None:
    """Swap: the kept text becomes the answer, and the answer's text is kept in its place.

    Raises NotNowError when the stage is submitted or over.
    """
    row = lock_answer(answer)
    kept = row.kept_texts.select_for_update().filter(pk=kept_id, settled_at=None).first()
    if kept is None:
        return
    if _closed(row) or _is_over(row):
        raise NotNowError
    _settle(kept)
    keep_work(row, work_of(row), row.version)
    store_work(row, Sent("", row.version), work_of(kept))


@transaction.atomic
def drop_kept_text(*, answer: Answer, kept_id: int) -> None:
    """Settle a kept text in favour of what is stored; the row stays."""
    kept = KeptText.objects.filter(answer=answer, pk=kept_id, settled_at=None).first()
    if kept is not None:
        _settle(kept)


@transaction.atomic
def finish_interview(*, interview: Interview) -> None:
    """End an interview early: what was typed into an open stage is submitted, not thrown away."""
    locked = _lock(interview)
    if locked.finished_at is not None:
        return
    for answer in locked.answers_by_stage().values():
        if answer.submitted_at is None and not work_of(answer).is_empty:
            submit_answer(answer=answer, sent=None, key=f"finish-{answer.pk}")
    locked.refresh_from_db(fields=["finished_at"])
    if locked.finished_at is None:
        _finish(locked)


def database_now() -> datetime:
    """Return the database's time: the one clock all servers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _lock(interview: Interview) -> Interview:
    rows = Interview.objects.select_related("edition").select_for_update(of=("self",))
    return rows.get(pk=interview.pk)


def lock_answer(answer: Answer) -> Answer:
    """Lock for a write: interview first, then answer, the one order of locks everywhere."""
    interview = _lock(answer.interview)
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    row.interview = interview
    return row


def _save(row: Answer, sent: Sent) -> Saved:
    if closed := _closed(row):
        return closed
    if _is_over(row) and sent.work_on(work_of(row)) != work_of(row):
        return _saved(row, Outcome.OVER)
    return merge(row, sent)


def merge(row: Answer, sent: Sent) -> Saved:
    """Store what was sent if its writer has seen what is stored; else keep it beside the answer.

    The caller holds the row and knows that it takes changes.
    """
    work = sent.work_on(work_of(row))
    if work == work_of(row):
        return _saved(row, Outcome.SAVED)
    if sent.base != row.version and not is_own_run(row, sent):
        keep_work(row, work, sent.base)
        return _saved(row, Outcome.CONFLICT)
    if sent.base != row.version and sent.sequence < row.sequence:
        return _saved(row, Outcome.SUPERSEDED)
    store_work(row, sent, work)
    return _saved(row, Outcome.SAVED)


def _saved(row: Answer, outcome: Outcome) -> Saved:
    return Saved(outcome, row.version, work_of(row))


def _closed(row: Answer) -> Saved | None:
    if row.submitted_at is not None:
        return _saved(row, Outcome.SUBMITTED)
    if row.interview.finished_at is not None:
        return _saved(row, Outcome.OVER)
    return None


def store_work(row: Answer, sent: Sent, work: Work) -> None:
    """Put `work` in the place of what is stored, by the tab that `sent` names."""
    if not (sent.editor and sent.editor == row.editor):
        row.editor, row.editor_base = sent.editor, row.version
    row.text, row.estimates, row.diagram = work.text, dict(work.estimates), work.diagram
    row.version += 1
    row.sequence = sent.sequence
    row.saved_at = database_now()
    row.save(update_fields=[*_PARTS, "version", "saved_at", "editor", "editor_base", "sequence"])
    # Who stores a kept work has chosen it.
    _unsettled(row, work).update(settled_at=Now())


def is_own_run(row: Answer, sent: Sent) -> bool:
    """Whether everything stored since `sent.base` came from the tab that sends now."""
    return bool(sent.editor) and sent.editor == row.editor and sent.base >= row.editor_base


def _is_over(row: Answer) -> bool:
    if not row.interview.is_strict:
        return False
    return database_now() > row.deadline(_minutes(row)) + GRACE


def _minutes(row: Answer) -> int:
    return int(row.interview.edition.stage(row.stage_id)["minutes"])


def keep_work(row: Answer, work: Work, base: int) -> None:
    """Keep a work once; a browser that repeats itself does not fill the table."""
    if work.is_empty or _unsettled(row, work).exists():
        return
    KeptText.objects.create(answer=row, base_version=base, **work.to_data())
    unsettled = row.kept_texts.filter(settled_at=None)
    surplus = unsettled.order_by("-pk").values_list("pk", flat=True)[MAX_KEPT:]
    KeptText.objects.filter(pk__in=list(surplus)).update(settled_at=Now())


def _unsettled(row: Answer, work: Work) -> QuerySet[KeptText]:
    return row.kept_texts.filter(settled_at=None, **work.to_data())


def _settle(kept: KeptText) -> None:
    KeptText.objects.filter(pk=kept.pk).update(settled_at=Now())


def _finish_if_complete(interview: Interview) -> None:
    stages = interview.answers.filter(criterion_id="")
    submitted = stages.filter(submitted_at__isnull=False).count()
    if interview.finished_at is None and submitted == len(interview.edition.stages):
        _finish(interview)


def _finish(interview: Interview) -> None:
    interview.finished_at = database_now()
    interview.save(update_fields=["finished_at"])
    interview_finished.send(Interview, interview=interview)
