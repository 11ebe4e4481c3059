"""The result of grading one answer, and its JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the grader found for one criterion; `UNSURE` asks for a second opinion."""

    MET = "met"
    PARTLY = "partly"
    MISSED = "missed"
    UNSURE = "unsure"


class EvidenceKind(StrEnum):
    """Whether quoted words speak for the criterion or contradict it."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


class Flag(StrEnum):
    """Something about the whole answer that a reader of the grade must know."""

    EMPTY = "empty"  # nothing to grade
    GIBBERISH = "gibberish"  # not words of a language
    QUESTION_COPIED = "question-copied"  # mostly the question's own words
    SHUFFLED = "shuffled"  # the right words, but not in sentences
    OTHER_QUESTION = "other-question"  # about something else than what was asked
    REPEATED = "repeated"  # the same text again; counted once
    INSTRUCTIONS = "instructions"  # speaks to the grader; those sentences are not read
    TOO_LONG = "too-long"  # only the first 2,000 words were read


@dataclass(frozen=True)
class Evidence:
    """Words of the answer: `answer[start:end] == quote`, always."""

    start: int
    end: int
    quote: str
    kind: EvidenceKind = EvidenceKind.SUPPORTS


@dataclass(frozen=True)
class CriterionAssessment:
    """The judgement on one criterion.

    `points` lies in [0, `max_points`], `confidence` in [0, 1]. A verdict of `MET` or `PARTLY`
    always comes with supporting evidence. `reason` is one plain sentence.
    """

    criterion_id: str
    verdict: Verdict
    points: float
    max_points: float
    confidence: float
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass(frozen=True)
class Assessment:
    """The judgement on a whole answer.

    `points` is the sum over the criteria; `uncertainty` is one standard deviation of that sum in
    points, from the confidences. `provisional` is true while a second opinion is wanted.
    """

    grader: str
    version: str
    criteria: tuple[CriterionAssessment, ...]
    points: float
    max_points: float
    uncertainty: float
    provisional: bool
    flags: tuple[Flag, ...] = ()

    @property
    def score(self) -> float:
        """The share of the points earned, in [0, 1]; 0 for an empty rubric."""
        return self.points / self.max_points if self.max_points else 0.0


def assessment_to_data(assessment: Assessment) -> dict[str, Any]:
    """The JSON form; equal assessments give equal bytes under `json.dumps`."""
    return {
        "grader": assessment.grader,
        "version": assessment.version,
        "points": assessment.points,
        "max_points": assessment.max_points,
        "uncertainty": assessment.uncertainty,
        "provisional": assessment.provisional,
        "flags": [str(flag) for flag in assessment.flags],
        "criteria": [criterion_to_data(one) for one in assessment.criteria],
    }


def criterion_to_data(assessed: CriterionAssessment) -> dict[str, Any]:
    """The JSON form of one criterion's assessment."""
    return {
        "criterion_id": assessed.criterion_id,
        "verdict": str(assessed.verdict),
        "points": assessed.points,
        "max_points": assessed.max_points,
        "confidence": assessed.confidence,
        "reason": assessed.reason,
        "evidence": [
            {"start": one.start, "end": one.end, "quote": one.quote, "kind": str(one.kind)}
            for one in assessed.evidence
        ],
    }


def criterion_from_data(data: Mapping[str, Any]) -> CriterionAssessment:
    """Read back what `criterion_to_data` wrote; raises `KeyError` or `ValueError` otherwise."""
    return CriterionAssessment(
        criterion_id=data["criterion_id"],
        verdict=Verdict(data["verdict"]),
        points=data["points"],
        max_points=data["max_points"],
        confidence=data["confidence"],
        reason=data["reason"],
        evidence=tuple(
            Evidence(one["start"], one["end"], one["quote"], EvidenceKind(one["kind"]))
            for one in data["evidence"]
        ),
    )


def assessment_from_data(data: Mapping[str, Any]) -> Assessment:
    """Read back what `assessment_to_data` wrote; raises `KeyError` or `ValueError` otherwise."""
    return Assessment(
        grader=data["grader"],
        version=data["version"],
        criteria=tuple(criterion_from_data(one) for one in data["criteria"]),
        points=data["points"],
        max_points=data["max_points"],
        uncertainty=data["uncertainty"],
        provisional=data["provisional"],
        flags=tuple(Flag(flag) for flag in data["flags"]),
    )
