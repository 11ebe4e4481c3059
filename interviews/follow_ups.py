"""Follow-up questions about the criteria that cost most, and what became of their answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from grading import Verdict, assessment_from_data
from interviews.appeals import notes_on
from interviews.debrief import CriterionResult, build_criterion, mark_answer
from interviews.models import Answer, Grade, Interview, KeptText
from interviews.status import GradingStatus, build_status

type Data = Mapping[str, Any]
type Key = tuple[str, str]  # stage id, criterion id

MOST = 3  # questions of one interview


@dataclass(frozen=True)
class Question:
    """What an interviewer would ask next about a criterion; `lost` points made it worth asking."""

    stage: Data
    criterion: Data
    lost: float

    @property
    def key(self) -> Key:
        """Where its answer belongs."""
        return self.stage["id"], self.criterion["id"]


@dataclass(frozen=True)
class Draft:
    """What was typed and could not be stored, and why."""

    text: str
    error: str


@dataclass(frozen=True)
class FollowUpResult:
    """The grade of an answer: what it would have earned, quotes included."""

    grade_pk: int
    points: float
    max_points: float
    answer: SafeString
    criterion: CriterionResult
    provisional: bool


@dataclass(frozen=True)
class Kept:
    """A text that was stored before, or sent from an outdated page, and does not count."""

    text: str
    kept_at: datetime


@dataclass(frozen=True)
class FollowUp:
    """A question with its form, its grading or its result.

    `error` says why the last text was not stored; `unsent` is that text when nothing can be
    changed any more, otherwise it stands in the form.
    """

    session_pk: int
    stage_id: str
    criterion_id: str
    stage: str
    criterion: str
    question: str
    worth: float
    text: str
    version: int
    is_open: bool
    status: GradingStatus | None
    result: FollowUpResult | None
    kept: tuple[Kept, ...]
    error: str
    unsent: str

    @property
    def anchor(self) -> str:
        """The id of its region."""
        return f"follow-up-{self.stage_id}-{self.criterion_id}"


def questions_of(interview: Interview) -> list[Question]:
    """What is asked after an interview, the most valuable first.

    An answer once begun keeps its question, whatever is graded later.
    """
    begun = {(one.stage_id, one.criterion_id) for one in interview.answers.all()}
    every = list(_every_question(interview))
    kept = [one.key for one in every if one.key in begun]
    others = [one for one in every if one.key not in begun and one.lost > 0]
    others.sort(key=_by_value)
    chosen = {*kept, *(one.key for one in others[: max(0, MOST - len(kept))])}
    return sorted((one for one in every if one.key in chosen), key=_by_value)


def _by_value(question: Question) -> float:
    return -question.lost


def _every_question(interview: Interview) -> Iterator[Question]:
    answers = interview.answers_by_stage()
    for stage in interview.edition.stages:
        answer = answers.get(stage["id"])
        grade = answer.current_grade if answer and answer.submitted_at else None
        lost = _lost_points(grade) if grade else {}
        for criterion in stage["criteria"]:
            if criterion["follow_up"]:
                yield Question(stage, criterion, lost.get(criterion["id"], 0.0))


def _lost_points(grade: Grade) -> dict[str, float]:
    return {
        one["criterion_id"]: one["max_points"] - one["points"]
        for one in grade.assessment["criteria"]
        if one["verdict"] != Verdict.MET
    }


def question_for(interview: Interview, stage_id: str, criterion_id: str) -> Question | None:
    """The question somebody answers, if it is asked."""
    key = (stage_id, criterion_id)
    return next((one for one in questions_of(interview) if one.key == key), None)


def build_follow_ups(
    interview: Interview, drafts: Mapping[Key, Draft] | None = None
) -> tuple[FollowUp, ...]:
    """Describe the questions of a finished interview; one query more once any is answered."""
    answers = {
        (one.stage_id, one.criterion_id): one for one in interview.answers.all() if one.criterion_id
    }
    kept = _kept_texts(answers.values())
    return tuple(
        _follow_up(interview, question, answers.get(question.key), kept, drafts or {})
        for question in questions_of(interview)
    )


def _kept_texts(answers: Iterable[Answer]) -> dict[int, list[Kept]]:
    pks = [answer.pk for answer in answers]
    kept: dict[int, list[Kept]] = {}
    if pks:
        rows = KeptText.objects.filter(answer__in=pks, settled_at=None).order_by("pk")
        for row in rows:
            kept.setdefault(row.answer_id, []).append(Kept(row.text, row.kept_at))
    return kept


def _follow_up(
    interview: Interview,
    question: Question,
    answer: Answer | None,
    kept: Mapping[int, Sequence[Kept]],
    drafts: Mapping[Key, Draft],
) -> FollowUp:
    draft = drafts.get(question.key)
    is_open = answer is None or answer.submitted_at is None
    stored = answer.text if answer else ""
    return FollowUp(
        session_pk=interview.pk,
        stage_id=question.stage["id"],
        criterion_id=question.criterion["id"],
        stage=question.stage["title"],
        criterion=question.criterion["title"],
        question=question.criterion["follow_up"],
        worth=question.criterion["points"],
        text=draft.text if draft and is_open else stored,
        version=answer.version if answer else 0,
        is_open=is_open,
        status=_status(question, answer),
        result=_result(question, answer),
        kept=tuple(kept.get(answer.pk, ())) if answer else (),
        error=draft.error if draft else "",
        unsent=draft.text if draft and not is_open else "",
    )


def _status(question: Question, answer: Answer | None) -> GradingStatus | None:
    if answer is None or answer.submitted_at is None:
        return None
    return build_status(answer=answer, criteria=[dict(question.criterion)])


def _result(question: Question, answer: Answer | None) -> FollowUpResult | None:
    grade = answer.current_grade if answer else None
    if answer is None or grade is None:
        return None
    place = f"follow-up-{question.stage['id']}"
    criteria = assessment_from_data(grade.assessment).criteria
    judged = next((one for one in criteria if one.criterion_id == question.criterion["id"]), None)
    if judged is None:
        return None
    note = notes_on(answer, grade).get(judged.criterion_id)
    return FollowUpResult(
        grade_pk=grade.pk,
        points=grade.points,
        max_points=grade.max_points,
        answer=mark_answer(grade.grading.text, place, (judged,)),
        criterion=build_criterion(place, question.criterion, judged, note),
        provisional=grade.provisional,
    )
