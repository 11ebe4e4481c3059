"""Two judgements on one answer made into one: the rule of the second opinion. Pure.

An unsure judgement has no say against a sure one. Two that agree are surer than each. Where both
are sure and differ by a step, the embedded grader's stands, less sure. Where one says met and the
other missed, nobody is sure and a person decides.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from grading import Assessment, CriterionAssessment, Evidence, Verdict
from grading.verdict import CREDIT

STRONG_SHARE = 0.4  # of a stage's points between the two, over what both are sure of
_OPPOSED = {Verdict.MET, Verdict.MISSED}


@dataclass(frozen=True)
class Combined:
    """The assessment both led to; `disputed` names the criteria one found met, the other missed."""

    assessment: Assessment
    disputed: tuple[str, ...]
    is_strong: bool  # a disagreement that a person has to settle


def combine(
    first: Assessment, second: Mapping[str, CriterionAssessment], *, model: str
) -> Combined:
    """Join the embedded grader's assessment with the model's judgements on some of its criteria."""
    criteria = tuple(
        combine_one(one, second[one.criterion_id]) if one.criterion_id in second else one
        for one in first.criteria
    )
    disputed = tuple(one.criterion_id for one in first.criteria if _is_disputed(one, second))
    strong = bool(disputed) or _distance(first, second) >= STRONG_SHARE
    unsure = any(one.verdict is Verdict.UNSURE for one in criteria)
    joined = replace(
        first,
        grader=f"{first.grader}+llm",
        version=f"{first.version}+{model}"[:60],
        criteria=criteria,
        points=round(math.fsum(one.points for one in criteria), 6),
        uncertainty=round(math.sqrt(math.fsum(map(_variance, criteria))), 4),
        provisional=unsure or strong,
    )
    return Combined(joined, disputed, strong)


def combine_one(first: CriterionAssessment, second: CriterionAssessment) -> CriterionAssessment:
    """The judgement on one criterion from the embedded grader's and the model's."""
    if second.verdict is Verdict.UNSURE:
        return first
    if first.verdict is Verdict.UNSURE:
        return second
    both = _joined(first.evidence, second.evidence)
    if first.verdict is second.verdict:
        sure = 1 - (1 - first.confidence) * (1 - second.confidence)
        return replace(first, confidence=round(sure, 4), evidence=both)
    if {first.verdict, second.verdict} == _OPPOSED:
        return replace(
            first,
            verdict=Verdict.UNSURE,
            points=min(first.points, CREDIT[Verdict.UNSURE] * first.max_points),
            confidence=0.5,
            evidence=both,
            reason=_("Two readings of these words disagree."),
        )
    return replace(first, confidence=_against(first.confidence, second.confidence))


def _is_disputed(first: CriterionAssessment, second: Mapping[str, CriterionAssessment]) -> bool:
    other = second.get(first.criterion_id)
    return other is not None and {first.verdict, other.verdict} == _OPPOSED


def _distance(first: Assessment, second: Mapping[str, CriterionAssessment]) -> float:
    """By which share of the stage's points the two differ, over criteria both are sure of."""
    pairs = ((one, second.get(one.criterion_id)) for one in first.criteria)
    differences = [
        other.points - one.points
        for one, other in pairs
        if other is not None and Verdict.UNSURE not in {one.verdict, other.verdict}
    ]
    return abs(math.fsum(differences)) / first.max_points if first.max_points else 0.0


def _against(confidence: float, other: float) -> float:
    """How sure the first still is when the other, as sure as `other`, says something else."""
    mine, theirs = confidence * (1 - other), other * (1 - confidence)
    return round(mine / (mine + theirs), 4) if mine + theirs else 0.5


def _joined(first: tuple[Evidence, ...], second: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The first's quotes and those of the second's that overlap none of them."""
    new = (
        one
        for one in second
        if not any(one.start < two.end and two.start < one.end for two in first)
    )
    return (*first, *new)


def _variance(one: CriterionAssessment) -> float:
    return one.max_points**2 * one.confidence * (1 - one.confidence)
