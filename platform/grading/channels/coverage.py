"""The lexical channel: how much of an exemplar's weight one segment covers.

Words under a negation that the exemplar does not have (or the other way round) cover nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grading.guards import Reading
from grading.polarity import Negation
from grading.segments import Segment
from grading.weights import Weights

# A window of two must cover this much more than one sentence to be quoted instead of it.
WINDOW_MARGIN = 0.1

_STATED_FROM = 4  # words that carry meaning: one negation more may turn fewer, or not
_LITTLE_ELSE = 3
_ALIKE = 0.1  # of a cover, within which two exemplars are covered alike


@dataclass(frozen=True)
class Cover:
    """One segment against one exemplar: `share` with the polarity agreeing, `raw` without it.

    `words` and `agreeing` are the same for words alone: no negation turns a figure or the letter
    of a unit around, so these must not hide that a negation turned all the words.
    """

    share: float
    raw: float
    segment: Segment
    words: float = 0.0
    agreeing: float = 0.0
    is_flipped: bool = False  # the exemplar and hardly more, with a negation more or less
    is_refused: bool = False  # “must not be settled” where the exemplar has it settled


def best_cover(exemplars: Sequence[Segment], reading: Reading, weights: Weights) -> Cover | None:
    """The segment that covers one of the exemplars best; words that are negated count half.

    Its `share` is that of the exemplar whose polarity agrees with it best.
    """
    best: Cover | None = None
    best_value = 0.0
    for segment, credit in zip(reading.segments, reading.credits, strict=True):
        found = cover_of(exemplars, segment, weights)
        if found is None:
            return None
        handicap = WINDOW_MARGIN if segment.parts > 1 else 0.0
        value = (found.raw + found.share) / 2 * credit - handicap
        if value > best_value + 1e-9:
            best_value = value
            best = replace(found, share=found.share * credit, raw=found.raw * credit)
    return best


def cover_of(exemplars: Sequence[Segment], segment: Segment, weights: Weights) -> Cover | None:
    """The exemplar that a segment covers most, with the polarity that fits any of them best.

    What one exemplar says and another denies, such as “never twice” and “only once”, is not
    turned around by either.
    """
    found = [cover(exemplar, segment, weights) for exemplar in exemplars]
    if not found:
        return None
    nearest = max(found, key=lambda one: one.raw)
    alike = [one for one in found if one.raw >= nearest.raw - _ALIKE]
    return replace(
        nearest,
        share=max(one.share for one in found),
        agreeing=max(one.agreeing for one in found),
        is_flipped=all(one.is_flipped for one in alike),
        is_refused=nearest.is_refused and not _some_refuses(exemplars, segment),
    )


def _some_refuses(exemplars: Sequence[Segment], segment: Segment) -> bool:
    return any((one.negated_stems | one.refused) & segment.refused for one in exemplars)


def cover(exemplar: Segment, segment: Segment, weights: Weights) -> Cover:
    """How much of the exemplar's weight the segment covers."""
    wanted = exemplar.stems
    matched = [stem for stem in wanted if stem in segment.stems]
    if not matched:
        return Cover(0.0, 0.0, segment)
    total = weights.total(wanted)
    if not (segment.is_negative or exemplar.is_negative):  # most: nothing can differ
        raw = weights.total(matched) / total
        return Cover(raw, raw, segment, raw, raw)
    limited = _limited(exemplar, segment)
    agreeing = [stem for stem in matched if segment.stems[stem] == wanted[stem] or stem in limited]
    return Cover(
        weights.total(agreeing) / total,
        weights.total(matched) / total,
        segment,
        weights.total(filter(_is_word, matched)) / total,
        weights.total(filter(_is_word, agreeing)) / total,
        _is_flipped(exemplar, segment),
        _is_refused(exemplar, segment),
    )


def _is_word(stem: str) -> bool:
    return len(stem) > 1 and stem.isalpha()


def _is_flipped(exemplar: Segment, segment: Segment) -> bool:
    """Whether a text says the exemplar and hardly more, with a negation more or less.

    The number of negations must differ, and that of those which begin with a word of the other
    text: “90 minutes, not 30” still says 90 minutes.
    """
    wanted, said = exemplar.stems, segment.stems
    if len(wanted) < _STATED_FROM or len(said) > len(wanted) + _LITTLE_ELSE:
        return False
    more = sum(_begins_in(wanted, one, segment) for one in _clear(exemplar, segment))
    less = sum(_begins_in(said, one, exemplar) for one in exemplar.negations)
    return (more - less) % 2 == 1 and (segment.negators - exemplar.negators) % 2 == 1


def _begins_in(stems: Mapping[str, bool], negation: Negation, segment: Segment) -> bool:
    stem = segment.words[negation.first].stem
    return _is_word(stem) and stem in stems


def _clear(exemplar: Segment, segment: Segment) -> list[Negation]:
    """The negations of a segment without a limit that the exemplar does not have.

    “Must not be settled later than that” wants it settled.
    """
    return [one for one in segment.negations if one.limits <= exemplar.forms]


def _limited(exemplar: Segment, segment: Segment) -> frozenset[str]:
    """The stems that only a limit turns around."""
    clear = _clear(exemplar, segment)
    return frozenset(
        segment.words[place].stem
        for one in segment.negations
        if one not in clear
        for place in one.reached
    )


def _is_refused(exemplar: Segment, segment: Segment) -> bool:
    """Whether the segment says that what the exemplar wants must not be, or is not.

    All that stands under the negation must be the exemplar's own.
    """
    wanted = exemplar.stems
    refused = [
        [segment.words[place].stem for place in one.reached]
        for one in _clear(exemplar, segment)
        if one.refuses
    ]
    return any(stems and all(wanted.get(stem, False) for stem in stems) for stems in refused)
