"""What a learner sees once a stage is graded: view objects that name every field they hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estimation import format_quantity
from grading import CriterionAssessment, EvidenceKind, Flag, Verdict, assessment_from_data
from interviews.appeals import PERSON, AppealNote, notes_on
from interviews.highlight import Span, mark_text
from interviews.models import Answer, Grade, ScenarioEdition
from interviews.opinions import say_opinion
from interviews.rubrics import graded_text, read_estimate
from interviews.verdicts import word_for

type Data = Mapping[str, Any]

FLAGS = {
    Flag.EMPTY: gettext_lazy("The answer is empty."),
    Flag.GIBBERISH: gettext_lazy("Most of the answer is not made of words."),
    Flag.QUESTION_COPIED: gettext_lazy("Most of the answer repeats the question."),
    Flag.SHUFFLED: gettext_lazy("The answer lists words instead of saying something with them."),
    Flag.OTHER_QUESTION: gettext_lazy("The answer seems to be about another question."),
    Flag.REPEATED: gettext_lazy("Parts of the answer repeat each other; each counted once."),
    Flag.INSTRUCTIONS: gettext_lazy("Sentences that speak to the grader were not read."),
    Flag.TOO_LONG: gettext_lazy("Only the first 2,000 words were read."),
}


@dataclass(frozen=True)
class Quote:
    """Words of the answer; `anchor` is where they stand marked in it."""

    text: str
    anchor: str
    contradicts: bool


@dataclass(frozen=True)
class CriterionResult:
    """One criterion as graded. `confidence` is a whole percentage."""

    id: str
    title: str
    verdict: str
    word: str
    points: float
    max_points: float
    confidence: int
    reason: str
    quotes: tuple[Quote, ...]
    hint: str
    appeal: AppealNote | None


@dataclass(frozen=True)
class FollowUp:
    """What an interviewer would ask next, about the criterion that cost most."""

    criterion: str
    question: str


@dataclass(frozen=True)
class Estimate:
    """What was typed into an estimate field; `read_as` is empty when it could not be read."""

    label: str
    typed: str
    read_as: str


@dataclass(frozen=True)
class StageDebrief:
    """Everything about one graded stage.

    The model answer stands beside one's own once the interview is over; while it runs it is folded
    away, and the follow-up question is told. `regraded`: by a newer rubric than it was answered to.
    """

    grade_pk: int
    points: float
    max_points: float
    answer: SafeString
    estimates: tuple[Estimate, ...]
    criteria: tuple[CriterionResult, ...]
    follow_up: FollowUp | None
    model_answer: SafeString
    is_final: bool
    grader: str
    grader_version: str
    by_person: bool
    regraded: bool
    provisional: bool
    uncertainty: float
    second_opinion: str
    flags: tuple[str, ...]


def build_debrief(*, stage: Data, answer: Answer, grade: Grade) -> StageDebrief:
    """Join rubric, answer and grade of a stage whose debrief may be shown.

    `stage` is the stage as the interview pinned it; a grade by a newer rubric brings its own.
    """
    assessment = assessment_from_data(grade.assessment)
    pairs = judged_criteria(rubric_stage(stage, answer, grade), assessment.criteria)
    is_final = answer.interview.finished_at is not None
    notes = notes_on(answer, grade)
    return StageDebrief(
        grade_pk=grade.pk,
        points=grade.points,
        max_points=grade.max_points,
        answer=mark_answer(grade.grading.text, stage["id"], assessment.criteria),
        estimates=_estimates(stage, answer, grade),
        criteria=tuple(
            build_criterion(stage["id"], criterion, one, notes.get(one.criterion_id))
            for criterion, one in pairs
        ),
        follow_up=None if is_final else _follow_up(pairs),
        model_answer=mark_safe(stage["model_answer_html"]),  # noqa: S308 - sanitised when published
        is_final=is_final,
        grader=grade.grader,
        grader_version=grade.grader_version,
        by_person=grade.grader == PERSON,
        regraded=grade.grading.regrade_id is not None,
        provisional=grade.provisional,
        uncertainty=assessment.uncertainty,
        second_opinion=say_opinion(grade.assessment),
        flags=tuple(str(FLAGS[flag]) for flag in assessment.flags),
    )


def rubric_stage(stage: Data, answer: Answer, grade: Grade) -> Data:
    """The stage with the rubric the grade was made by: a regrade brings a newer edition's."""
    if grade.edition_id == answer.interview.edition_id:
        return stage
    edition = answer.interview.edition_of(grade)
    return next((one for one in edition.stages if one["id"] == stage["id"]), stage)


