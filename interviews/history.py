"""The grades a stage had before its current one: earlier tries, and the same text judged again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from grading import assessment_from_data
from interviews.appeals import PERSON
from interviews.debrief import CriterionResult, build_criterion, judged_criteria, mark_answer
from interviews.diagrams import Picture, draw
from interviews.models import Answer, Grade

type Data = Mapping[str, Any]


@dataclass(frozen=True)
class EarlierGrade:
    """One of them; `same_text` tells a second judgement from another try.

    `picture` is the diagram drawn for it, where it is not the one that counts now.
    """

    number: int
    points: float
    max_points: float
    graded_at: datetime
    by_person: bool
    same_text: bool
    answer: SafeString
    picture: Picture | None
    criteria: tuple[CriterionResult, ...]


def grades_by_answer(answers: Sequence[Answer]) -> dict[int, list[Grade]]:
    """All grades of answers that were graded more than once, oldest first: one query at most."""
    several = [
        answer.pk
        for answer in answers
        if len(answer.history) > 1  # type: ignore[attr-defined] # by with_answers
    ]
    grades: dict[int, list[Grade]] = {}
    if several:
        rows = Grade.objects.filter(answer__in=several).select_related("grading").order_by("pk")
        for grade in rows:
            grades.setdefault(grade.answer_id, []).append(grade)
    return grades


def build_history(stage: Data, answer: Answer, grades: Sequence[Grade]) -> tuple[EarlierGrade, ...]:
    """Describe every grade but the current one, oldest first."""
    current = answer.current_grade
    text = current.grading.text if current else None
    return tuple(
        _earlier(
            stage,
            number,
            grade,
            same_text=grade.grading.text == text,
            picture=_picture(stage, answer, grade, number),
        )
        for number, grade in enumerate(grades, 1)
        if grade.pk != answer.current_grade_id
    )


def _picture(stage: Data, answer: Answer, grade: Grade, number: int) -> Picture | None:
    """Draw what stood beside the text a grade judged, unless it is still what is drawn."""
    source = grade.grading.diagram
    if not source.strip() or source == answer.diagram:
        return None
    title = _("%(stage)s, grade %(number)d") % {"stage": stage["title"], "number": number}
    return draw(source, title=title, learner_id=answer.interview.learner_id)


def _earlier(
    stage: Data, number: int, grade: Grade, *, same_text: bool, picture: Picture | None
) -> EarlierGrade:
    criteria = assessment_from_data(grade.assessment).criteria
    place = f"{stage['id']}-grade-{number}"
    return EarlierGrade(
        number=number,
        points=grade.points,
        max_points=grade.max_points,
        graded_at=grade.created_at,
        by_person=grade.grader == PERSON,
        same_text=same_text,
        answer=mark_answer(grade.grading.text, place, criteria),
        picture=picture,
        criteria=tuple(
            build_criterion(place, criterion, one)
            for criterion, one in judged_criteria(stage, criteria)
        ),
    )
