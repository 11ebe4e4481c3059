"""From evidence to a verdict: one number for how likely the criterion is met, and its bounds."""

import math
from dataclasses import dataclass

from grading.assessment import CriterionAssessment, EvidenceKind, Verdict
from grading.assessment import Evidence as Quoted
from grading.channels.coverage import Cover, cover
from grading.evidence import Evidence, Prepared
from grading.segments import Segment
from grading.sentences import (
    CONTRADICTED,
    IN_PART,
    NOT_SAID,
    NUMBER_FOUND,
    NUMBER_MISSING,
    PERHAPS,
    SAID,
    TOGETHER,
    TORN,
)
from grading.weights import Weights

MET_FROM = 0.65
PARTLY_FROM = 0.5
UNSURE_FROM = 0.4

# The share of the points a verdict earns. Unsure earns half until a second opinion is there.
CREDIT = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.UNSURE: 0.5, Verdict.MISSED: 0.0}

_STEEPNESS = 7.0  # of the step at the threshold of coverage
_GROUP_ALONE = 0.7  # a full group whose segment covers little else
_GROUP_BACKED = 0.9
_BACKING = 0.15  # coverage that backs a group or a number
_NUMBERS_ALONE = 0.55
_NUMBERS_BACKED = 0.85
_NUMBERS_MISSING = 0.6  # at most, where a number is asked for and not there
_GROUPS_MISSED = 0.08  # added to the threshold when groups exist and none is complete
_MISCONCEPTION_FROM = 0.5
_MISCONCEPTION_MARGIN = 0.05
_MISCONCEPTION_WHOLE = 0.85
_NEGATION_DROP = 0.5  # of the coverage lost to a negation


@dataclass(frozen=True)
class _Support:
    """How likely the criterion is met by what speaks for it, and where that stands."""

    likelihood: float
    segments: tuple[Segment, ...]
    reason: str


def judge(prepared: Prepared, evidence: Evidence, weights: Weights) -> CriterionAssessment:
    """The assessment of one criterion from its evidence."""
    support = _support(prepared, evidence)
    against = _contradiction(prepared, evidence, weights)
    if against is None:
        return _supported(prepared, support)
    elsewhere = [one for one in support.segments if not _overlaps(one, against.segment)]
    if support.likelihood >= MET_FROM and elsewhere:
        return _torn(prepared, elsewhere[0], against.segment)
    return _contradicted(prepared, against)


def _support(prepared: Prepared, evidence: Evidence) -> _Support:
    options = [
        _by_coverage(prepared, evidence),
        _by_concepts(evidence),
        _by_numbers(prepared, evidence),
    ]
    best = max(options, key=lambda option: option.likelihood)
    if prepared.criterion.numbers and evidence.numbers.strength < 1:
        missing = min(best.likelihood, _NUMBERS_MISSING)
        reason = best.reason if missing < UNSURE_FROM else NUMBER_MISSING
        return _Support(missing, best.segments, reason)
    return best


def _by_coverage(prepared: Prepared, evidence: Evidence) -> _Support:
    found = evidence.coverage
    if found is None:
        return _Support(0.005, (), NOT_SAID)
    threshold = prepared.threshold
    if prepared.groups and evidence.concepts.strength < 1:
        threshold += _GROUPS_MISSED
    likelihood = 1 / (1 + math.exp(-_STEEPNESS * (found.share - threshold) - math.log(2)))
    return _Support(likelihood, (found.segment,), SAID)


def _by_concepts(evidence: Evidence) -> _Support:
    found = evidence.concepts
    reason = TOGETHER
    if found.strength < 1:
        return _Support(0.35 * found.strength, found.segments, reason)
    backed = evidence.coverage is not None and evidence.coverage.share >= _BACKING
    return _Support(_GROUP_BACKED if backed else _GROUP_ALONE, found.segments, reason)


def _by_numbers(prepared: Prepared, evidence: Evidence) -> _Support:
    found = evidence.numbers
    if not prepared.criterion.numbers:
        return _Support(0.0, (), "")
    backed = evidence.coverage is not None and evidence.coverage.share >= _BACKING
    full = _NUMBERS_BACKED if backed else _NUMBERS_ALONE
    return _Support(full * found.strength, found.segments, NUMBER_FOUND)


