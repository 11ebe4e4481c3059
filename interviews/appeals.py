"""Appeals: a learner thinks that a verdict is wrong, and a person looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from interviews.actions import NotNowError, request_grading
from interviews.models import Answer, Appeal, Grade, Grading, Interview
from interviews.models.grades import OPEN_STATES, State
from interviews.verdicts import word_for

PERSON, PERSON_VERSION = "person", "1"
MAX_REASON = 1000
SWEPT = 100  # appeals looked after in one sweep


@dataclass(frozen=True)
class AppealNote:
    """Where an appeal against one verdict stands, for the learner who may make it.

    `state` is open (none was made), waiting or settled; `before`, `after` and `said`, the person's
    sentence, are there once it is settled.
    """

    state: str
    reason: str = ""
    before: str = ""
    after: str = ""
    said: str = ""


@transaction.atomic
def appeal(*, answer: Answer, grade_id: int, criterion_id: str, reason: str) -> None:
    """Note that a learner thinks a verdict of the shown grade is wrong, and ask a person.

    Repeated, it changes nothing. Raises NotNowError when that grade is no longer the current one,
    is not shown yet, or knows no such criterion.
    """
    Interview.objects.select_for_update().get(pk=answer.interview_id)
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    if Appeal.objects.filter(grade__answer=row, grade=grade_id, criterion_id=criterion_id).exists():
        return
    grade = row.current_grade
    if grade is None or grade.pk != grade_id or not _is_shown(answer.interview):
        raise NotNowError
    if criterion_id not in _verdicts(grade) or row.submitted_at is None:
        raise NotNowError
    if _about(row, grade.grading).filter(criterion_id=criterion_id).exists():
        return
    Appeal.objects.create(grade=grade, criterion_id=criterion_id, reason=reason)
    ask_person_again(answer=row, grade=grade)


def ask_person_again(*, answer: Answer, grade: Grade) -> Grading | None:
    """Park what `grade` judged until a person has looked, unless a grading is under way.

    The caller holds the answer's row. After the grading under way the sweeper asks again.
    """
    if answer.gradings.filter(state__in=OPEN_STATES).exists():
        return None
    return request_grading(
        answer=answer,
        again=grade.grading,
        state=State.PARKED,
        grader=PERSON,
        grader_version=PERSON_VERSION,
    )


def settle_appeals(*, grade: Grade) -> int:
    """Settle what waits against earlier grades of an answer by a person's grade; count them."""
    waiting = Appeal.objects.filter(grade__answer=grade.answer_id, settled_by=None)
    return waiting.exclude(grade=grade).update(settled_by=grade)


def park_forgotten_appeals() -> int:
    """Ask a person about appeals that nobody waits for: a grading was under way when they came.

    Appeals against what has been written anew since are left alone. Returns how many answers.
    """
    waiting = Appeal.objects.filter(
        settled_by=None,
        grade__answer__submitted_at__isnull=False,
        grade__grading__text=F("grade__answer__current_grade__grading__text"),
    ).exclude(grade__answer__gradings__state__in=OPEN_STATES)
    answers = waiting.order_by("pk").values_list("grade__answer", flat=True)[:SWEPT]
    return sum(_park(pk) for pk in dict.fromkeys(answers))


@transaction.atomic
def _park(answer_id: int) -> bool:
    row = Answer.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=answer_id)
    answer = row.select_related("interview").first()
    if answer is None or answer.current_grade is None:
        return False
    return ask_person_again(answer=answer, grade=answer.current_grade) is not None


def notes_on(answer: Answer, grade: Grade) -> dict[str, AppealNote]:
    """Where appeals stand for each criterion of the shown grade of `answer`, by criterion.

    One query for all answers of an interview that share the object.
    """
    made = {one.criterion_id: one for one in _appeals_of(answer) if _same_text(one, grade)}
    return {
        criterion: _note(made[criterion], criterion) if criterion in made else AppealNote("open")
        for criterion in _verdicts(grade)
    }


def _appeals_of(answer: Answer) -> Sequence[Appeal]:
    interview = answer.interview
    if not hasattr(interview, "known_appeals"):
        rows = Appeal.objects.filter(grade__answer__interview=interview).order_by("pk")
        interview.known_appeals = list(  # type: ignore[attr-defined]
            rows.select_related("grade__grading", "settled_by")
        )
    known: list[Appeal] = interview.known_appeals  # type: ignore[attr-defined]
    return [one for one in known if one.grade.answer_id == answer.pk]


def _same_text(one: Appeal, grade: Grade) -> bool:
    return one.grade_id == grade.pk or one.grade.grading.text == grade.grading.text


def _note(made: Appeal, criterion_id: str) -> AppealNote:
    if made.settled_by is None:
        return AppealNote("waiting", made.reason)
    before, after = _verdicts(made.grade), _verdicts(made.settled_by)
    found = after.get(criterion_id, {})
    return AppealNote(
        state="settled",
        reason=made.reason,
        before=word_for(before[criterion_id]["verdict"]),
        after=word_for(found["verdict"]) if found else _("no longer asked for"),
        said=found.get("reason", ""),
    )


def _verdicts(grade: Grade) -> dict[str, Mapping[str, Any]]:
    return {one["criterion_id"]: one for one in grade.assessment["criteria"]}


def _about(answer: Answer, grading: Grading) -> Any:
    """The appeals against any grade of the same text."""
    return Appeal.objects.filter(grade__answer=answer, grade__grading__text=grading.text)


def _is_shown(interview: Interview) -> bool:
    return interview.finished_at is not None or not interview.is_strict
