"""Numbers with their units in a learner's text, and the sentences they stand in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from estimation import Quantity, QuantityError, read_quantity

MAX_FIGURES = 200  # read in one text
MAX_QUOTE = 200  # characters

_NUMBER = re.compile(
    r"(?<![\w.,])(?:[$€£]\s?)?\d[\d.,\u00a0\u2009\u202f'_]*(?:[ ]\d{3}(?!\d))*(?:[eE][+-]?\d{1,3})?"
)
_UNIT_WORD = re.compile(r"[ \u00a0\u202f]?(?:/\s?|per )?[^\W\d_]+(?:/[^\W\d_]+)*|\s?%")
_UNIT_WORDS = 3
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_TRAILING = ".,'_ \u00a0\u2009\u202f"


@dataclass(frozen=True)
class Figure:
    """A quantity at `start` to `end` of a text, its digits to `digits_end`; `bare`: no unit."""

    start: int
    digits_end: int
    end: int
    quantity: Quantity
    bare: bool


def figures_in(text: str) -> Iterator[Figure]:
    """The quantities of a text, each with the most words that still read as its unit."""
    for count, found in enumerate(_NUMBER.finditer(text)):
        if count == MAX_FIGURES:
            return
        number = found[0].rstrip(_TRAILING)
        digits_end = found.start() + len(number)
        for end in reversed(_ends(text, digits_end, found.end())):
            try:
                reading = read_quantity(text[found.start() : end])
            except QuantityError:
                continue
            yield Figure(found.start(), digits_end, end, reading.quantity, reading.bare)
            break


def _ends(text: str, number_end: int, matched_end: int) -> list[int]:
    """Where the number may end: after its digits, or some words later."""
    ends = [number_end]
    if text[number_end:matched_end].strip():  # punctuation: what follows is no unit
        return ends
    while len(ends) <= _UNIT_WORDS:
        word = _UNIT_WORD.match(text, ends[-1])
        if word is None:
            break
        ends.append(word.end())
    return ends


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence or line around a place, shortened around it when it is long."""
    first = max((one.end() for one in _ENDS.finditer(text) if one.end() <= start), default=0)
    last = min(
        (one.start() for one in _ENDS.finditer(text) if one.start() >= end), default=len(text)
    )
    if last - first <= MAX_QUOTE:
        return text[first:last].strip()
    spare = (MAX_QUOTE - (end - start)) // 2
    begin, finish = max(first, start - spare), min(last, end + spare)
    before = "…" if begin > first else ""
    after = "…" if finish < last else ""
    return before + text[begin:finish].strip() + after
