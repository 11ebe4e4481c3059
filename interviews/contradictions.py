"""Numbers that disagree between the stages of an interview.

Said only when it is sure that both mean the same thing: the same estimate asked for twice, an
estimate named beside another number later, or a number that follows from an earlier estimate.
Wherever a later stage also holds a number that agrees, nothing is said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from estimation import Quantity, QuantityError, format_quantity, parse_unit
from grading.rubric import MAGNITUDE
from interviews.figures import Figure, figures_in, sentence_at
from interviews.rubrics import read_estimate

type Data = Mapping[str, Any]

MOST = 6  # shown of one interview
EXACT = 0.01  # for the figure everybody arrives at
TOLERANCE = 0.1  # for a number that is repeated; derived ones bring their own
_TELLING = 100  # a plain number below this is found by accident
_NAME_WORDS = 2  # a single word names too many things
_NEAR = 160  # characters in which a name stands before its number
_DOUBTS = re.compile(
    r"\b(?:if|would|could|suppose|assum\w+|unless|instead|not|never|no|without)\b", re.IGNORECASE
)
_LIMITS = re.compile(  # a part of it, or its size at another time
    r"\b(?:per|each|every|up to|at most|at least|more|less|under|over|below|above|before|after"
    r"|initially|first|then|remaining|left|only|of these|of them|half|third|twice|another|new|now"
    r"|grow\w*|rise\w*)\b",
    re.IGNORECASE,
)
_LINK = r"\s*(?:\(|:|=|≈|~|is|are|was|were|of|about|around|roughly|some|come[s]? to|\s)*"


@dataclass(frozen=True)
class Said:
    """Words of the learner, and the stage they stand in."""

    stage_id: str
    stage: str
    quote: str


@dataclass(frozen=True)
class Contradiction:
    """Two numbers that do not fit; `explanation` says why in one sentence."""

    earlier: Said
    later: Said
    explanation: str

    @property
    def sides(self) -> tuple[Said, Said]:
        """Both, in the order of the stages."""
        return (self.earlier, self.later)


@dataclass(frozen=True)
class Handed:
    """What was handed in for a stage."""

    text: str
    estimates: Mapping[str, str]


@dataclass(frozen=True)
class _Own:
    """An estimate field the learner filled with something that can be read."""

    place: int
    stage: Data
    estimate: Data
    typed: str
    quantity: Quantity

    @property
    def said(self) -> Said:
        """The field as it was filled."""
        quote = f"{self.estimate['label']}: {self.typed}"
        return Said(self.stage["id"], self.stage["title"], quote)

    @property
    def name(self) -> str:
        """The label, for comparing."""
        return " ".join(self.estimate["label"].casefold().split())


def find_contradictions(
    stages: Sequence[Data], handed: Mapping[str, Handed], situation: str = ""
) -> tuple[Contradiction, ...]:
    """Compare what was handed in, by stage id, in the order of the stages.

    Numbers that `situation` or a stage's question give are nobody's own.
    """
    own = list(_own_estimates(stages, handed))
    given = [one.quantity for one in figures_in(situation)]
    derived = _derived(stages, handed, own, given)
    found = [*_repeated(stages, own), *derived, *_named(stages, handed, own)]
    unique = {(one.later.stage_id, one.later.quote): one for one in reversed(found)}
    kept = [one for one in found if unique[one.later.stage_id, one.later.quote] is one]
    return tuple(kept[:MOST])


def _own_estimates(stages: Sequence[Data], handed: Mapping[str, Handed]) -> Iterator[_Own]:
    for place, stage in enumerate(stages):
        typed = handed[stage["id"]].estimates if stage["id"] in handed else {}
        for estimate in stage.get("estimates") or ():
            text = typed.get(estimate["id"], "").strip()
            quantity = read_estimate(text, estimate["unit"])
            if quantity is not None:
                yield _Own(place, stage, estimate, text, quantity)


def _twisted(stages: Sequence[Data], earlier: int, later: int) -> bool:
    """Whether a requirement changed on the way: then the number may have changed too."""
    return any(stage.get("twist") for stage in stages[earlier + 1 : later + 1])


# ---- the same estimate asked for twice ----------------------------------------------------------
def _repeated(stages: Sequence[Data], own: Sequence[_Own]) -> Iterator[Contradiction]:
    latest: dict[str, _Own] = {}
    for one in own:
        before = latest.get(one.name)
        latest[one.name] = one
        if before is None or _twisted(stages, before.place, one.place):
            continue
        if _disagree(one.quantity, before.quantity, TOLERANCE):
            yield Contradiction(before.said, one.said, _("The same estimate has two values."))


def _disagree(given: Quantity, expected: Quantity, tolerance: float) -> bool:
    """Measured in the same kind of unit, and apart from either side."""
    return (
        given.is_like(expected)
        and not given.is_close(expected, tolerance)
        and not expected.is_close(given, tolerance)
    )


# ---- a number that follows from an earlier estimate ---------------------------------------------
def _derived(
    stages: Sequence[Data],
    handed: Mapping[str, Handed],
    own: Sequence[_Own],
    given: Sequence[Quantity],
) -> Iterator[Contradiction]:
    known = {f"{one.stage['id']}/{one.estimate['id']}": one for one in own}
    for place, stage in enumerate(stages):
        if stage["id"] not in handed:
            continue
        asked = f"{stage.get('prompt', '')}\n{stage.get('twist', '')}"
        told = [*given, *(one.quantity for one in figures_in(asked))]
        later = _Later(stage, handed[stage["id"]].text, own, told)
        for number in _numbers(stage):
            basis = known.get(number.get("of", ""))
            if basis is not None and basis.place < place:
                yield from _follow(number, basis, later)


def _numbers(stage: Data) -> list[Data]:
    return [number for one in stage["criteria"] for number in one.get("numbers") or ()]


def _follow(number: Data, basis: _Own, later: "_Later") -> Iterator[Contradiction]:
    expected = _expected(number, basis)
    if expected is None or later.holds(expected, _tolerance(number)):
        return
    said = later.in_field(number, expected) or later.in_text(number, expected)
    if said is not None:
        yield Contradiction(basis.said, said, _explain(expected))


def _tolerance(number: Data) -> float:
    """Relative to the larger of two numbers, which is what a factor comes to."""
    tolerance = float(number.get("tolerance", TOLERANCE))
    return 1 - 10**-tolerance if number.get("scale") == MAGNITUDE else tolerance


def _expected(number: Data, basis: _Own) -> Quantity | None:
    """What the learner's own estimate leads to; None when the units do not fit."""
    try:
        value = basis.quantity.value_in(number.get("unit", "")) * number.get("times", 1)
        expected = Quantity(value, number.get("unit", ""))
    except QuantityError:
        return None
    return expected if expected.value else None


