"""Units of system-design estimates: their names, sizes and dimensions.

A unit is a text such as `GB`, `1/s`, `req/s`, `$/GPU-h` or `B/token`. Counted things (requests,
tokens, GPUs) have no dimension, so 500 rps and 500/s are the same quantity. SI prefixes are
powers of 1,000 and IEC prefixes powers of 1,024: KB is 1,000 B and KiB is 1,024 B. A month has 30
days, a year 365.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from estimation.vocabulary import (
    AMBIGUOUS,
    ATOMS,
    BINARY_PREFIXES,
    COUNTED,
    DECIMAL_PREFIXES,
    LOWERCASE_DATA,
    MULTIPLIERS,
    WORD_PREFIXES,
    Atom,
)
from estimation.wording import gettext as _

MAX_UNIT_LENGTH = 60
_MAX_POWER = 4
_MAX_TERMS = 8
_SHORTEST_NAME = 3  # shorter words are symbols, and symbols have no plural
_SMALLEST, _LARGEST = 1e-6, 1e15  # of a number inside a unit

Dimension = tuple[tuple[str, int], ...]  # (base unit, exponent), sorted, without zeros
DIMENSIONLESS: Dimension = ()

_TERM = re.compile(
    r"(?P<word>[^\W\d_]+|[$€£¢%‰])(?:\^?(?P<power>[+-]?\d{1,2}))?(?![\w^])"
    r"|(?P<number>\d{1,16}(?:\.\d{1,9})?)(?P<suffix>[^\W\d_]*)"
)


class QuantityError(ValueError):
    """A number or unit that cannot be used; the message says what is wrong and what to do."""


_ACCELERATOR = re.compile(r"\b[ABH]\d{3}s?\b")  # H100-hours are GPU-hours


@dataclass(frozen=True)
class Unit:
    """A parsed unit: one of it is `factor` base units of `dimension`.

    `multiplier` holds detached multiples such as the “k” of “k req/s”; `symbol` and `factor` do
    not contain it.
    """

    symbol: str
    factor: float
    dimension: Dimension
    multiplier: float = 1.0


@dataclass(frozen=True)
class _Term:
    symbol: str
    factor: float
    dimension: Dimension
    is_multiplier: bool = False


def multiply_dimensions(left: Dimension, right: Dimension, power: int = 1) -> Dimension:
    """The dimension of a product, `right` taken to `power` (−1 divides)."""
    exponents = dict(left)
    for base, exponent in right:
        exponents[base] = exponents.get(base, 0) + exponent * power
    return tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def base_symbol(dimension: Dimension) -> str:
    """The base unit of a dimension as text, such as `B/s`; empty when there is none."""
    above = [_powered(base, power) for base, power in dimension if power > 0]
    below = [_powered(base, -power) for base, power in dimension if power < 0]
    if not below:
        return "·".join(above)
    return "/".join(["·".join(above) or "1", *below])


def _powered(base: str, power: int) -> str:
    return base if power == 1 else f"{base}^{power}"


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit written as `text`; an empty text is the plain number.

    Raises `QuantityError` for words that are no unit and for forms that cannot be read.
    """
    if len(text) > MAX_UNIT_LENGTH:
        raise QuantityError(_("The unit is too long. Write a short unit such as GB or 1/s."))
    chunks = _chunks(text)
    unit = Unit("", 1.0, DIMENSIONLESS)
    for place, chunk in enumerate(chunks):
        unit = _with_chunk(unit, _terms(chunk), below=place > 0)
    if not (math.isfinite(unit.factor) and unit.factor > 0):
        raise QuantityError(_("This unit is too large or too small to calculate with."))
    return _tidied(unit)


def _chunks(text: str) -> list[str]:
    spaced = re.sub(r"\bper\b(?!\s*cent\b)", "/", text, flags=re.IGNORECASE)
    spaced = re.sub(r"\bper\s+cent\b", "%", spaced, flags=re.IGNORECASE)
    spaced = _ACCELERATOR.sub("GPU", spaced)
    chunks = [chunk.strip() for chunk in spaced.split("/")]
    if any(not chunk for chunk in chunks[1:]):
        raise QuantityError(_("There is nothing after “/”. Write for example 1/s or GB/day."))
    return chunks


def _terms(chunk: str) -> list[_Term]:
    pieces = list(_pieces(chunk))
    if len(pieces) > _MAX_TERMS:
        raise QuantityError(_("The unit has too many parts. Write a short unit such as GB/s."))
    return [
        _term(piece, followed=pieces[place + 1 : place + 2]) for place, piece in enumerate(pieces)
    ]


