"""The lexical channel: how much of an exemplar's weight one segment covers.

Words under a negation that the exemplar does not have (or the other way round) cover nothing.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from grading.disorder import measure
from grading.guards import Reading
from grading.segments import Segment
from grading.weights import Weights

# A window of two must cover this much more than one sentence to be quoted instead of it.
WINDOW_MARGIN = 0.1
# Neighbouring words of the exemplar stay near each other in any honest wording, at worst turned.
SCRAMBLED_BELOW = 0.5
SCRAMBLED_BELOW_WHEN_BROKEN = 0.65  # where a rule of word order is broken as well
SCRAMBLED_CREDIT = 0.15  # too little for any threshold of coverage
_NEAR = 2  # content words
_TELLING = 4  # matched words needed before order says anything


@dataclass(frozen=True)
class Cover:
    """One segment against one exemplar: `share` with the polarity agreeing, `raw` without it."""

    share: float
    raw: float
    segment: Segment


def best_cover(exemplars: Sequence[Segment], reading: Reading, weights: Weights) -> Cover | None:
    """The segment that covers one of the exemplars best, whatever is negated.

    Its `share` is that of the exemplar whose polarity agrees with it best.
    """
    best: Cover | None = None
    best_value = 0.0
    for segment, credit in zip(reading.segments, reading.credits, strict=True):
        handicap = WINDOW_MARGIN if segment.parts > 1 else 0.0
        found = [cover(exemplar, segment, weights) for exemplar in exemplars]
        raw, share = max(one.raw for one in found), max(one.share for one in found)
        if raw * credit - handicap > best_value + 1e-9:
            best_value = raw * credit - handicap
            best = Cover(share * credit, raw * credit, segment)
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


def scrambled_credits(exemplars: Sequence[Segment], reading: Reading) -> tuple[float, ...]:
    """The credits of a reading, little for segments that are an exemplar's words in disorder."""
    return tuple(
        given * SCRAMBLED_CREDIT if any(_scrambled(one, segment) for one in exemplars) else given
        for segment, given in zip(reading.segments, reading.credits, strict=True)
    )


def _scrambled(exemplar: Segment, segment: Segment) -> bool:
    """Whether nearly all words of the exemplar are there, but next to others than in it."""
    matched = sum(1 for stem in exemplar.stems if stem in segment.stems)
    if matched < _TELLING or matched < 0.75 * len(exemplar.stems):
        return False
    shared = [
        (left, right)
        for left, right in _neighbours(exemplar)
        if left in segment.order and right in segment.order
    ]
    if len(shared) < _TELLING - 1:
        return False
    kept = sum(_kept(segment, left, right) for left, right in shared) / len(shared)
    broken = measure(segment.quote).broken
    return kept < (SCRAMBLED_BELOW_WHEN_BROKEN if broken else SCRAMBLED_BELOW)


def _neighbours(exemplar: Segment) -> list[tuple[str, str]]:
    content = [word.stem for word in exemplar.words if word.is_content]
    return [pair for pair in itertools.pairwise(content) if pair[0] != pair[1]]


def _kept(segment: Segment, left: str, right: str) -> float:
    """1 when `right` closely follows `left`, half when they only stand near each other."""
    distances = [after - before for before in segment.order[left] for after in segment.order[right]]
    if any(0 < distance <= _NEAR for distance in distances):
        return 1.0
    return 0.5 if any(0 < -distance <= _NEAR for distance in distances) else 0.0
