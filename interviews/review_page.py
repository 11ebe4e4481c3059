"""The page on which a person grades: the answer with the grader's evidence beside the form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from grading import CriterionAssessment
from interviews.models import Grading
from interviews.readings import Found, Pair, describe, stored_reading
from interviews.review import CriterionForm, criteria_of, found_before
from interviews.waiting import AppealLine, appeal_lines, open_appeals


@dataclass(frozen=True)
class ReviewedCriterion:
    """One criterion of the page: its form, what the graders found, what the learner says.

    `pair` holds both readings where a second opinion was had; `found` is what came of them.
    """

    form: CriterionForm
    found: Found | None
    pair: Pair | None
    appeal: AppealLine | None


@dataclass(frozen=True)
class ReviewPage:
    """Everything a person needs to grade one answer."""

    pk: int
    scenario: str
    stage: str
    asked: str
    twist: str
    follow_up: str
    opinion: str
    answer: SafeString
    diagram: str
    criteria: tuple[ReviewedCriterion, ...]
    appeals: tuple[AppealLine, ...]


def build_forms(grading: Grading, data: object) -> list[CriterionForm]:
    """A form for each criterion, with what the grader found already in it."""
    found = found_before(grading)
    return [
        CriterionForm(data, criterion=one, answer=grading.text, found=found.get(one["id"]))
        for one in criteria_of(grading)
    ]


def build_review(grading: Grading, forms: Sequence[CriterionForm]) -> ReviewPage:
    """Describe the page; instructors may see the rubric."""
    answer, stage = grading.answer, grading.edition.stage(grading.answer.stage_id)
    found, reading = found_before(grading), stored_reading(grading)
    said = (*found.values(), *(reading.second.values() if reading else ()))
    appeals = appeal_lines(stage, open_appeals([answer.pk]))
    by_criterion = {one.criterion_id: one for one in appeals}
    follow_ups = {one["id"]: one["follow_up"] for one in stage["criteria"]}
    return ReviewPage(
        pk=grading.pk,
        scenario=answer.interview.edition.title,
        stage=stage["title"],
        asked=stage["prompt_html"],
        twist=stage.get("twist_html", ""),
        follow_up=follow_ups.get(answer.criterion_id, ""),
        opinion=reading.sentence if reading else "",
        answer=mark_evidence(grading.text, said),
        diagram=grading.diagram,
        criteria=tuple(
            ReviewedCriterion(
                form,
                _found(grading, found.get(form.criterion["id"])),
                reading.pair(form.criterion["id"]) if reading else None,
                by_criterion.get(form.criterion["id"]),
            )
            for form in forms
        ),
        appeals=appeals,
    )


def mark_evidence(text: str, found: Iterable[CriterionAssessment]) -> SafeString:
    """Mark the quoted words; each mark names its criteria, for the page's script."""
    spans = [
        (evidence.start, evidence.end, one.criterion_id)
        for one in found
        for evidence in one.evidence
        if 0 <= evidence.start < evidence.end <= len(text)
    ]
    edges = sorted({0, len(text), *(edge for start, end, _of in spans for edge in (start, end))})
    pieces = (_piece(text[start:end], start, spans) for start, end in pairwise(edges))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _piece(text: str, start: int, spans: Sequence[tuple[int, int, str]]) -> SafeString:
    of = dict.fromkeys(name for begin, end, name in spans if begin <= start < end)
    if not of:
        return format_html("{}", text)
    return format_html('<mark data-of="{}">{}</mark>', " ".join(of), text)


def _found(grading: Grading, one: CriterionAssessment | None) -> Found | None:
    grade = grading.answer.current_grade
    if one is None or grade is None:
        return None
    return describe(one, f"{grade.grader} {grade.grader_version}")