def _pieces(chunk: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(chunk):
        if chunk[position] in " -*·⋅":
            position += 1
            continue
        found = _TERM.match(chunk, position)
        if found is None:
            raise QuantityError(
                _("“%(unit)s” is not a unit I can read. Write for example GB, ms or req/s.")
                % {"unit": chunk}
            )
        yield found
        position = found.end()


def _term(piece: re.Match[str], followed: list[re.Match[str]]) -> _Term:
    if piece["number"] is not None:
        return _number_term(piece)
    word = piece["word"]
    power = int(piece["power"] or 1)
    if power == 0 or abs(power) > _MAX_POWER:
        raise QuantityError(_("The power in this unit is not one I can calculate with."))
    if _is_multiplier(word, followed):
        return _Term("", MULTIPLIERS[word] ** power, DIMENSIONLESS, is_multiplier=True)
    atom = find_atom(word)
    dimension = multiply_dimensions(DIMENSIONLESS, atom.dimension, power)
    return _Term(_powered(atom.symbol, power), atom.factor**power, dimension)


def _number_term(piece: re.Match[str]) -> _Term:
    factor = float(piece["number"])
    suffix = piece["suffix"]
    if suffix:
        factor *= MULTIPLIERS.get(suffix, 0.0)
    if not _SMALLEST <= factor <= _LARGEST:
        raise QuantityError(
            _("“%(part)s” inside a unit is not a multiple I can read. Write for example 1k or 1M.")
            % {"part": piece.group()}
        )
    return _Term("" if factor == 1 else piece.group(), factor, DIMENSIONLESS, is_multiplier=True)


def _is_multiplier(word: str, followed: list[re.Match[str]]) -> bool:
    if word not in MULTIPLIERS:
        return False
    if word != "B":  # 70B parameters are billions, but 70 B are bytes
        return True
    return bool(followed) and (followed[0]["word"] or "").lower() in COUNTED


def _with_chunk(unit: Unit, terms: list[_Term], *, below: bool) -> Unit:
    power = -1 if below else 1
    factor, multiplier, dimension = unit.factor, unit.multiplier, unit.dimension
    for term in terms:
        if term.is_multiplier and not below:
            multiplier *= term.factor
        else:
            factor *= term.factor**power
        dimension = multiply_dimensions(dimension, term.dimension, power)
    return Unit(_joined(unit.symbol, terms, below=below), factor, dimension, multiplier)


def _joined(symbol: str, terms: list[_Term], *, below: bool) -> str:
    shown = [_shown_below(term) if below else term.symbol for term in terms]
    if not below:
        shown = [text for text, term in zip(shown, terms, strict=True) if not term.is_multiplier]
    text = "·".join(part for part in shown if part)
    return f"{symbol or '1'}/{text}" if below and text else symbol if below else text


def _shown_below(term: _Term) -> str:
    """In a denominator a multiple must stay: $/1M tokens is not $/token."""
    if term.is_multiplier:
        return _written(term.factor) if term.factor != 1 else ""
    return term.symbol


def _written(factor: float) -> str:
    return f"{factor:.0f}" if factor.is_integer() else f"{factor:.9f}".rstrip("0")


def _tidied(unit: Unit) -> Unit:
    """A unit without any word is only a number."""
    if any(character.isalpha() or character in "$€£%‰" for character in unit.symbol):
        return unit
    return Unit("", 1.0, DIMENSIONLESS, unit.multiplier * unit.factor)


@lru_cache(maxsize=4096)
def find_atom(word: str) -> Atom:
    """The single unit called `word`, with or without a prefix.

    Raises `QuantityError` for an unknown or ambiguous word.
    """
    if word in AMBIGUOUS:
        raise QuantityError(_(AMBIGUOUS[word]))
    found = LOWERCASE_DATA.get(word) or ATOMS.get(word) or _prefixed(word) or _spelled(word.lower())
    if found is None:
        raise QuantityError(
            _("I do not know the unit “%(unit)s”. Write for example GB, ms, req/s or %%.")
            % {"unit": word}
        )
    return found


def _prefixed(word: str) -> Atom | None:
    for prefixes, kind in ((BINARY_PREFIXES, "binary"), (DECIMAL_PREFIXES, "decimal")):
        for prefix, factor in prefixes.items():
            if not word.startswith(prefix) or len(word) == len(prefix):
                continue
            rest = word[len(prefix) :]
            atom = ATOMS.get(rest) or _by_name(rest, counted=kind == "decimal")
            if atom is not None and prefix in atom.prefixes:
                return Atom(prefix + atom.symbol, atom.factor * factor, atom.dimension)
    return None


def _by_name(word: str, *, counted: bool) -> Atom | None:
    """What a prefix symbol may stand before, written out: the “bits” of Mbits."""
    name = word.lower()
    singular = name.removesuffix("s")
    found = ATOMS.get(singular) if len(singular) >= _SHORTEST_NAME else None
    return found or (COUNTED.get(name) if counted else None)


def _spelled(word: str) -> Atom | None:
    """A unit written as a word in any case: Megabytes, SECONDS, tokens."""
    singular = word.removesuffix("s")
    found = COUNTED.get(word) or ATOMS.get(word) or COUNTED.get(singular)
    if found is None and len(singular) >= _SHORTEST_NAME:
        found = ATOMS.get(singular)
    if found is not None:
        return found
    for prefix, (symbol, factor) in WORD_PREFIXES.items():
        atom = ATOMS.get(singular.removeprefix(prefix)) if singular.startswith(prefix) else None
        if atom is not None and symbol in atom.prefixes:
            return Atom(symbol + atom.symbol, atom.factor * factor, atom.dimension)
    return None
