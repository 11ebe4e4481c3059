"""The numbers channel: expected values, in any unit of their kind, within their tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from estimation import Quantity, QuantityError
from grading.channels import NOTHING, Finding
from grading.channels.concepts import Group, holds_a_term
from grading.channels.figures import (
    Figure,
    Read,
    figures,
    is_caseless,
    is_of_another_kind,
    plain_value,
    read_figure,
)
from grading.guards import Reading
from grading.rubric import RELATIVE, ExpectedNumber
from grading.segments import Segment

WIDEST = 0.2  # of a range, as a share of the expected value, where the tolerance is smaller
_TIED_WORDS = 2


@dataclass(frozen=True)
class Tie:
    """What ties a number without a unit to a criterion: its words, or a term of its groups.

    People leave units off in tables and sums, but a number that stands among other words is of
    something else.
    """

    stems: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()

    @classmethod
    def of(cls, exemplars: Sequence[Segment], groups: tuple[Group, ...]) -> "Tie":
        """The words of exemplars, without figures."""
        stems = {stem for one in exemplars for stem in one.stems if stem.isalpha()}
        return cls(frozenset(stems), groups)

    def holds(self, segment: Segment) -> bool:
        """Whether two words of the criterion, half of all, or a term of a group stand there."""
        own = [stem for stem in segment.stems if stem.isalpha()]
        shared = sum(stem in self.stems for stem in own)
        if shared >= _TIED_WORDS or (own and 2 * shared >= len(own)):
            return True
        return holds_a_term(self.groups, segment)


def find_numbers(numbers: Sequence[ExpectedNumber], reading: Reading, tie: Tie) -> Finding:
    """The share of the expected numbers found, and the segments they stand in, each once."""
    if not numbers:
        return NOTHING
    places = [_first_with(number, reading, tie) for number in numbers]
    found = [place for place in places if place is not None]
    segments = tuple(dict.fromkeys(reading.segments[place] for place in found))
    strength = sum(reading.credits[place] for place in found) / len(numbers)
    return Finding(strength, segments)


def _first_with(expected: ExpectedNumber, reading: Reading, tie: Tie) -> int | None:
    for place, segment in enumerate(reading.single):
        if reading.credits[place] > 0 and states(segment, expected, tie):
            return place
    return None


def states(segment: Segment, expected: ExpectedNumber, tie: Tie) -> bool:
    """Whether one of the segment's numbers is the expected one."""
    sought = _Sought(expected, is_caseless(segment), tie.holds(segment))
    return any(
        sought.is_said_by(figure)
        for figure in figures(segment)
        if not _is_refused(segment, segment.start + figure.start)
    )


@dataclass(frozen=True)
class _Sought:
    """An expected number in one segment, which may be without case and tied to the criterion."""

    expected: ExpectedNumber
    caseless: bool
    tied: bool

    @property
    def counts(self) -> bool:
        """Whether a number alone, or a number of any things, is what is expected."""
        unit = Quantity(1.0, self.expected.unit)
        return not unit.dimension and unit.base_value == 1

    def is_said_by(self, figure: Figure) -> bool:
        """Whether the number, or the range that begins with it, is the expected one."""
        if figure.upper is None:
            return any(map(self.expected.accepts, self.meanings(figure)))
        upper = figure.upper
        lower = replace(figure, upper=None)
        if not figure.units:
            lower = replace(lower, units=upper.units, later=upper.later)
        return any(
            self._spans(low, high) for low in self.meanings(lower) for high in self.meanings(upper)
        )

    def meanings(self, figure: Figure) -> tuple[Quantity, ...]:
        """The quantities a figure may stand for here."""
        unit = self.expected.unit
        found = read_figure(figure, unit, caseless=self.caseless)
        typed = tuple(one.quantity for one in found if not one.bare)
        if figure.later and not any(one.dimension for one in typed):
            typed += _per(found, figure.later)
        if typed or not found or is_of_another_kind(figure, found[0].used, counts=self.counts):
            return typed
        return self._bare(found[0], figure)

    def _bare(self, read: Read, figure: Figure) -> tuple[Quantity, ...]:
        if self.counts or self.tied:
            meant: tuple[Quantity, ...] = (read.quantity,)
        else:
            meant = ()
        value = plain_value(figure.number)
        if value is not None and Quantity(0.0).is_like(self.expected.quantity):  # 0.75 for 75 %
            meant += (Quantity(value),)
        return meant

    def _spans(self, low: Quantity, high: Quantity) -> bool:
        """Whether a range holds the expected value and is about as narrow as asked for."""
        if self.expected.accepts(low) and self.expected.accepts(high):
            return True
        middle = self.expected.quantity
        if self.expected.scale != RELATIVE or not (low.is_like(middle) and high.is_like(middle)):
            return False
        value, slack = middle.base_value, self.expected.tolerance * abs(middle.base_value)
        widest = max(2 * slack, WIDEST * abs(value))
        return (
            low.base_value - slack <= value <= high.base_value + slack
            and high.base_value - low.base_value <= widest
        )


def _per(found: Sequence[Read], later: str) -> tuple[Quantity, ...]:
    """Counts that the sentence says to be a rate: “54 orders arrive every second”."""
    try:
        return tuple(Quantity(one.quantity.base_value, f"1/{later}") for one in found)
    except QuantityError:
        return ()


def _is_refused(segment: Segment, start: int) -> bool:
    """Whether the number is denied, or follows a negation at once: “not 90 minutes”."""
    place = next((place for place, word in enumerate(segment.words) if word.end > start), None)
    if place is None:
        return False
    before = segment.words[place - 1] if place else None
    return place in segment.denied or (before is not None and before.is_negator)
