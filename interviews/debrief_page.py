"""The debrief of a whole interview, put together from what was loaded with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest

from interviews.comparison import Comparison, build_comparison
from interviews.contradictions import Contradiction, Handed, find_contradictions
from interviews.debrief import bring_editions, rubric_stage
from interviews.follow_ups import Draft, FollowUp, Key, build_follow_ups
from interviews.history import EarlierGrade, build_history, grades_by_answer
from interviews.models import Answer, Grading, Interview
from interviews.models.grades import State
from interviews.models.interviews import points_left
from interviews.overview import (
    DimensionScore,
    Radar,
    draw_radar,
    score_dimensions,
)
from interviews.session import Session, StageResult, build_result, build_session

type Data = dict[str, Any]


@dataclass(frozen=True)
class Totals:
    """Points over the stages; while some wait for their grade, the total is not final.

    `is_moving`: a grader is at work, so that it is worth looking again soon.
    """

    points: float
    max_points: float
    graded: int
    stage_count: int
    waiting: int
    is_moving: bool


@dataclass(frozen=True)
class Overview:
    """The dimensions; `radar` is None when there are too few for one, then bars are shown."""

    scores: tuple[DimensionScore, ...]
    radar: Radar | None
    hint_cost: float


@dataclass(frozen=True)
class StageSection:
    """A submitted stage, and the grades it had before."""

    result: StageResult
    earlier: tuple[EarlierGrade, ...]


@dataclass(frozen=True)
class DebriefPage:
    """Everything the page shows."""

    session: Session
    finished_at: datetime
    totals: Totals
    overview: Overview
    contradictions: tuple[Contradiction, ...]
    comparison: Comparison | None
    stages: tuple[StageSection, ...]
    follow_ups: tuple[FollowUp, ...]


def build_page(
    interview: Interview,
    *,
    compare_with: int | None = None,
    drafts: Mapping[Key, Draft] | None = None,
) -> DebriefPage:
    """Describe a finished interview that was loaded by `access_interview`.

    `compare_with` is the earlier interview somebody chose; any other number means the latest.
    `drafts` are texts for follow-up questions that could not be stored. While stages are being
    graded no follow-up question is asked: which ones are worth asking is not known yet.
    """
    submitted = submitted_answers(interview)
    totals = _totals(interview, submitted)
    bring_editions(submitted)
    return DebriefPage(
        session=build_session(interview),
        finished_at=cast("datetime", interview.finished_at),
        totals=totals,
        overview=_overview(interview, submitted),
        contradictions=_contradictions(interview, submitted),
        comparison=build_comparison(interview, compare_with),
        stages=tuple(_sections(submitted)),
        follow_ups=() if totals.is_moving else build_follow_ups(interview, drafts),
    )


def chosen_earlier(request: HttpRequest) -> int | None:
    """The earlier interview that the address names."""
    try:
        return int(request.GET.get("compare", "")[:18])
    except ValueError:
        return None


def submitted_answers(interview: Interview) -> list[Answer]:
    """The submitted answers in the order of the stages."""
    answers = interview.answers_by_stage()
    found = [answers[stage["id"]] for stage in interview.edition.stages if stage["id"] in answers]
    for answer in found:
        answer.interview = interview
    return [answer for answer in found if answer.submitted_at is not None]


def _totals(interview: Interview, submitted: Sequence[Answer]) -> Totals:
    graded = [answer.points for answer in submitted if answer.points is not None]
    return Totals(
        points=sum(graded),
        max_points=_most(interview, submitted),
        graded=len(graded),
        stage_count=interview.edition.stage_count,
        waiting=len(submitted) - len(graded),
        is_moving=any(_is_moving(answer) for answer in submitted),
    )


def _most(interview: Interview, submitted: Sequence[Answer]) -> float:
    """What there was to earn: by the grades that count, which may be of a newer rubric."""
    counted = {one.stage_id: one.current_grade for one in submitted if one.current_grade}
    return sum(
        counted[stage["id"]].max_points
        if stage["id"] in counted
        else sum(criterion["points"] for criterion in stage["criteria"])
        for stage in interview.edition.stages
    )


def _is_moving(answer: Answer) -> bool:
    newest: Grading = answer.history[-1]  # type: ignore[attr-defined] # by with_answers
    return answer.current_grade is None and newest.state in {State.QUEUED, State.LEASED}


def _overview(interview: Interview, submitted: Sequence[Answer]) -> Overview:
    """What waits for its grade is left out; what was not handed in earned nothing."""
    answers = {answer.stage_id: answer for answer in submitted}
    scores = score_dimensions(
        _earned(stage, answers.get(stage["id"]))
        for stage in interview.edition.stages
        if stage["id"] not in answers or answers[stage["id"]].current_grade
    )
    cost = sum(one.hint_cost for one in submitted if one.current_grade)
    return Overview(scores, draw_radar(scores), cost)


def _earned(stage: Data, answer: Answer | None) -> tuple[Any, dict[str, float]]:
    if answer is None or answer.current_grade is None:
        return stage, {}
    grade = answer.current_grade
    left = _share_left(answer, grade.points)
    points = {one["criterion_id"]: left * one["points"] for one in grade.assessment["criteria"]}
    return rubric_stage(stage, answer, grade), points


def _share_left(answer: Answer, points: float) -> float:
    """What hints leave of a stage's points: they are taken off each criterion in proportion."""
    return points_left(points, answer.hint_cost) / points if points else 0.0


def _contradictions(interview: Interview, submitted: Sequence[Answer]) -> tuple[Contradiction, ...]:
    handed = {answer.stage_id: Handed(answer.text, answer.estimates) for answer in submitted}
    edition = interview.edition
    return find_contradictions(edition.stages, handed, edition.data["prompt"])


def _sections(submitted: Sequence[Answer]) -> Iterator[StageSection]:
    grades = grades_by_answer(submitted)
    for answer in submitted:
        stage = answer.interview.edition.stage(answer.stage_id)
        earlier = build_history(stage, answer, grades.get(answer.pk, []))
        yield StageSection(build_result(answer), earlier)
