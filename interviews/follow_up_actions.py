"""Writes of answers to follow-up questions. Each is atomic, and harmless when it is repeated.

There is one answer per interview, stage and criterion, so a second submission finds the first.
Without an autosave two tabs may meet: the newest text is stored, and what it replaces unseen is
kept beside it.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from interviews.actions import MAX_KEPT, NotNowError, Outcome, database_now, queue_grading
from interviews.models import Answer, Interview, KeptText


@dataclass(frozen=True)
class FollowUpText:
    """A text as a form sends it; `base` is the version its writer was shown."""

    stage_id: str
    criterion_id: str
    text: str
    base: int


@dataclass(frozen=True)
class Written:
    """What became of a text: saved, in conflict (stored, another one kept beside it), submitted.

    `is_sent_text` says whether what is stored is what was sent.
    """

    outcome: Outcome
    is_sent_text: bool


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
    row.submitted_at = database_now()
    row.save(update_fields=["submitted_at"])
    queue_grading(answer=row)
    return Written(Outcome.SUBMITTED, is_sent_text=True)


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
        _keep(row)
    row.text = sent.text
    row.version += 1
    row.saved_at = database_now()
    row.save(update_fields=["text", "version", "saved_at"])
    row.kept_texts.filter(settled_at=None, text=row.text).update(settled_at=Now())
    return Written(Outcome.CONFLICT if has_other else Outcome.SAVED, is_sent_text=True)


def _keep(row: Answer) -> None:
    """Keep what is about to be replaced, once; beyond the cap the oldest is settled."""
    unsettled = row.kept_texts.filter(settled_at=None)
    if not unsettled.filter(text=row.text).exists():
        KeptText.objects.create(answer=row, text=row.text, base_version=row.version)
    surplus = unsettled.order_by("-pk").values_list("pk", flat=True)[MAX_KEPT:]
    KeptText.objects.filter(pk__in=list(surplus)).update(settled_at=Now())
