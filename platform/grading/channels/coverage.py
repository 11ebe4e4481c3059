"""The lexical channel: how much of an exemplar's weight one segment covers.

Words under a negation that the exemplar does not have (or the other way round) cover nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grading.guards import Reading
from grading.segments import Segment
from grading.weights import Weights

# A window of two must cover this much more than one sentence to be quoted instead of it.
WINDOW_MARGIN = 0.1

_STATED_FROM = 4  # words that carry meaning: one negation more may turn fewer, or not
_LITTLE_ELSE = 3


@dataclass(frozen=True)
class Cover:
    """One segment against one exemplar: `share` with the polarity agreeing, `raw` without it."""

    share: float
    raw: float
    segment: Segment
    is_flipped: bool = False  # the exemplar and hardly more, with a negation more or less


def best_cover(exemplars: Sequence[Segment], reading: Reading, weights: Weights) -> Cover | None:
    """The segment that covers one of the exemplars best; words that are negated count half.

    Its `share` is that of the exemplar whose polarity agrees with it best.
    """
    if not exemplars:
        return None
    best: Cover | None = None
    best_value = 0.0
    for segment, credit in zip(reading.segments, reading.credits, strict=True):
        handicap = WINDOW_MARGIN if segment.parts > 1 else 0.0
        found = [cover(exemplar, segment, weights) for exemplar in exemplars]
        nearest = max(found, key=lambda one: one.raw)
        share = max(one.share for one in found)
        value = (nearest.raw + share) / 2 * credit - handicap
        if value > best_value + 1e-9:
            best_value = value
            best = replace(nearest, share=share * credit, raw=nearest.raw * credit)
    return best


def cover(exemplar: Segment, segment: Segment, weights: Weights) -> Cover:
    """How much of the exemplar's weight the segment covers."""
    wanted = exemplar.stems
    matched = [stem for stem in wanted if stem in segment.stems]
    if not matched:
        return Cover(0.0, 0.0, segment)
    total = weights.total(wanted)
    raw = weights.total(matched) / total
    agreeing = [stem for stem in matched if segment.stems[stem] == wanted[stem]]
    share = weights.total(agreeing) / total
    alone = len(wanted) >= _STATED_FROM and len(segment.stems) <= len(wanted) + _LITTLE_ELSE
    is_flipped = alone and (exemplar.negators - segment.negators) % 2 == 1
    return Cover(share, raw, segment, is_flipped)
