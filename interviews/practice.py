"""Writes that only practice interviews have: taking a hint, and trying a stage again."""

from django.db import transaction

from interviews.actions import NotNowError, database_now, lock_answer
from interviews.models import Answer
from interviews.models.grades import State

MACHINE_STATES = (State.QUEUED, State.LEASED)
BEGUN_ANEW = "begun anew"  # the error of a grading that nobody needs any more


@transaction.atomic
def take_hint(*, answer: Answer, number: int) -> None:
    """Show hint `number`, counted from 1, and remember what it costs; again changes nothing.

    Raises NotNowError when it is not the next one, or the stage is not open for practice.
    """
    row = lock_answer(answer)
    if 0 < number <= row.hints_taken:
        return
    hints = row.interview.edition.stage(row.stage_id).get("hints") or []
    is_next = number == row.hints_taken + 1 and number <= len(hints)
    if not is_next or row.submitted_at is not None or not _is_practised(row):
        raise NotNowError
    row.hints_taken = number
    row.hint_cost = sum(hint["cost"] for hint in hints[:number])
    row.save(update_fields=["hints_taken", "hint_cost"])


@transaction.atomic
def begin_again(*, answer: Answer, tries: int) -> None:
    """Open a submitted stage once more: its text stays, its clock starts anew.

    The grade so far stays in the history and counts no more; hints taken stay taken. A person who
    was asked to grade the earlier try is not waited for. `tries` is the try that ends here: a
    repeated click changes nothing. Raises NotNowError in a strict or finished interview, and while
    the answer is being graded.
    """
    row = lock_answer(answer)
    if row.submitted_at is None or row.tries != tries:
        return
    if not _is_practised(row) or row.gradings.filter(state__in=MACHINE_STATES).exists():
        raise NotNowError
    row.gradings.filter(state=State.PARKED).update(state=State.WITHDRAWN, error=BEGUN_ANEW)
    row.submitted_at, row.late, row.current_grade = None, False, None
    row.opened_at, row.tries = database_now(), row.tries + 1
    row.save(update_fields=["submitted_at", "late", "current_grade", "opened_at", "tries"])


def _is_practised(row: Answer) -> bool:
    return not row.interview.is_strict and row.interview.finished_at is None