def _explain(expected: Quantity) -> str:
    said = {"quantity": format_quantity(expected)}
    return _("Your earlier estimate leads to %(quantity)s.") % said


@dataclass(frozen=True)
class _Later:
    """What stands in a later stage; `told` are the numbers its writer was given."""

    stage: Data
    text: str
    own: Sequence[_Own]
    told: Sequence[Quantity]

    @cached_property
    def here(self) -> list[_Own]:
        return [one for one in self.own if one.stage["id"] == self.stage["id"]]

    @cached_property
    def written(self) -> list[Figure]:
        return list(figures_in(self.text))

    def holds(self, expected: Quantity, tolerance: float) -> bool:
        """Whether any number of the stage agrees."""
        found = [one.quantity for one in self.here] + [one.quantity for one in self.written]
        return any(
            one.is_like(expected) and not _disagree(one, expected, tolerance) for one in found
        )

    def in_field(self, number: Data, expected: Quantity) -> Said | None:
        """The one field that can mean this number: both are the only ones of their kind here."""
        fields = [one for one in self.stage.get("estimates") or () if _is_kind(one, expected)]
        numbers = [one for one in _numbers(self.stage) if _is_kind(one, expected)]
        if not expected.dimension or len(fields) != 1 or len(numbers) != 1:
            return None
        for one in self.here:
            is_meant = one.estimate["id"] == fields[0]["id"]
            if is_meant and _disagree(one.quantity, expected, _tolerance(number)):
                return one.said
        return None

    def in_text(self, number: Data, expected: Quantity) -> Said | None:
        """The author's own figure, reached although one's estimate leads elsewhere."""
        try:
            common = Quantity(number["value"], number.get("unit", ""))
        except QuantityError:
            return None
        if not _disagree(common, expected, 2 * _tolerance(number)):
            return None
        for figure in self.written:
            quote = sentence_at(self.text, figure.start, figure.end)
            is_own = _tells(figure, expected) and figure.quantity not in self.told
            if is_own and figure.quantity.is_close(common, EXACT) and not _DOUBTS.search(quote):
                return Said(self.stage["id"], self.stage["title"], quote)
        return None


def _is_kind(asked: Data, expected: Quantity) -> bool:
    try:
        return parse_unit(asked.get("unit", "")).dimension == expected.dimension
    except QuantityError:
        return False


def _tells(figure: Figure, expected: Quantity) -> bool:
    """Whether a number in a text can be recognised at all: by its unit, or by its size."""
    if not figure.quantity.is_like(expected):
        return False
    if expected.dimension:
        return not figure.bare
    return figure.quantity.unit not in {"%", "x"} and abs(figure.quantity.value) >= _TELLING


# ---- an estimate named beside another number ----------------------------------------------------
def _named(
    stages: Sequence[Data], handed: Mapping[str, Handed], own: Sequence[_Own]
) -> Iterator[Contradiction]:
    for one in own:
        for place, stage in enumerate(stages[one.place + 1 :], one.place + 1):
            if stage["id"] not in handed or _twisted(stages, one.place, place):
                continue
            said = _other_number(one, stage, handed[stage["id"]].text)
            if said is not None:
                explanation = _("The same thing has two values.")
                yield Contradiction(one.said, said, explanation)


def _other_number(one: _Own, stage: Data, text: str) -> Said | None:
    written = [figure for figure in figures_in(text) if _tells(figure, one.quantity)]
    if any(figure.quantity.is_close(one.quantity, TOLERANCE) for figure in written):
        return None
    if len(one.name.split()) < _NAME_WORDS:
        return None
    name = r"\s+".join(re.escape(word) for word in one.name.split())
    before = re.compile(rf"(?<!\w){name}{_LINK}$", re.IGNORECASE)
    after = re.compile(rf"\s*(?:of\s+)?{name}(?!\w)", re.IGNORECASE)
    for figure in written:
        names = before.search(text[max(0, figure.start - _NEAR) : figure.start])
        names = names or after.match(text, figure.digits_end) or after.match(text, figure.end)
        quote = sentence_at(text, figure.start, figure.end)
        unsure = _DOUBTS.search(quote) or _LIMITS.search(_without(quote, name))
        if names and not unsure and _disagree(figure.quantity, one.quantity, TOLERANCE):
            return Said(stage["id"], stage["title"], quote)
    return None


def _without(quote: str, name: str) -> str:
    """The quote without the name itself, whose words say nothing about this number."""
    return re.sub(name, "", quote, flags=re.IGNORECASE)
