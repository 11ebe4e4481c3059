"""From evidence to a verdict: one number for how likely the criterion is met, and its bounds."""

from dataclasses import dataclass, replace

from grading.assessment import CriterionAssessment, EvidenceKind, Verdict
from grading.assessment import Evidence as Quoted
from grading.channels.coverage import Cover
from grading.evidence import Evidence, Near, Prepared
from grading.head import likelihood
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

MET_FROM = 0.65
PARTLY_FROM = 0.55
UNSURE_FROM = 0.4

# The share of the points a verdict earns; unsure earns its likelihood, half at most, or nothing
# where it would else be missed.
CREDIT = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.UNSURE: 0.5, Verdict.MISSED: 0.0}

_GROUP_ALONE = 0.5  # a full group in a segment that is otherwise far from the criterion
_GROUP_BACKED = 0.9
_GROUP_HALF = 0.5
_BACKED_FROM = -1.2  # the logit of a paraphrase that backs a group or a number
_NUMBERS_ALONE = 0.45  # it may be another number that happens to be equal
_NUMBERS_NEAR = 0.6  # words of the matter around it
_NUMBERS_BACKED = 0.85
_NUMBERS_MISSING = 0.6  # at most, where a number is asked for and not there
_GROUPS_MISSED = 0.4  # added to the threshold when groups exist and none is complete
_WRONG_FROM = 0.5  # the least logit of a misconception that was meant
_WRONG_MARGIN = 0.3  # by which it must be nearer than any exemplar
_WRONG_VERBATIM = 2.0  # the logit of a misconception nearly in its own words
_WRONG_MARGIN_BACKED = 1.2  # where the answer says the right thing as well, as far as can be told
_COVERED_FROM = 0.45  # of a criterion's words, before a negation over them turns it around
_ALL_BUT_THE_NEGATION = 0.85  # where one negation more or less turns it around
VERBATIM_FROM = 0.7  # of them, when the words are the criterion's own
_TURNED_SHARE = 0.3  # of the covered words, that a negation must reach
_DENIED_SHARE = 0.5  # of a segment's words


@dataclass(frozen=True)
class Support:
    """How likely the criterion is met by what speaks for it, and where that stands."""

    likelihood: float
    segments: tuple[Segment, ...]
    reason: str


@dataclass(frozen=True)
class Against:
    """A segment that contradicts the criterion, and how clearly it does."""

    segment: Segment
    clarity: float
    is_denial: bool = False  # “it is not true that …”


def judge(prepared: Prepared, evidence: Evidence) -> CriterionAssessment:
    """The assessment of one criterion from its evidence."""
    support = supported_by(prepared, evidence)
    against = contradicted_by(prepared, evidence)
    if against is None:
        if support.likelihood < UNSURE_FROM and _half_said(evidence):
            return _doubtful(prepared, support, evidence)
        return _supported(prepared, support)
    elsewhere = [one for one in support.segments if not _overlaps(one, against.segment)]
    if support.likelihood >= MET_FROM and elsewhere:
        return _torn(prepared, elsewhere[0], against.segment)
    return _contradicted(prepared, against)


def supported_by(prepared: Prepared, evidence: Evidence) -> Support:
    """The strongest channel; a number that is asked for must be there."""
    options = [
        _by_paraphrase(prepared, evidence),
        _by_concepts(evidence),
        _by_numbers(prepared, evidence),
    ]
    best = max(options, key=lambda option: option.likelihood)
    if prepared.criterion.numbers and evidence.numbers.strength < 1:
        missing = min(best.likelihood, _NUMBERS_MISSING)
        reason = best.reason if missing < UNSURE_FROM else NUMBER_MISSING
        return Support(missing, best.segments, reason)
    return best


def _by_paraphrase(prepared: Prepared, evidence: Evidence) -> Support:
    found = evidence.paraphrase
    if found is None:
        return Support(0.005, (), NOT_SAID)
    threshold = prepared.threshold
    if prepared.groups and evidence.concepts.strength < 1:
        threshold += _GROUPS_MISSED
    likely = found.credit * likelihood(found.logit - threshold)
    return Support(likely, (found.segment,), SAID)


def _by_concepts(evidence: Evidence) -> Support:
    found = evidence.concepts
    if found.strength < 1:
        return Support(0.35 * found.strength, found.segments, TOGETHER)
    return Support(_GROUP_BACKED if _backed(evidence) else _GROUP_ALONE, found.segments, TOGETHER)


def _by_numbers(prepared: Prepared, evidence: Evidence) -> Support:
    """What the expected numbers say, by how near the words around them come to the criterion.

    A number is one fact of a criterion. Where the author asked for ideas as well and none of the
    groups is complete, only words that say it anyway let the number settle it.
    """
    found = evidence.numbers
    if not prepared.criterion.numbers:
        return Support(0.0, (), "")
    lacks_ideas = prepared.groups and evidence.concepts.strength < 1
    needed = prepared.threshold if lacks_ideas else _BACKED_FROM
    if evidence.numbers_logit >= needed:
        full = _NUMBERS_BACKED
    else:
        near = evidence.numbers_logit >= _BACKED_FROM
        full = _NUMBERS_NEAR if near else _NUMBERS_ALONE
    return Support(full * found.strength, found.segments, NUMBER_FOUND)


def _half_said(evidence: Evidence) -> bool:
    """Whether half of a group stands in an answer that comes near the criterion.

    The other half may be said in words its author did not think of: that is no clear miss.
    """
    return _GROUP_HALF <= evidence.concepts.strength < 1 and _backed(evidence)


