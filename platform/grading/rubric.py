"""What an answer is graded against: criteria with exemplars, numbers and concept groups."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from estimation import Quantity, QuantityError

MAX_CRITERIA = 60
MAX_EXEMPLARS = 40
RELATIVE, MAGNITUDE = "relative", "magnitude"  # scales of tolerance
MAX_TEXT = 4_000  # characters of one statement or exemplar


class RubricError(ValueError):
    """A rubric that cannot be used; the message is a sentence for its author."""


@dataclass(frozen=True)
class ExpectedNumber:
    """A number the answer should contain, in any unit of the same dimension.

    `tolerance` is relative (0.1 accepts ten per cent either way) or, with the scale `magnitude`,
    in powers of ten (0.5 accepts a third to three times the value). An empty `unit` expects a
    plain number. Raises `RubricError` for a unit nobody knows, another scale or a tolerance below
    zero.
    """

    value: float
    unit: str = ""
    tolerance: float = 0.05
    scale: str = RELATIVE

    def __post_init__(self) -> None:
        """Refuse what could never be compared."""
        if not math.isfinite(self.tolerance) or self.tolerance < 0:
            raise RubricError(f"The tolerance {self.tolerance} must be 0 or more, such as 0.1.")
        if self.scale not in (RELATIVE, MAGNITUDE):
            raise RubricError(f"The scale “{self.scale}” must be {RELATIVE} or {MAGNITUDE}.")
        try:
            Quantity(self.value, self.unit)
        except QuantityError as error:
            raise RubricError(str(error)) from error

    @property
    def quantity(self) -> Quantity:
        """The expected value with its unit."""
        return Quantity(self.value, self.unit)

    def accepts(self, found: Quantity) -> bool:
        """Whether a quantity of any kind is this one within the tolerance."""
        expected = self.quantity
        if self.scale == RELATIVE:
            return found.is_close(expected, self.tolerance)
        if not found.is_like(expected) or not expected.base_value:
            return False
        ratio = found.base_value / expected.base_value
        return ratio > 0 and abs(math.log10(ratio)) <= self.tolerance


@dataclass(frozen=True)
class Criterion:
    """One thing an answer must contain to earn `points`.

    `paraphrases` are ways to say it, `misconceptions` wrong statements that must not earn it.
    `groups` are alternatives: one group is a list of terms which must all stand near each other;
    a term is `a|b` for synonyms, and `!a|b` vetoes the group where it occurs. `title` is the short
    label; `hint` and `follow_up` are for the learner when it is missing, and take no part in
    grading.
    """

    id: str
    points: float
    statement: str
    paraphrases: Sequence[str] = ()
    misconceptions: Sequence[str] = ()
    numbers: Sequence[ExpectedNumber] = ()
    groups: Sequence[Sequence[str]] = ()
    title: str = ""
    hint: str = ""
    follow_up: str = ""

    def __post_init__(self) -> None:
        """Freeze sequences and refuse what no grader could use."""
        for name in ("paraphrases", "misconceptions", "numbers"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "groups", tuple(tuple(group) for group in self.groups))
        if not self.id.strip():
            raise RubricError("A criterion needs an id.")
        if not (math.isfinite(self.points) and self.points > 0):
            raise RubricError(f"The criterion “{self.id}” needs points above 0.")
        if not self.statement.strip():
            raise RubricError(f"The criterion “{self.id}” needs a statement.")

    @property
    def exemplars(self) -> tuple[str, ...]:
        """The statement and its paraphrases: every text that ought to be met."""
        return (self.statement, *self.paraphrases)


@dataclass(frozen=True)
class _Entry:
    """One mapping of the interchange form, read key by key with errors that name the place."""

    data: Mapping[str, object]
    where: str
    known: set[str] = field(default_factory=set)

    def text(self, key: str, default: str | None = None) -> str:
        """The string under `key`."""
        self.known.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise RubricError(f"{self.where}: “{key}” must be a text.")
        if len(value) > MAX_TEXT:
            raise RubricError(f"{self.where}: “{key}” is longer than {MAX_TEXT} characters.")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """The finite number under `key`."""
        self.known.add(key)
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RubricError(f"{self.where}: “{key}” must be a number.")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise RubricError(f"{self.where}: “{key}” must be a finite number.")
        return number

    def items(self, key: str) -> list[object]:
        """The list under `key`; missing or null counts as empty."""
        self.known.add(key)
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise RubricError(f"{self.where}: “{key}” must be a list.")
        if len(value) > MAX_EXEMPLARS:
            raise RubricError(f"{self.where}: “{key}” has more than {MAX_EXEMPLARS} entries.")
        return list(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of strings under `key`."""
        return _texts(self.items(key), f"{self.where}: “{key}”")

    def refuse_unknown(self) -> None:
        """A key nobody reads is a typing error an author wants to hear about."""
        for key in self.data:
            if key not in self.known:
                raise RubricError(f"{self.where}: “{key}” is not a key of this entry.")


