"""A rubric prepared for grading, and all that the channels found for a criterion in one answer."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.channels import Finding
from grading.channels.concepts import Group, compile_group, find_group
from grading.channels.coverage import Cover, best_cover, cover_of
from grading.channels.numbers import Tie, find_numbers
from grading.channels.paraphrase import Asked, Nearness, Wanted, compare
from grading.guards import Reading
from grading.head import criterion_head
from grading.passage import Passage, passage
from grading.rubric import Criterion
from grading.segments import Segment, segment_of
from grading.weights import Weights

Matrix = npt.NDArray[np.float64]

_INTRODUCTION = re.compile(
    r"^\W*(?:the\s+)?(?:student|learner|candidate|answer|response)s?(?:['’]s\s+(?:answer|response))?\s+"
    r"(?:(?:must|should|can|correctly|clearly|explicitly|also)\s+)*"
    r"(?:states?|mentions?|explains?|cites?|identif(?:y|ies)|describes?|says?|notes?|recogni[sz]es?"
    r"|indicates?|names?|argues?|points?\s+out|discusses?|understands?|knows?|gives?)\s+"
    r"(?:(?:that|how|why)\s+)?",
    re.IGNORECASE,
)
# How far the exemplars of a criterion may move its threshold, in logits. Exemplars that are unlike
# each other ask for an easy one, but foreign texts come no less near: of the graded answers to
# other questions 98 in 100 stay below a logit of -0.6, which is *unsure* at a threshold of -0.2.
EASIEST, HARDEST = -0.2, 1.1
DOUBT = 3.0  # foreign texts it takes to trust a fitted threshold half
_ENOUGH = 3  # exemplars, before they say anything about how people put it
# A window of two must be this much likelier than one sentence to be quoted instead of it.
WINDOW_MARGIN = 0.5
LIKENESS = 6.0  # of whole sentences, in logits, where texts are told apart


@dataclass(frozen=True)
class Prepared:
    """A criterion with its texts, their rows among all texts of the rubric, and its threshold."""

    criterion: Criterion
    exemplars: tuple[Segment, ...]
    misconceptions: tuple[Segment, ...]
    groups: tuple[Group, ...]
    tie: Tie
    may_be_negated: frozenset[str]
    rows: slice
    wrong_rows: slice
    threshold: float


@dataclass(frozen=True)
class Near:
    """The likeliest segment for one of some texts, and the logit of its meaning the same."""

    logit: float
    credit: float
    segment: Segment
    place: int


@dataclass(frozen=True)
class Evidence:
    """What every channel found for one criterion."""

    paraphrase: Near | None
    misconception: Near | None
    wrongness: float  # how much nearer the misconception is than any exemplar at its segment
    coverage: Cover | None  # of the segment that covers an exemplar best
    covers: tuple[Cover, ...]  # the same, and of the segments that speak for the criterion
    concepts: Finding
    numbers: Finding
    numbers_logit: float  # how likely the segments with the numbers, or windows, say it


@dataclass(frozen=True, eq=False)
class Nearby:
    """Every text of the rubric against every segment and window.

    `logits` say how likely a segment means what the text says. `contrast` tells texts apart that
    are all in the segment: the one that it resembles as a whole was meant.
    """

    logits: Matrix
    contrast: Matrix


@dataclass(frozen=True, eq=False)
class Rubric:
    """All criteria of a rubric with the vectors of all their texts."""

    criteria: tuple[Prepared, ...]
    wanted: Wanted
    weights: Weights


def prepare(criteria: Sequence[Criterion], asked: Asked, weights: Weights) -> Rubric:
    """A rubric ready for `gather`, each threshold fitted on its own exemplars."""
    segments: list[Segment] = []
    found: list[Prepared] = []
    for criterion in criteria:
        own = _spoken(matter_of(text) for text in criterion.exemplars)
        wrong = _spoken(criterion.misconceptions)
        groups = tuple(compile_group(group) for group in criterion.groups)
        start, middle = len(segments), len(segments) + len(own)
        segments += (*own, *wrong)
        found.append(
            Prepared(
                criterion,
                own,
                wrong,
                groups,
                Tie.of(own, groups),
                _negated(own),
                slice(start, middle),
                slice(middle, len(segments)),
                0.0,
            )
        )
    wanted = Wanted(passage(segments), asked)
    return Rubric(_with_thresholds(found, wanted), wanted, weights)


def _spoken(texts: Iterable[str]) -> tuple[Segment, ...]:
    """The texts as segments, without those that have no word, such as “?”."""
    return tuple(segment for segment in map(segment_of, texts) if segment.words)


def matter_of(text: str) -> str:
    """A criterion without the words that only introduce it: “The answer states that …”."""
    return _INTRODUCTION.sub("", text, count=1) or text


def _negated(exemplars: Sequence[Segment]) -> frozenset[str]:
    return frozenset(
        stem for exemplar in exemplars for stem, affirmed in exemplar.stems.items() if not affirmed
    )


def _with_thresholds(found: Sequence[Prepared], wanted: Wanted) -> tuple[Prepared, ...]:
    if not wanted.passage.count:
        return tuple(found)
    logits = criterion_head().logits(compare(wanted, wanted.passage, ()).features)
    return tuple(replace(one, threshold=_threshold(one, found, logits)) for one in found)


def _threshold(own: Prepared, all_of_them: Sequence[Prepared], logits: Matrix) -> float:
    """Half way between how near exemplars come to one another and how near foreign texts do.

    The fewer foreign texts there are, the more of the threshold is that of all criteria, 0.
    """
    if len(own.exemplars) < _ENOUGH:
        return 0.0
    among = logits[own.rows, own.rows].copy()
    np.fill_diagonal(among, -np.inf)
    typical = float(np.median(among.max(axis=0)))
    foreign = [one.rows for one in all_of_them if one is not own] + [own.wrong_rows]
    nearest = max(
        (float(logits[own.rows, rows].max()) for rows in foreign if rows.start < rows.stop),
        default=typical,
    )
    count: int = sum(rows.stop - rows.start for rows in foreign)
    trust = count / (count + DOUBT)
    return round(trust * min(HARDEST, max(EASIEST, (typical + nearest) / 2)), 2)


def nearness(rubric: Rubric, answer: Passage, reading: Reading) -> Nearby:
    """How near every text of the rubric is to every segment and window."""
    if not rubric.wanted.passage.count or not reading.single:
        nothing = np.zeros((rubric.wanted.passage.count, len(reading.segments)))
        return Nearby(nothing, nothing)
    found: Nearness = compare(rubric.wanted, answer, reading.pairs)
    logits = criterion_head().logits(found.features)
    return Nearby(logits, logits + LIKENESS * found.like)


def gather(prepared: Prepared, reading: Reading, nearby: Nearby, weights: Weights) -> Evidence:
    """All evidence for one criterion in one answer."""
    wrong = _nearest(nearby.logits[prepared.wrong_rows], reading)
    near = _nearest(nearby.logits[prepared.rows], reading)
    coverage = best_cover(prepared.exemplars, reading, weights)
    concepts = find_group(prepared.groups, reading, prepared.may_be_negated)
    numbers = find_numbers(prepared.criterion.numbers, reading, prepared.tie)
    speaking = [*([near.segment] if near else []), *concepts.segments]
    spoken = (cover_of(prepared.exemplars, one, weights) for one in speaking if one.parts == 1)
    return Evidence(
        paraphrase=near,
        misconception=wrong,
        wrongness=0.0 if wrong is None else _wrongness(prepared, wrong.place, nearby),
        coverage=coverage,
        covers=tuple(one for one in (coverage, *spoken) if one is not None),
        concepts=concepts,
        numbers=numbers,
        numbers_logit=_logit_of(numbers.segments, nearby.logits[prepared.rows], reading),
    )


def _logit_of(segments: Sequence[Segment], logits: Matrix, reading: Reading) -> float:
    """The likeliest of some segments and of the windows that they stand in."""
    places = [
        place
        for place, one in enumerate(reading.segments)
        if any(one.start <= segment.start and segment.end <= one.end for segment in segments)
    ]
    return float(logits[:, places].max()) if places and logits.size else -math.inf


def _wrongness(prepared: Prepared, place: int, nearby: Nearby) -> float:
    if not prepared.exemplars:
        return 0.0
    wrong = nearby.contrast[prepared.wrong_rows, place].max()
    return float(wrong - nearby.contrast[prepared.rows, place].max())


def _nearest(logits: Matrix, reading: Reading) -> Near | None:
    """The likeliest segment that has any credit, the earliest of equal ones."""
    if not logits.size:
        return None
    best = logits.max(axis=0)
    windows = np.arange(len(best)) >= len(reading.single)
    # Little credit costs a lot here, so that an honest segment is quoted where there is one.
    ranked = best - WINDOW_MARGIN * windows - 6 * (1 - np.array(reading.credits))
    place = int(ranked.argmax())
    if reading.credits[place] == 0:
        return None
    return Near(float(best[place]), reading.credits[place], reading.segments[place], place)
