"""Quantities as text for people; `estimation.parsing` reads every such text back."""

import math

from estimation.quantity import Quantity

THOUSANDS = "\u202f"  # narrow no-break space
UNIT_SPACE = "\u00a0"  # no-break space
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = ("day", "week", "month", "year", "cent", "tonne", "metre")  # take a plural
_PLAIN = (1e-4, 1e15)  # outside of this, powers of ten read better


def format_number(value: float, digits: int = 4) -> str:
    """`value` to `digits` significant digits, whole numbers below 10**15 never shortened to zeros.

    Thousands are set apart by narrow no-break spaces; very large and very small values use powers
    of ten.
    """
    if value == 0:
        return "0"
    if not _PLAIN[0] <= abs(value) < _PLAIN[1]:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        power = str(int(exponent)).translate(_SUPERSCRIPTS)
        return f"{_trimmed(mantissa)} × 10{power}".replace("-", "−")
    magnitude = math.floor(math.log10(abs(value)))
    decimals = max(0, digits - 1 - magnitude)
    return _trimmed(f"{value:,.{decimals}f}").replace(",", THOUSANDS).replace("-", "−")


def format_quantity(quantity: Quantity, digits: int = 4) -> str:
    """The quantity as a person would write it: `13 500/s`, `140 GB`, `97 %`, `$3/h`, `4×`."""
    number = format_number(quantity.value, digits)
    unit = quantity.unit
    if not unit:
        return number
    if unit == "x":
        return f"{number}×"
    if unit.startswith("1/"):
        return number + unit[1:]
    if unit[0] in "$€£" and unit[1:2] in ("", "/"):
        sign = "−" if quantity.value < 0 else ""
        return f"{sign}{unit[0]}{number.removeprefix('−')}{unit[1:]}"
    if unit in _WORDS and quantity.value != 1:
        unit += "s"
    return f"{number}{UNIT_SPACE}{unit}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
