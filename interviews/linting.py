"""A scenario's rubrics held against themselves, and one answer tried against a draft."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.cache import cache
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from grading import Assessment, RubricError, lint_rubric
from interviews.debrief import FLAGS
from interviews.graders import current_grader
from interviews.highlight import Span, mark_text
from interviews.rubrics import question_for, rubric_of
from interviews.verdicts import word_for

type Data = Mapping[str, Any]

MAX_TRIED = 20_000  # characters of an answer that is tried while somebody waits
_KEPT_S = 24 * 3600


@dataclass(frozen=True)
class RubricFinding:
    """One sentence for the author of a criterion, and the `text` that was tried.

    Without a criterion it is about the stage's whole rubric.
    """

    stage_id: str
    criterion_id: str
    criterion: str
    problem: str
    text: str
    sentence: str


@dataclass(frozen=True)
class TriedCriterion:
    """What an answer that was tried got for one criterion; `confidence` is a whole percentage."""

    id: str
    title: str
    word: str
    points: float
    max_points: float
    confidence: int
    reason: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """An answer that was tried, its quoted words marked."""

    text: SafeString
    points: float
    max_points: float
    criteria: tuple[TriedCriterion, ...]
    flags: tuple[str, ...]


def lint_scenario(data: Data) -> Iterator[RubricFinding]:
    """What is wrong with the rubrics of a scenario's plain data, stage by stage."""
    for stage in data["stages"]:
        yield from lint_stage(data, stage)


def lint_stage(data: Data, stage: Data) -> list[RubricFinding]:
    """What is wrong with the rubric of one stage; a half-written one is told, never raised."""
    titles = {one["id"]: one["title"] for one in stage["criteria"]}
    try:
        question = question_for(data["prompt"], stage)
        found = lint_rubric(question, rubric_of(stage), current_grader())
    except RubricError as error:
        return [RubricFinding(stage["id"], "", "", "unusable", "", str(error))]
    return [
        RubricFinding(
            stage_id=stage["id"],
            criterion_id=one.criterion_id,
            criterion=titles.get(one.criterion_id, ""),
            problem=str(one.problem),
            text=one.text,
            sentence=one.message,
        )
        for one in found
    ]


def remembered_lint(data: Data, stage: Data) -> list[RubricFinding]:
    """What `lint_stage` finds, kept for a day for the same texts: forms ask after every save."""
    grader = current_grader()
    texts = [question_for(data["prompt"], stage), stage, grader.name, grader.version]
    told = json.dumps([*texts, get_language()], sort_keys=True)
    key = f"lint:{hashlib.sha256(told.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        kept = [asdict(one) for one in lint_stage(data, stage)]
        cache.set(key, kept, timeout=_KEPT_S)
    return [RubricFinding(**one) for one in kept]


def try_answer(data: Data, stage: Data, text: str) -> Tried:
    """Grade `text` against a stage's rubric; nothing is kept. Raises grading.RubricError."""
    rubric = rubric_of(stage)
    found = current_grader().grade(question_for(data["prompt"], stage), rubric, text)
    titles = {one.id: one.title for one in rubric}
    return Tried(
        text=mark_text(text, _spans(found)),
        points=found.points,
        max_points=found.max_points,
        criteria=tuple(
            TriedCriterion(
                id=one.criterion_id,
                title=titles[one.criterion_id] or one.criterion_id,
                word=word_for(one.verdict),
                points=one.points,
                max_points=one.max_points,
                confidence=round(one.confidence * 100),
                reason=one.reason,
                quotes=tuple(evidence.quote for evidence in one.evidence),
            )
            for one in found.criteria
        ),
        flags=tuple(str(FLAGS[flag]) for flag in found.flags),
    )


def _spans(found: Assessment) -> list[Span]:
    return [
        Span(evidence.start, evidence.end, f"tried-{one.criterion_id}-{number}")
        for one in found.criteria
        for number, evidence in enumerate(one.evidence, 1)
    ]
