"""A number with its unit: dimension checks, conversion and arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import total_ordering

from estimation.units import (
    Dimension,
    QuantityError,
    base_symbol,
    multiply_dimensions,
    parse_unit,
)
from estimation.wording import gettext as _

__all__ = ["Quantity", "QuantityError"]


@total_ordering
@dataclass(frozen=True, eq=False)
class Quantity:
    """A finite `value` in `unit` (see `estimation.units`; "" is a plain number).

    Products and quotients come out in base units (`B`, `s`, `$`, `FLOP`, …); `to` gives them the
    unit a reader wants. Comparison is by size, whatever the units; `==` of different dimensions is
    false, `<` raises. Raises `QuantityError` for an unknown unit or a value that is not finite.
    """

    value: float
    unit: str = ""

    def __post_init__(self) -> None:
        """Normalise the unit's spelling and refuse what cannot be calculated with."""
        unit = parse_unit(self.unit)
        value = _as_float(self.value) * unit.multiplier
        if not (math.isfinite(value) and math.isfinite(value * unit.factor)):
            raise QuantityError(_("The number is too large to calculate with."))
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "unit", unit.symbol)

    @property
    def dimension(self) -> Dimension:
        """What kind of thing is measured; two quantities convert when theirs are equal."""
        return parse_unit(self.unit).dimension

    @property
    def base_value(self) -> float:
        """The value in base units (bytes, seconds, dollars, FLOP, …)."""
        return self.value * parse_unit(self.unit).factor

    def is_like(self, other: "Quantity") -> bool:
        """Whether both measure the same kind of thing."""
        return self.dimension == other.dimension

    def to(self, unit: str) -> "Quantity":
        """The same quantity in another unit; raises `QuantityError` if it measures another kind."""
        target = parse_unit(unit)
        if target.symbol == self.unit:
            return self
        return Quantity(self.value_in(target.symbol), target.symbol)

    def value_in(self, unit: str) -> float:
        """How many of `unit` this is, multiples such as “billion” included.

        Raises `QuantityError` if it measures another kind.
        """
        target = parse_unit(unit)
        if target.dimension != self.dimension:
            raise QuantityError(
                _("%(from)s cannot be converted to %(to)s: they measure different things.")
                % {"from": self.unit or _("a plain number"), "to": unit or _("a plain number")}
            )
        return self.base_value / (target.factor * target.multiplier)

    def best(self, units: Sequence[str]) -> "Quantity":
        """In the largest of `units` (small to large) that leaves a value of at least 1."""
        fitting = [self.to(unit) for unit in units]
        return next((one for one in reversed(fitting) if abs(one.value) >= 1), fitting[0])

    def is_close(self, other: "Quantity", tolerance: float) -> bool:
        """Whether this lies within `tolerance` (relative to `other`) of `other`.

        For an `other` of zero the tolerance is absolute, in base units. Quantities of different
        dimension are never close.
        """
        if not self.is_like(other):
            return False
        target = other.base_value
        allowed = tolerance * (abs(target) or 1.0)
        slack = 1e-9 * abs(target)  # decimal fractions are not exact in binary
        return abs(self.base_value - target) <= allowed + slack

    def __mul__(self, other: "Quantity | float") -> "Quantity":
        """The product, in base units."""
        return self._combined(_as_quantity(other), 1)

    def __truediv__(self, other: "Quantity | float") -> "Quantity":
        """The quotient, in base units; raises `QuantityError` for a divisor of zero."""
        divisor = _as_quantity(other)
        if divisor.base_value == 0:
            raise QuantityError(_("Something is divided by zero here. Enter a number above 0."))
        return self._combined(divisor, -1)

    def __add__(self, other: "Quantity") -> "Quantity":
        """The sum, in this quantity's unit; raises `QuantityError` if the kinds differ."""
        return Quantity(self.value + other.to(self.unit).value, self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        """The difference, in this quantity's unit; raises `QuantityError` if the kinds differ."""
        return Quantity(self.value - other.to(self.unit).value, self.unit)

    def __eq__(self, other: object) -> bool:
        """Equal size of the same kind."""
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.is_like(other) and self.base_value == other.base_value

    def __lt__(self, other: "Quantity") -> bool:
        """Smaller, in common base units; raises `QuantityError` if the kinds differ."""
        return self.base_value < other.to(self.unit).base_value

    def __hash__(self) -> int:
        """Equal quantities hash alike whatever their units."""
        return hash((self.base_value, self.dimension))

    def _combined(self, other: "Quantity", power: int) -> "Quantity":
        dimension = multiply_dimensions(self.dimension, other.dimension, power)
        try:
            value = self.base_value * other.base_value**power
        except OverflowError as error:
            raise QuantityError(_("The number is too large to calculate with.")) from error
        return Quantity(value, base_symbol(dimension))


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond 1.8e308
        return math.inf


def _as_quantity(value: Quantity | float) -> Quantity:
    return value if isinstance(value, Quantity) else Quantity(value)