def _backed(evidence: Evidence) -> bool:
    return evidence.paraphrase is not None and evidence.paraphrase.logit >= _BACKED_FROM


def contradicted_by(prepared: Prepared, evidence: Evidence) -> Against | None:
    """Words nearer to a misconception than to any exemplar, or an exemplar turned around."""
    wrong = evidence.misconception
    backed = supported_by(prepared, evidence).likelihood >= CREDIT[Verdict.UNSURE]
    verbatim = wrong is not None and wrong.logit >= _WRONG_VERBATIM
    margin = _WRONG_MARGIN_BACKED if backed and not verbatim else _WRONG_MARGIN
    if wrong is not None and _means_the_wrong_thing(wrong, evidence.wrongness, margin):
        return Against(wrong.segment, likelihood(wrong.logit))
    denied = _denied(prepared, evidence)
    if denied is not None:
        return denied
    turned = next((one for one in evidence.covers if _is_turned(one, evidence)), None)
    return Against(turned.segment, min(1.0, turned.raw)) if turned is not None else None


def _denied(prepared: Prepared, evidence: Evidence) -> Against | None:
    """The segment that says it, where most of that segment is denied as a whole."""
    found = evidence.paraphrase
    if found is None or found.logit < prepared.threshold:
        return None
    content = sum(1 for word in found.segment.words if word.is_content)
    if not content or len(found.segment.denied) < _DENIED_SHARE * content:
        return None
    return Against(found.segment, likelihood(found.logit), is_denial=True)


def _means_the_wrong_thing(wrong: Near, wrongness: float, margin: float) -> bool:
    return wrong.credit == 1 and wrong.logit >= _WRONG_FROM and wrongness >= margin


def _is_turned(covered: Cover, evidence: Evidence) -> bool:
    """Whether a segment says an exemplar's words with another polarity.

    Where the author's own concepts stand complete in the segment, it must be nearly word for word;
    and where it negates nothing itself, as the exemplar's negation may belong to another clause.
    """
    if is_negated_whole(covered):
        return True
    concepts = evidence.concepts
    conceived = concepts.strength == 1 and any(
        _overlaps(one, covered.segment) for one in concepts.segments
    )
    verbatim = conceived or not covered.segment.is_negative
    enough = VERBATIM_FROM if verbatim else _COVERED_FROM
    return covered.raw >= enough and (covered.is_refused or is_reversed(covered))


def is_negated_whole(covered: Cover) -> bool:
    """Whether it is nearly word for word the same but for one negation, whatever that reaches."""
    return covered.is_flipped and covered.raw >= _ALL_BUT_THE_NEGATION


def is_reversed(covered: Cover) -> bool:
    """Whether enough of the covered words have the other polarity."""
    return covered.agreeing < (1 - _TURNED_SHARE) * covered.words


def _supported(prepared: Prepared, support: Support) -> CriterionAssessment:
    verdict = _verdict(support)
    sure = support.likelihood if verdict is not Verdict.MISSED else 1 - support.likelihood
    reasons = {
        Verdict.MET: support.reason,
        Verdict.PARTLY: support.reason if support.reason == NUMBER_MISSING else IN_PART,
        Verdict.UNSURE: PERHAPS,
        Verdict.MISSED: NOT_SAID,
    }
    quoted = support.segments if verdict is not Verdict.MISSED else ()
    assessed = _assessed(
        prepared, verdict, sure, quotes(quoted, EvidenceKind.SUPPORTS), reasons[verdict]
    )
    if verdict is not Verdict.UNSURE:
        return assessed
    share = min(CREDIT[verdict], round(support.likelihood, 2))
    return replace(assessed, points=round(share * assessed.max_points, 6))


def _verdict(support: Support) -> Verdict:
    return verdict_of(support.likelihood) if support.segments else Verdict.MISSED


def verdict_of(likely: float) -> Verdict:
    """The verdict for a likelihood, where something speaks for the criterion."""
    if likely < UNSURE_FROM:
        return Verdict.MISSED
    if likely >= MET_FROM:
        return Verdict.MET
    return Verdict.PARTLY if likely >= PARTLY_FROM else Verdict.UNSURE


def _doubtful(prepared: Prepared, support: Support, evidence: Evidence) -> CriterionAssessment:
    """Half of it is there, which earns nothing before a second opinion says what it means."""
    found = quotes(evidence.concepts.segments, EvidenceKind.SUPPORTS)
    doubtful = _assessed(prepared, Verdict.UNSURE, support.likelihood, found, PERHAPS)
    return replace(doubtful, points=0.0)


def _contradicted(prepared: Prepared, against: Against) -> CriterionAssessment:
    return _assessed(
        prepared,
        Verdict.MISSED,
        0.6 + 0.3 * against.clarity,
        quotes((against.segment,), EvidenceKind.CONTRADICTS),
        CONTRADICTED,
    )


def _torn(prepared: Prepared, support: Segment, against: Segment) -> CriterionAssessment:
    both = quotes((support,), EvidenceKind.SUPPORTS) + quotes((against,), EvidenceKind.CONTRADICTS)
    return _assessed(prepared, Verdict.UNSURE, 0.5, both, TORN)


def _overlaps(one: Segment, other: Segment) -> bool:
    return one.start < other.end and other.start < one.end


def quotes(segments: tuple[Segment, ...], kind: EvidenceKind) -> tuple[Quoted, ...]:
    """The segments as evidence of one kind."""
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
