"""A criterion prepared for grading, and all that the channels found for it in one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.channels import Finding
from grading.channels.concepts import Group, compile_group, find_group
from grading.channels.coverage import Cover, best_cover, best_raw_cover, cover, without_scrambled
from grading.channels.numbers import find_numbers
from grading.guards import Reading
from grading.rubric import Criterion
from grading.segments import Segment, segment_of
from grading.weights import Weights

# Bounds of a fitted threshold, and the one for a criterion too poor in exemplars to fit.
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.42, 0.65
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Prepared:
    """A criterion with its exemplars cut into words and its own threshold of coverage."""

    criterion: Criterion
    exemplars: tuple[Segment, ...]
    misconceptions: tuple[Segment, ...]
    groups: tuple[Group, ...]
    may_be_negated: frozenset[str]
    threshold: float


@dataclass(frozen=True)
class Evidence:
    """What every channel found for one criterion."""

    coverage: Cover | None
    raw_coverage: Cover | None
    misconception: Cover | None
    concepts: Finding
    numbers: Finding


def prepare(rubric: Sequence[Criterion], weights: Weights) -> tuple[Prepared, ...]:
    """Every criterion of a rubric ready for `gather`, thresholds fitted against the others."""
    exemplars = [tuple(segment_of(text) for text in one.exemplars) for one in rubric]
    return tuple(
        _prepared(criterion, exemplars, place, weights) for place, criterion in enumerate(rubric)
    )


def _prepared(
    criterion: Criterion,
    exemplars: list[tuple[Segment, ...]],
    place: int,
    weights: Weights,
) -> Prepared:
    own = exemplars[place]
    others = [one for index, rest in enumerate(exemplars) if index != place for one in rest]
    wrong = tuple(segment_of(text) for text in criterion.misconceptions)
    negated = {
        stem for exemplar in own for stem, affirmed in exemplar.stems.items() if not affirmed
    }
    return Prepared(
        criterion,
        own,
        wrong,
        tuple(compile_group(group) for group in criterion.groups),
        frozenset(negated),
        _threshold(own, [*others, *wrong], weights),
    )


def _threshold(own: Sequence[Segment], foreign: Sequence[Segment], weights: Weights) -> float:
    """Half way between how well exemplars cover one another and how well foreign texts do."""
    if len(own) < 3:  # the statement and one paraphrase say little about how people put it
        return DEFAULT_THRESHOLD
    alike = sorted(
        max(cover(wanted, one, weights).share for wanted in own if wanted is not one) for one in own
    )
    typical = alike[len(alike) // 2]
    nearest = max(
        (cover(wanted, one, weights).share for wanted in own for one in foreign), default=0.0
    )
    return min(HIGHEST_THRESHOLD, max(LOWEST_THRESHOLD, (typical + nearest) / 2))


def gather(prepared: Prepared, reading: Reading, weights: Weights) -> Evidence:
    """All evidence for one criterion in one answer."""
    reading = without_scrambled(prepared.exemplars, reading)
    return Evidence(
        coverage=best_cover(prepared.exemplars, reading, weights),
        raw_coverage=best_raw_cover(prepared.exemplars, reading, weights),
        misconception=best_cover(prepared.misconceptions, reading, weights),
        concepts=find_group(prepared.groups, reading, prepared.may_be_negated),
        numbers=find_numbers(prepared.criterion.numbers, reading),
    )