def bring_editions(answers: Iterable[Answer]) -> None:
    """Load the editions of newer rubrics, if any answer was graded by one, in one query."""
    newer = [
        answer.current_grade
        for answer in answers
        if answer.current_grade and answer.current_grade.edition_id != answer.interview.edition_id
    ]
    if not newer:
        return
    editions = ScenarioEdition.objects.in_bulk({grade.edition_id for grade in newer})
    for grade in newer:
        grade.edition = editions[grade.edition_id]


def judged_criteria(
    stage: Data, assessed: Sequence[CriterionAssessment]
) -> list[tuple[Data, CriterionAssessment]]:
    """Each assessed criterion with what the rubric says about it."""
    rubric = {criterion["id"]: criterion for criterion in stage["criteria"]}
    return [(rubric[one.criterion_id], one) for one in assessed if one.criterion_id in rubric]


def _anchor(place: str, criterion_id: str, number: int) -> str:
    return f"evidence-{place}-{criterion_id}-{number}"


def mark_answer(text: str, place: str, criteria: Sequence[CriterionAssessment]) -> SafeString:
    """Mark the quotes in a graded text; `place` keeps anchors of different texts apart."""
    return mark_text(text, _spans(place, criteria))


def _spans(place: str, criteria: Sequence[CriterionAssessment]) -> list[Span]:
    return [
        Span(one.start, one.end, _anchor(place, criterion.criterion_id, number))
        for criterion in criteria
        for number, one in enumerate(criterion.evidence, 1)
    ]


def build_criterion(
    place: str, criterion: Data, assessed: CriterionAssessment, appeal: AppealNote | None = None
) -> CriterionResult:
    """Describe one judged criterion; its quotes lead to the anchors of `mark_answer`."""
    quotes = (
        Quote(
            one.quote,
            _anchor(place, assessed.criterion_id, number),
            one.kind is EvidenceKind.CONTRADICTS,
        )
        for number, one in enumerate(assessed.evidence, 1)
    )
    return CriterionResult(
        id=criterion["id"],
        title=criterion["title"],
        verdict=str(assessed.verdict),
        word=word_for(assessed.verdict),
        points=assessed.points,
        max_points=assessed.max_points,
        confidence=round(assessed.confidence * 100),
        reason=assessed.reason,
        quotes=tuple(quotes),
        hint="" if assessed.verdict is Verdict.MET else criterion["hint"],
        appeal=appeal,
    )


def _estimates(stage: Data, answer: Answer, grade: Grade) -> tuple[Estimate, ...]:
    """The filled fields; none when the stage was begun anew since it was graded."""
    if graded_text(stage, answer.text, answer.estimates) != grade.grading.text:
        return ()
    return tuple(
        Estimate(one["label"], typed, _read_as(typed, one["unit"]))
        for one in stage.get("estimates") or ()
        if (typed := answer.estimates.get(one["id"], "").strip())
    )


def _read_as(typed: str, unit: str) -> str:
    quantity = read_estimate(typed, unit)
    return format_quantity(quantity) if quantity else ""


def _follow_up(pairs: Sequence[tuple[Data, CriterionAssessment]]) -> FollowUp | None:
    """Pick the criterion that lost most; of equals, the first."""
    lost = [
        (one.max_points - one.points, criterion)
        for criterion, one in pairs
        if one.verdict is not Verdict.MET and criterion["follow_up"]
    ]
    if not lost:
        return None
    _most, criterion = max(lost, key=lambda pair: pair[0])
    return FollowUp(criterion["title"] or _("Follow-up"), criterion["follow_up"])