def _contradiction(prepared: Prepared, evidence: Evidence, weights: Weights) -> Cover | None:
    """Words nearer to a misconception than to any exemplar, or an exemplar turned around."""
    wrong = evidence.misconception
    if wrong is not None and _nearer_to_wrong(prepared, wrong, weights):
        return wrong
    turned = evidence.raw_coverage
    if turned is None or turned.raw < prepared.threshold:
        return None
    return turned if turned.share < _NEGATION_DROP * turned.raw else None


def _nearer_to_wrong(prepared: Prepared, wrong: Cover, weights: Weights) -> bool:
    """Whether a segment says a misconception more fully than any exemplar.

    A misconception that contains a whole exemplar and adds to it covers both alike: then the one
    with more to say was meant.
    """
    if wrong.share < _MISCONCEPTION_FROM:
        return False
    right = max(cover(one, wrong.segment, weights).share for one in prepared.exemplars)
    if wrong.share > right + _MISCONCEPTION_MARGIN:
        return True
    if wrong.share < max(right - _MISCONCEPTION_MARGIN, _MISCONCEPTION_WHOLE):
        return False
    said_right = max(_said(one, wrong.segment, weights) for one in prepared.exemplars)
    said_wrong = max(_said(one, wrong.segment, weights) for one in prepared.misconceptions)
    return said_wrong > said_right * (1 + _MISCONCEPTION_MARGIN)


def _said(exemplar: Segment, segment: Segment, weights: Weights) -> float:
    """The weight of an exemplar's words that the segment says."""
    return cover(exemplar, segment, weights).share * weights.total(exemplar.stems)


def _supported(prepared: Prepared, support: _Support) -> CriterionAssessment:
    verdict = _verdict(support)
    sure = support.likelihood if verdict is not Verdict.MISSED else 1 - support.likelihood
    reasons = {
        Verdict.MET: support.reason,
        Verdict.PARTLY: support.reason if support.reason == NUMBER_MISSING else IN_PART,
        Verdict.UNSURE: PERHAPS,
        Verdict.MISSED: NOT_SAID,
    }
    quoted = support.segments if verdict is not Verdict.MISSED else ()
    return _assessed(
        prepared, verdict, sure, _quotes(quoted, EvidenceKind.SUPPORTS), reasons[verdict]
    )


def _verdict(support: _Support) -> Verdict:
    if not support.segments or support.likelihood < UNSURE_FROM:
        return Verdict.MISSED
    if support.likelihood >= MET_FROM:
        return Verdict.MET
    return Verdict.PARTLY if support.likelihood >= PARTLY_FROM else Verdict.UNSURE


def _contradicted(prepared: Prepared, against: Cover) -> CriterionAssessment:
    return _assessed(
        prepared,
        Verdict.MISSED,
        0.6 + 0.3 * min(1.0, max(against.share, against.raw)),
        _quotes((against.segment,), EvidenceKind.CONTRADICTS),
        CONTRADICTED,
    )


def _torn(prepared: Prepared, support: Segment, against: Segment) -> CriterionAssessment:
    quotes = _quotes((support,), EvidenceKind.SUPPORTS)
    quotes += _quotes((against,), EvidenceKind.CONTRADICTS)
    reason = TORN
    return _assessed(prepared, Verdict.UNSURE, 0.5, quotes, reason)


def _overlaps(one: Segment, other: Segment) -> bool:
    return one.start < other.end and other.start < one.end


def _quotes(segments: tuple[Segment, ...], kind: EvidenceKind) -> tuple[Quoted, ...]:
    return tuple(Quoted(one.start, one.end, one.quote, kind) for one in segments)


def _assessed(
    prepared: Prepared,
    verdict: Verdict,
    confidence: float,
    evidence: tuple[Quoted, ...],
    reason: str,
) -> CriterionAssessment:
    points = prepared.criterion.points
    return CriterionAssessment(
        criterion_id=prepared.criterion.id,
        verdict=verdict,
        points=round(points * CREDIT[verdict], 6),
        max_points=points,
        confidence=round(min(1.0, max(0.0, confidence)), 4),
        evidence=evidence,
        reason=reason,
    )
