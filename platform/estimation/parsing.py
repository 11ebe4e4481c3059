"""Reading what people type as a quantity: “13 500 rps”, “13.5k/s”, “131 GiB”, “$3/h”, “97 %”.

Nothing is evaluated: a text is a number, a unit, or an error with a sentence.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

from estimation.quantity import Quantity, QuantityError
from estimation.units import DIMENSIONLESS, find_atom, parse_unit
from estimation.wording import gettext as _

MAX_LENGTH = 80

_SUPERSCRIPTS = {ord(character): digit for digit, character in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_SUPERSCRIPT_SIGNS = {"⁻": "-", "⁺": "+"}
_SPELLINGS = {
    "−": "-",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "×": "×",
    "∗": "*",
    "∙": "·",
    "⋅": "·",
    "∕": "/",
    "⁄": "/",
    "µ": "µ",  # compatibility forms would make it the Greek letter
    "μ": "µ",
    "’": "'",
    "‘": "'",
    "¢": "¢",
}
_LEAD = re.compile(
    r"^(?:(?:about|approximately|approx\.?|roughly|around|circa|ca\.?|some)\s+|[~≈≃=]\s*)+",
    re.IGNORECASE,
)
_PER = re.compile(r" per (?!cent\b)", re.IGNORECASE)
_CURRENCY = re.compile(r"^(?P<sign>[+-]?)\s*(?:US)?(?P<currency>[$€£])\s*(?P<rest>.*)$")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<whole>"
    r"\d{1,3}(?:(?P<group>[ ,_'])\d{3})(?:(?P=group)\d{3})*(?!\d)(?P<tail>\.\d+|,\d+)?"
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)(?:,\d+)?"
    r"|\d{1,3}\.\d{3},\d+"
    r"|\d+(?:[.,]\d+)?"
    r"|[.,]\d+)"
    r"(?:[eE](?P<exponent>[+-]?\d{1,5}))?(?!\d)"
)
_POWER_OF_TEN = re.compile(r"\s*[x×*·]\s*10\s*\^\s*(?P<exponent>[+-]?\d{1,5})(?!\d)")
_POWER = re.compile(r"\s*\^\s*(?P<exponent>[+-]?\d{1,4})(?!\d)")
_LEADING_TIMES = re.compile(r"^[x×]\s*(?=[\d.,])", re.IGNORECASE)
_CLOCK_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]+)\.?\s*")


@dataclass(frozen=True)
class Reading:
    """A text as it was understood. `bare` is true when no unit was written."""

    quantity: Quantity
    bare: bool


def parse_quantity(text: str) -> Quantity:
    """The quantity a person typed.

    Accepts thousands set apart by spaces, commas, apostrophes or underscores, decimal points and
    unmistakable decimal commas, powers of ten, multiples (k, M, million), any script's digits.
    Raises `QuantityError` with a sentence for everything else, and never anything else.
    """
    return read_quantity(text).quantity


def read_quantity(text: str, *, expected_unit: str | None = None) -> Reading:
    """The quantity a person typed where `expected_unit` is asked for.

    A bare number counts in the expected unit; without one it is a plain number. Raises
    `QuantityError` like `parse_quantity`.
    """
    cleaned = _cleaned(text)
    compound = _clock_time(cleaned)
    if compound is not None:
        return Reading(compound, bare=False)
    value, unit_text = _number_and_unit(cleaned)
    unit_text = _as_billions(unit_text, expected_unit)
    quantity = Quantity(value, unit_text)
    if quantity.unit or not expected_unit:
        return Reading(quantity, bare=not quantity.unit)
    if unit_text and not parse_unit(expected_unit).symbol:  # “70 million” where billions count
        return Reading(quantity, bare=False)
    return Reading(Quantity(quantity.value, expected_unit), bare=True)


def _cleaned(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise QuantityError(
            _("This is too long to be one number. Write only the number and its unit.")
        )
    cleaned = re.sub(r"\s+", " ", _plain(text)).strip()
    cleaned = _PER.sub(" / ", _LEAD.sub("", cleaned))
    if not cleaned:
        raise QuantityError(_("Write a number, for example 250 or 1.5 GB."))
    if "½" in text or "¼" in text or "¾" in text:
        raise QuantityError(_("Write the fraction as a decimal number, for example 0.5."))
    return cleaned


def _plain(text: str) -> str:
    """ASCII digits, plain spaces and signs; invisible characters dropped."""
    result: list[str] = []
    raised = False
    for character in text:
        exponent = _SUPERSCRIPT_SIGNS.get(character, _SUPERSCRIPTS.get(ord(character)))
        if exponent is not None:
            result.append(str(exponent) if raised else f"^{exponent}")
            raised = True
            continue
        raised = False
        result.append(_plain_character(character))
    return "".join(result)


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r":
        return " "
    if category == "Cf":
        return ""
    spelled = _SPELLINGS.get(character)
    return spelled if spelled is not None else unicodedata.normalize("NFKC", character)


def _number_and_unit(text: str) -> tuple[float, str]:
    currency = _CURRENCY.match(text)
    if currency is not None:
        value, unit = _number_and_unit_plain(currency["sign"] + currency["rest"])
        above, slash, below = unit.partition("/")
        return value, f"{above} {currency['currency']}{slash}{below}"
    timed = _LEADING_TIMES.sub("", text)
    value, unit = _number_and_unit_plain(timed)
    return value, unit if timed == text or unit else "x"


def _number_and_unit_plain(text: str) -> tuple[float, str]:
    found = _NUMBER.match(text)
    if found is None:
        raise QuantityError(_no_number(text))
    rest = text[found.end() :]
    exponent = int(found["exponent"] or 0)
    power = _POWER_OF_TEN.match(rest)
    if power is not None:
        exponent, rest = exponent + int(power["exponent"]), rest[power.end() :]
    value = _digits_value(found["sign"], found["whole"], exponent)
    raised = _POWER.match(rest) if power is None else None
    if raised is not None:
        value, rest = _power(value, int(raised["exponent"])), rest[raised.end() :]
    if not math.isfinite(value):
        raise QuantityError(_("The number is too large to calculate with."))
    return value, _checked_rest(rest)


def _checked_rest(rest: str) -> str:
    rest = re.sub(r"^1\s*/", "/", rest.strip())  # 500 1/s
    if rest.startswith("×"):
        rest = "x" + rest[1:]
    if rest[:1].isdigit() or re.match(r"[.,'_+-]\s*\d", rest) or re.match(r"[x*·]\s*\d", rest):
        raise QuantityError(
            _("I can read one number, and found more. Write for example 13 500 or 2e6.")
        )
    return rest.removesuffix(".")


def _no_number(text: str) -> str:
    if re.match(r"[+-]?\s*(?:nan|inf)", text, re.IGNORECASE) or "∞" in text:
        return _("Infinity and “not a number” are no answers here. Write a finite number.")
    if text.startswith(("<", ">", "≤", "≥")):
        return _("Write one number, without a comparison sign.")
    return _("I found no number at the start. Write the number first, then its unit: 250 ms.")


def _digits_value(sign: str, whole: str, exponent: int) -> float:
    digits = _with_decimal_point(whole)
    value = float(f"{digits}e{exponent}")
    return -value if sign == "-" else value


def _with_decimal_point(whole: str) -> str:
    """The digits with a decimal point and no group marks."""
    for mark in " _'":
        whole = whole.replace(mark, "")
    points, commas = whole.count("."), whole.count(",")
    if points and commas:
        decimal = max(whole.rfind("."), whole.rfind(","))
        head = whole[:decimal].replace(".", "").replace(",", "")
        return f"{head}.{whole[decimal + 1 :]}"
    if points > 1:
        return whole.replace(".", "")
    if commas > 1 or (commas == 1 and _is_grouped(whole)):
        return whole.replace(",", "")
    return whole.replace(",", ".")


def _is_grouped(whole: str) -> bool:
    """Whether the one comma parts thousands: 13,500 does, 2,08 and 0,125 do not."""
    head, _comma, tail = whole.partition(",")
    return len(tail) == len("000") and head not in ("", "0")


def _power(base: float, exponent: int) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.inf


def _as_billions(unit_text: str, expected_unit: str | None) -> str:
    """“70B” where a count is asked for means 70 billion, not 70 bytes."""
    if expected_unit is None or unit_text != "B":
        return unit_text
    wants_count = parse_unit(expected_unit).dimension == DIMENSIONLESS
    return "billion" if wants_count else unit_text


def _clock_time(text: str) -> Quantity | None:
    """“2 h 30 min” and its like; None for everything else."""
    parts = list(_CLOCK_PART.finditer(text))
    if len(parts) < 2 or "".join(part.group() for part in parts) != text:
        return None
    try:
        atoms = [find_atom(part[2]) for part in parts]
    except QuantityError:
        return None
    sizes = [atom.factor for atom in atoms]
    if any(atom.dimension != (("s", 1),) for atom in atoms):
        return None
    if sizes != sorted(set(sizes), reverse=True):
        return None
    total = sum(float(part[1]) * size for part, size in zip(parts, sizes, strict=True))
    return Quantity(total / sizes[0], atoms[0].symbol)
