"""The numbers channel: expected values, in any unit of their kind, within their tolerance."""

import re
from collections.abc import Iterator, Sequence

from estimation import QuantityError, read_quantity
from grading.channels import NOTHING, Finding
from grading.guards import Reading
from grading.rubric import ExpectedNumber
from grading.segments import Segment

MAX_NUMBERS = 60  # read in one segment

_START = re.compile(
    r"(?<![\w.,])(?:[$€£]\s?)?\d[\d.,\u00a0\u2009\u202f'_]*(?:[ ]\d{3}(?!\d))*(?:[eE][+-]?\d+)?"
    r"(?:\s?[×x*]\s?10\s?\^?[⁻⁰¹²³⁴⁵⁶⁷⁸⁹\d-]+)?"
)
_UNIT_WORD = re.compile(
    r"[ \u00a0\u2009\u202f]?(?:/\s?|per |[·*-])?[^\W\d_]+(?:/[^\W\d_]+)*|\s?[%×]"
)
_UNIT_WORDS = 4


def find_numbers(numbers: Sequence[ExpectedNumber], reading: Reading) -> Finding:
    """The share of the expected numbers found, and the segments they stand in, each once."""
    if not numbers:
        return NOTHING
    places = [_first_with(number, reading) for number in numbers]
    found = [place for place in places if place is not None]
    segments = tuple(dict.fromkeys(reading.segments[place] for place in found))
    strength = sum(reading.credits[place] for place in found) / len(numbers)
    return Finding(strength, segments)


def _first_with(expected: ExpectedNumber, reading: Reading) -> int | None:
    for place, segment in enumerate(reading.segments):
        if segment.parts > 1 or reading.credits[place] == 0:
            continue
        if any(_matches(texts, expected) for texts in number_texts(segment)):
            return place
    return None


def number_texts(segment: Segment) -> Iterator[tuple[str, ...]]:
    """For each number of a segment its readings, with the most unit words first."""
    for count, found in enumerate(_START.finditer(segment.quote)):
        if count == MAX_NUMBERS:
            return
        if _is_refused(segment, segment.start + found.start()):
            continue
        ends = [found.end()]
        while len(ends) <= _UNIT_WORDS:
            word = _UNIT_WORD.match(segment.quote, ends[-1])
            if word is None:
                break
            ends.append(word.end())
        number = segment.quote[found.start() : found.end()].rstrip(".,'_ \u00a0\u2009\u202f")
        if ends[0] != found.start() + len(number):  # punctuation ends the number and its unit
            ends = [found.start() + len(number)]
        yield tuple(segment.quote[found.start() : end] for end in reversed(ends))


def _is_refused(segment: Segment, start: int) -> bool:
    """Whether the number is denied, or follows a negation at once: “not 90 minutes”."""
    place = next((place for place, word in enumerate(segment.words) if word.end > start), None)
    if place is None:
        return False
    before = segment.words[place - 1] if place else None
    return place in segment.denied or (before is not None and before.is_negator)


def _matches(texts: Sequence[str], expected: ExpectedNumber) -> bool:
    """Whether the longest reading that is a quantity is the expected one."""
    for text in texts:
        try:
            quantity = read_quantity(text, expected_unit=expected.unit).quantity
        except QuantityError:
            continue
        return expected.accepts(quantity)
    return False