def _texts(values: Iterable[object], where: str) -> tuple[str, ...]:
    found = []
    for value in values:
        if not isinstance(value, str):
            raise RubricError(f"{where} must hold texts only.")
        if len(value) > MAX_TEXT:
            raise RubricError(f"{where} holds a text of more than {MAX_TEXT} characters.")
        found.append(value)
    return tuple(found)


def _entry(value: object, where: str) -> _Entry:
    if not isinstance(value, Mapping):
        raise RubricError(f"{where} must be a mapping of keys to values.")
    return _Entry(value, where)


def _number_from_data(value: object, where: str) -> ExpectedNumber:
    entry = _entry(value, where)
    number = ExpectedNumber(
        value=entry.number("value"),
        unit=entry.text("unit", ""),
        tolerance=entry.number("tolerance", 0.05),
        scale=entry.text("scale", RELATIVE),
    )
    entry.refuse_unknown()
    return number


def _group_from_data(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise RubricError(f"{where} must be a list of terms.")
    terms = _texts(value, where)
    if not any(term.strip() and not term.strip().startswith("!") for term in terms):
        raise RubricError(f"{where} needs at least one term that is not a veto.")
    return terms


def _criterion_from_data(value: object, place: int) -> Criterion:
    entry = _entry(value, f"Criterion {place}")
    identifier = entry.text("id")
    entry = _Entry(entry.data, f"Criterion {place} (“{identifier}”)", entry.known)
    criterion = Criterion(
        id=identifier,
        points=entry.number("points"),
        statement=entry.text("statement"),
        paraphrases=entry.texts("paraphrases"),
        misconceptions=entry.texts("misconceptions"),
        numbers=tuple(
            _number_from_data(number, f"{entry.where}: number {index}")
            for index, number in enumerate(entry.items("numbers"), 1)
        ),
        groups=tuple(
            _group_from_data(group, f"{entry.where}: group {index}")
            for index, group in enumerate(entry.items("groups"), 1)
        ),
        title=entry.text("title", ""),
        hint=entry.text("hint", ""),
        follow_up=entry.text("follow_up", ""),
    )
    entry.refuse_unknown()
    return criterion


def criteria_from_data(data: Sequence[object]) -> tuple[Criterion, ...]:
    """Criteria from their JSON or YAML form, in order.

    Raises `RubricError` with a sentence that names the criterion and key at fault: wrong types,
    unknown keys, a repeated id, too many entries.
    """
    if isinstance(data, str | bytes) or not isinstance(data, Sequence):
        raise RubricError("The criteria must be a list.")
    if len(data) > MAX_CRITERIA:
        raise RubricError(f"There are more than {MAX_CRITERIA} criteria.")
    criteria = tuple(_criterion_from_data(value, place) for place, value in enumerate(data, 1))
    seen: set[str] = set()
    for criterion in criteria:
        if criterion.id in seen:
            raise RubricError(f"Two criteria have the id “{criterion.id}”.")
        seen.add(criterion.id)
    return criteria


def _criterion_to_data(criterion: Criterion) -> dict[str, object]:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "points": criterion.points,
        "statement": criterion.statement,
        "hint": criterion.hint,
        "follow_up": criterion.follow_up,
        "paraphrases": list(criterion.paraphrases),
        "misconceptions": list(criterion.misconceptions),
        "groups": [list(group) for group in criterion.groups],
        "numbers": [
            {
                "value": number.value,
                "unit": number.unit,
                "tolerance": number.tolerance,
                **({} if number.scale == RELATIVE else {"scale": number.scale}),
            }
            for number in criterion.numbers
        ],
    }


def criteria_to_data(criteria: Iterable[Criterion]) -> list[dict[str, object]]:
    """The JSON form of criteria; `criteria_from_data` reads it back unchanged."""
    return [_criterion_to_data(criterion) for criterion in criteria]
