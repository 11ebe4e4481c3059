"""The lexical channel: how much of an exemplar's weight one segment covers.

Words under a negation that the exemplar does not have (or the other way round) cover nothing.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grading.guards import Reading
from grading.segments import Segment
from grading.weights import Weights

# A window of two must cover this much more than one sentence to be quoted instead of it.
WINDOW_MARGIN = 0.1
# Neighbouring words of the exemplar that stay near each other in any honest wording.
SCRAMBLED_BELOW = 0.4
SCRAMBLED_CREDIT = 0.4
_NEAR = 3  # content words
_TELLING = 4  # matched words needed before order says anything


@dataclass(frozen=True)
class Cover:
    """One segment against one exemplar: `share` with the polarity agreeing, `raw` without it."""

    share: float
    raw: float
    segment: Segment


def best_cover(exemplars: Sequence[Segment], reading: Reading, weights: Weights) -> Cover | None:
    """The segment that covers one of the exemplars best, by agreeing share, earliest first."""
    return _best(exemplars, reading, weights, by_raw=False)


def best_raw_cover(
    exemplars: Sequence[Segment], reading: Reading, weights: Weights
) -> Cover | None:
    """The segment that covers one of the exemplars best, whatever is negated."""
    return _best(exemplars, reading, weights, by_raw=True)


def _best(
    exemplars: Sequence[Segment], reading: Reading, weights: Weights, *, by_raw: bool
) -> Cover | None:
    best: Cover | None = None
    best_value = 0.0
    for segment, credit in zip(reading.segments, reading.credits, strict=True):
        handicap = WINDOW_MARGIN if segment.parts > 1 else 0.0
        for exemplar in exemplars:
            found = cover(exemplar, segment, weights)
            value = (found.raw if by_raw else found.share) * credit - handicap
            if value > best_value + 1e-9:
                best_value = value
                best = Cover(found.share * credit, found.raw * credit, segment)
    return best


def cover(exemplar: Segment, segment: Segment, weights: Weights) -> Cover:
    """How much of the exemplar's weight the segment covers."""
    wanted = exemplar.stems
    total = weights.total(wanted)
    if total == 0:
        return Cover(0.0, 0.0, segment)
    matched = [stem for stem in wanted if stem in segment.stems]
    raw = weights.total(matched) / total
    agreeing = [stem for stem in matched if segment.stems[stem] == wanted[stem]]
    share = weights.total(agreeing) / total
    return Cover(share, raw, segment)


def without_scrambled(exemplars: Sequence[Segment], reading: Reading) -> Reading:
    """The reading with little credit for segments that are an exemplar's words in disorder."""
    credit = tuple(
        given * SCRAMBLED_CREDIT if any(_scrambled(one, segment) for one in exemplars) else given
        for segment, given in zip(reading.segments, reading.credits, strict=True)
    )
    return replace(reading, credits=credit)


def _scrambled(exemplar: Segment, segment: Segment) -> bool:
    """Whether nearly all words of the exemplar are there, but next to others than in it."""
    matched = sum(1 for stem in exemplar.stems if stem in segment.stems)
    if matched < _TELLING or matched < 0.75 * len(exemplar.stems):
        return False
    pairs = _neighbours(exemplar)
    shared = [pair for pair in pairs if pair[0] in segment.order and pair[1] in segment.order]
    kept = sum(1 for left, right in shared if _follows(segment, left, right))
    return len(shared) >= _TELLING - 1 and kept < SCRAMBLED_BELOW * len(shared)


def _neighbours(exemplar: Segment) -> list[tuple[str, str]]:
    content = [word.stem for word in exemplar.words if word.is_content]
    return [pair for pair in itertools.pairwise(content) if pair[0] != pair[1]]


def _follows(segment: Segment, left: str, right: str) -> bool:
    return any(
        0 < after - before <= _NEAR
        for before in segment.order[left]
        for after in segment.order[right]
    )
