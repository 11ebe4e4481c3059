"""From evidence to a verdict: one number for how likely the criterion is met, and its bounds."""

import math
from dataclasses import dataclass

from grading.assessment import CriterionAssessment, EvidenceKind, Verdict
from grading.assessment import Evidence as Quoted
from grading.channels.coverage import Cover, cover
from grading.evidence import Evidence, Prepared
from grading.segments import Segment
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
        reason = best.reason if missing < UNSURE_FROM else "An expected number was not found."
        return _Support(missing, best.segments, reason)
    return best


def _by_coverage(prepared: Prepared, evidence: Evidence) -> _Support:
    found = evidence.coverage
    if found is None:
        return _Support(0.005, (), "Nothing in the answer speaks of this.")
    threshold = prepared.threshold
    if prepared.groups and evidence.concepts.strength < 1:
        threshold += _GROUPS_MISSED
    likelihood = 1 / (1 + math.exp(-_STEEPNESS * (found.share - threshold) - math.log(2)))
    return _Support(likelihood, (found.segment,), "These words say what was asked for.")


def _by_concepts(evidence: Evidence) -> _Support:
    found = evidence.concepts
    reason = "The ideas that were asked for stand together here."
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
    return _Support(full * found.strength, found.segments, "The expected number is here.")


def _contradiction(prepared: Prepared, evidence: Evidence, weights: Weights) -> Cover | None:
    """Words nearer to a misconception than to any exemplar, or an exemplar turned around."""
    wrong = evidence.misconception
    if wrong is not None and wrong.share >= _MISCONCEPTION_FROM:
        right = max(cover(one, wrong.segment, weights).share for one in prepared.exemplars)
        if wrong.share > right + _MISCONCEPTION_MARGIN:
            return wrong
    turned = evidence.raw_coverage
    if turned is None or turned.raw < prepared.threshold:
        return None
    return turned if turned.share < _NEGATION_DROP * turned.raw else None


def _supported(prepared: Prepared, support: _Support) -> CriterionAssessment:
    verdict = _verdict(support)
    sure = support.likelihood if verdict is not Verdict.MISSED else 1 - support.likelihood
    reasons = {
        Verdict.MET: support.reason,
        Verdict.PARTLY: "Some of what was asked for is here, not all. " + support.reason,
        Verdict.UNSURE: "These words may mean it; a second opinion is needed.",
        Verdict.MISSED: "Nothing in the answer says this clearly enough.",
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
        "These words say the opposite of what was asked for, or a common mistake.",
    )


def _torn(prepared: Prepared, support: Segment, against: Segment) -> CriterionAssessment:
    quotes = _quotes((support,), EvidenceKind.SUPPORTS)
    quotes += _quotes((against,), EvidenceKind.CONTRADICTS)
    reason = "The answer says this and also seems to contradict it; a second opinion is needed."
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
