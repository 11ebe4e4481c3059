"""Judging a typed number against the expected one, and saying what may have gone wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from estimation.formatting import format_quantity
from estimation.parsing import Reading, read_quantity
from estimation.quantity import Quantity, QuantityError
from estimation.units import base_symbol
from estimation.wording import gettext as _

# How far from the tolerance an answer still counts as close: three times, at least 5 %.
CLOSE_TIMES = 3.0
CLOSE_AT_LEAST = 0.05
# A telling factor must be matched at least this well, whatever the tolerance.
FACTOR_TOLERANCE = 0.05
# KiB for KB is only 2.4 % off: told apart from rounding when matched this well.
PREFIX_TOLERANCE = 0.004


class Outcome(StrEnum):
    """What a checked answer turned out to be; only `RIGHT` earns points."""

    RIGHT = "right"
    CLOSE = "close"
    WRONG = "wrong"
    WRONG_UNIT = "wrong-unit"
    MISSING_UNIT = "missing-unit"
    KNOWN_MISTAKE = "known-mistake"
    BITS_AND_BYTES = "bits-and-bytes"
    FACTOR_1000 = "factor-1000"
    FACTOR_1024 = "factor-1024"


@dataclass(frozen=True)
class KnownMistake:
    """A wrong number people arrive at, and what it means. No `unit`: the expected answer's."""

    value: float
    explanation: str
    unit: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The judgement on an answer: `explanation` is one or two sentences, empty if none is needed.

    `read_as` is the answer as it was understood; `bare` says that no unit was typed.
    """

    outcome: Outcome
    explanation: str
    read_as: Quantity
    bare: bool

    @property
    def correct(self) -> bool:
        """Whether the answer is right."""
        return self.outcome is Outcome.RIGHT


def check_answer(
    text: str,
    expected: Quantity,
    tolerance: float,
    mistakes: Iterable[KnownMistake] = (),
) -> Verdict:
    """Judge what a person typed against `expected`, `tolerance` being relative (0.04 is 4 %).

    A bare number is read as being in the unit of `expected`, and the explanation says so. Raises
    `QuantityError` for a text that cannot be read: that is a typing error, not a wrong answer.
    """
    reading = read_quantity(text, expected_unit=expected.unit)
    outcome, explanation = _judge(reading, expected, tolerance, tuple(mistakes))
    sentences = [explanation, _read_as_sentence(reading, expected)]
    return Verdict(
        outcome,
        " ".join(sentence for sentence in sentences if sentence),
        reading.quantity,
        reading.bare,
    )


def _read_as_sentence(reading: Reading, expected: Quantity) -> str:
    if not reading.bare or not expected.unit:
        return ""
    return _("You wrote no unit, so your number was read as %(quantity)s.") % {
        "quantity": format_quantity(reading.quantity, 6)
    }


def _judge(
    reading: Reading, expected: Quantity, tolerance: float, mistakes: Sequence[KnownMistake]
) -> tuple[Outcome, str]:
    given = reading.quantity
    if not given.is_like(expected):
        return Outcome.WRONG_UNIT, _wrong_unit(given, expected)
    if given.is_close(expected, tolerance):
        return Outcome.RIGHT, ""
    for mistake in mistakes:
        if given.is_close(_mistaken(mistake, expected), min(tolerance, FACTOR_TOLERANCE)):
            return Outcome.KNOWN_MISTAKE, mistake.explanation
    for outcome, sentence in _hints(reading, expected, tolerance):
        return outcome, sentence
    if given.is_close(expected, max(CLOSE_TIMES * tolerance, CLOSE_AT_LEAST)):
        return Outcome.CLOSE, _("Close, but outside the tolerance. Check the rounding.")
    return Outcome.WRONG, ""


def _mistaken(mistake: KnownMistake, expected: Quantity) -> Quantity:
    return Quantity(mistake.value, expected.unit if mistake.unit is None else mistake.unit)


def _wrong_unit(given: Quantity, expected: Quantity) -> str:
    if not expected.unit:
        return _("“%(given)s” is a unit of another kind: a plain number is asked for.") % {
            "given": given.unit
        }
    return _("“%(given)s” measures another kind of thing: write the answer in %(expected)s.") % {
        "given": given.unit or _("a plain number"),
        "expected": expected.unit,
    }


def _hints(reading: Reading, expected: Quantity, tolerance: float) -> Iterator[tuple[Outcome, str]]:
    """The likely slips, most telling first. None of them gives the answer away."""
    given = reading.quantity
    if given.base_value == 0 or expected.base_value == 0:
        return
    ratio = given.base_value / expected.base_value
    holds_data = any(base == "B" for base, _exponent in expected.dimension)
    fit = min(tolerance, FACTOR_TOLERANCE)
    if reading.bare and _fits_another_unit(given.value, expected, tolerance):
        yield Outcome.MISSING_UNIT, _("The number fits in another unit: write the unit with it.")
    if holds_data and _is_power(ratio, 8.0, 1, max(fit, PREFIX_TOLERANCE)):
        yield Outcome.BITS_AND_BYTES, _("Off by a factor of 8: check bits against bytes.")
    if holds_data and _is_power(ratio, 1.024, 4, PREFIX_TOLERANCE):
        yield (
            Outcome.FACTOR_1024,
            _("Off by the difference of 1,000 and 1,024: KB is 1,000 B and KiB is 1,024 B."),
        )
    if _is_power(ratio, 1000.0, 4, fit):
        yield Outcome.FACTOR_1000, _("Off by a factor of 1,000: check the prefix (k, M, G, T).")
    if holds_data and _is_power(ratio, 1024.0, 4, fit):
        yield Outcome.FACTOR_1024, _("Off by a factor of 1,024: check the prefix (KiB, MiB, GiB).")


def _is_power(ratio: float, base: float, highest: int, tolerance: float) -> bool:
    """Whether `ratio` is base**±n for some n up to `highest`."""
    powers = (base ** (sign * power) for power in range(1, highest + 1) for sign in (1, -1))
    return any(abs(ratio / power - 1) <= tolerance for power in powers)


# What people have in mind when they leave the unit out, by the dimension of the answer.
_USUAL_UNITS: tuple[str, ...] = (
    "%",
    "ms",
    "s",
    "min",
    "h",
    "day",
    "1/s",
    "1/min",
    "1/h",
    "1/day",
    "KB",
    "MB",
    "GB",
    "TB",
    "KiB",
    "MiB",
    "GiB",
    "MB/s",
    "GB/s",
    "Mbit/s",
    "Gbit/s",
)


def _fits_another_unit(value: float, expected: Quantity, tolerance: float) -> bool:
    for unit in (base_symbol(expected.dimension), *_USUAL_UNITS):
        try:
            candidate = Quantity(value, unit)
        except QuantityError:  # beyond what a float holds in that unit
            continue
        if unit != expected.unit and candidate.is_close(expected, tolerance):
            return True
    return False
