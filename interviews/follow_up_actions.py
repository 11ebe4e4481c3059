"""Writes of answers to follow-up questions. Each is atomic, and harmless when it is repeated.

There is one answer per interview, stage and criterion, so a second submission finds the first. A
page's script saves as the stages' editor does. A form without one has no way to ask which of two
texts counts: the newest is stored, and what it replaces unseen is kept beside it.
"""

from dataclasses import dataclass, replace

from django.db import transaction

from interviews.actions import (
    NotNowError,
    Outcome,
    Saved,
    Sent,
    database_now,
    is_own_run,
    keep_work,
    merge,
    queue_grading,
    store_work,
)
from interviews.models import Answer, Interview
from interviews.work import Work, work_of


@dataclass(frozen=True)
class FollowUpText:
    """A text as a page sends it; `base` is the version its writer was shown.

    `editor` and `sequence` are those of `Sent`.
    """

    stage_id: str
    criterion_id: str
    text: str
    base: int
    editor: str = ""
    sequence: int = 0

    def as_sent(self) -> Sent:
        """The same as the stages' writes take it."""
        return Sent(self.text, self.base, self.editor, self.sequence)


@dataclass(frozen=True)
class Written:
    """What became of a text: saved, in conflict (stored, another one kept beside it), submitted.

    `is_sent_text` says whether what is stored is what was sent.
    """

    outcome: Outcome
    is_sent_text: bool


@transaction.atomic
def sync_follow_up(*, interview: Interview, sent: FollowUpText, submit: bool = False) -> Saved:
    """Store what a script sends if its writer has seen what is stored; else keep it beside that.

    With `submit`, what was stored is handed in as well. What comes after that is kept, too.
    Raises NotNowError while the interview runs.
    """
    row = _lock(interview, sent)
    if row.submitted_at is not None:
        if not is_own_run(row, sent.as_sent()) and sent.text != row.text:
            keep_work(row, Work(sent.text), sent.base)
        return Saved(Outcome.SUBMITTED, row.version, work_of(row))
    saved = merge(row, sent.as_sent())
    if not submit or saved.outcome != Outcome.SAVED:
        return saved
    _hand_in(row)
    return replace(saved, outcome=Outcome.SUBMITTED)


@transaction.atomic
def save_follow_up(*, interview: Interview, sent: FollowUpText) -> Written:
    """Store a draft. Raises NotNowError while the interview runs."""
    row = _lock(interview, sent)
    if row.submitted_at is not None:
        return Written(Outcome.SUBMITTED, row.text == sent.text)
    return _store(row, sent)


@transaction.atomic
def submit_follow_up(*, interview: Interview, sent: FollowUpText) -> Written:
    """Hand an answer in, with the grading that waits for a worker: both or neither.

    After a conflict it is only stored, so that its writer sees the other text first. Raises
    NotNowError while the interview runs.
    """
    row = _lock(interview, sent)
    if row.submitted_at is not None:
        return Written(Outcome.SUBMITTED, row.text == sent.text)
    written = _store(row, sent)
    if written.outcome == Outcome.CONFLICT:
        return written
    _hand_in(row)
    return Written(Outcome.SUBMITTED, is_sent_text=True)


def _hand_in(row: Answer) -> None:
    row.submitted_at = database_now()
    row.save(update_fields=["submitted_at"])
    queue_grading(answer=row)


def _lock(interview: Interview, sent: FollowUpText) -> Answer:
    """Interview first, then answer, as everywhere; the answer begins with its first text."""
    rows = Interview.objects.select_related("edition").select_for_update(of=("self",))
    locked = rows.get(pk=interview.pk)
    if locked.finished_at is None:
        raise NotNowError
    row, _is_new = Answer.objects.select_for_update().get_or_create(
        interview=locked, stage_id=sent.stage_id, criterion_id=sent.criterion_id
    )
    row.interview = locked
    return row


def _store(row: Answer, sent: FollowUpText) -> Written:
    if sent.text == row.text:
        return Written(Outcome.SAVED, is_sent_text=True)
    has_other = sent.base != row.version and bool(row.text.strip())
    if has_other:
        keep_work(row, work_of(row), row.version)
    store_work(row, sent.as_sent(), Work(sent.text))
    return Written(Outcome.CONFLICT if has_other else Outcome.SAVED, is_sent_text=True)
