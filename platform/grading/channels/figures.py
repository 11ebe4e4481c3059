"""The numbers of a segment with the units written beside them, as a person would read them."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from estimation import Quantity, QuantityError, Reading, read_quantity
from grading.segments import Segment
from grading.words import STOP_WORDS, listed

MAX_FIGURES = 60  # read in one segment
_UNIT_WORDS = 4
_SHORTEST_NAME = 3  # letters of a unit that may be read as if it had a capital
_AROUND = " \u00a0\u2009\u202f*_`-"
_END = ".,'_ \u00a0\u2009\u202f"  # punctuation after a number ends it, and its unit with it

_START = re.compile(
    r"(?<![\w.,])(?<!\d:)(?:(?:US)?[$€£]\s?|(?:USD|EUR|GBP)\s)?"
    r"\d[\d.,\u00a0\u2009\u202f'_]*(?:[ ]\d{3}(?!\d))*(?:[eE][+-]?\d+)?"
    r"(?:\s?[×x*]\s?10\s?\^?[⁻⁰¹²³⁴⁵⁶⁷⁸⁹\d-]+)?"
)
_UNIT_WORD = re.compile(
    r"[*_`]{0,2}[ \u00a0\u2009\u202f]?[*_`]{0,2}(?:/\s?|(?:per|an?|each|every)\s|[·*-])?"
    r"[^\W\d_]+(?:/[^\W\d_]+)*|\s?[%‰×€$£](?:/[^\W\d_]+)*"
)
_EMPHASIS = re.compile(r"\*\*|__|`|\*(?=\s)")
_TIMES = r"(?:seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?|years?)\b"
_RATE = re.compile(rf"\b(?:an?|each|every)\s(?={_TIMES})", re.IGNORECASE)
_RATE_LATER = re.compile(rf"[^\d.;]{{0,60}}?\b(?:per|an?|each|every)\s({_TIMES})", re.IGNORECASE)
_CODE = re.compile(r"^(USD|EUR|GBP)\s")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_MORE = re.compile(r"(?:[ ]?and)?[ ]?(?=\d)")  # 1 h 30 min, 1 hour and 30 minutes
# Spoken and doubtful units. “m” is told by what is expected: minutes, or else millions.
_SPOKEN = {"gig": "GB", "gigs": "GB", "meg": "MB", "megs": "MB", "mio": "million"}
# A dash between two rising numbers makes a range, “to” does where they are near each other.
_UP_TO = re.compile(r"\s?(?:(?P<dash>–|—|-(?=\d))|to\b|(?P<and>and)\b)\s?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\W{1,5}$", re.IGNORECASE)
_NEAR_ENDS = 1.5
# Units that design estimates do not know. What has one is no number of any other kind.
_FOREIGN = listed(
    """mm cm dm nm µm μm um inch inches ft feet foot yard yards mile miles mph ml cl l litre litres
    liter liters celsius fahrenheit degree degrees kelvin v volt volts mv kv amp amps ma ohm ohms
    db dbm dpi ppi pa hpa psi mol lux lumen lumens kcal calorie calories"""
)
# Verbs that follow a number and look like what it counts.
_VERBS = listed(
    """leaves makes gives fits remains suffices means equals exceeds comes goes yields results
    follows takes does always perhaps plus minus"""
)


@dataclass(frozen=True)
class Figure:
    """A number in a segment: its place in the quote, and the words that may be its unit."""

    start: int
    number: str
    units: tuple[str, ...] = ()
    later: str = ""  # “54 orders arrive every second”: the second
    upper: "Figure | None" = None  # the other end of a range
    more: "Figure | None" = None  # the smaller part of “1 h 30 min”

    @property
    def is_glued(self) -> bool:
        """Whether letters follow without a space: these are a unit, known or not."""
        return bool(self.units) and self.units[0][0].isalpha()


def figures(segment: Segment) -> Iterator[Figure]:
    """The numbers of a segment from left to right; the parts of a time of day are none."""
    place = 0
    for _count in range(MAX_FIGURES):
        found = _START.search(segment.quote, place)
        if found is None:
            return
        figure, place = _figure(segment.quote, found)
        if not re.match(r":\d", segment.quote[found.end() :]):
            yield figure


def _figure(text: str, found: re.Match[str]) -> tuple[Figure, int]:
    """The figure that begins here, and where to look for the next one."""
    number = found.group().rstrip(_END)
    if number != found.group():
        return Figure(found.start(), number), found.end()
    units: list[str] = []
    end, ends = found.end(), [found.end()]
    while len(units) < _UNIT_WORDS and (word := _UNIT_WORD.match(text, end)):
        units.append(word.group())
        end = word.end()
        ends.append(end)
    later = _RATE_LATER.match(text, found.end())
    figure = Figure(found.start(), number, tuple(units), later[1] if later else "")
    for count, end in enumerate(ends[:2]):  # 70–80 GB, 70 GB–80 GB
        upper = _upper(text, figure, end)
        if upper is not None:
            return replace(figure, units=figure.units[:count], upper=upper[0]), upper[1]
    more = _more(text, ends[1]) if units else None
    return replace(figure, more=more), found.end()


def _upper(text: str, lower: Figure, end: int) -> tuple[Figure, int] | None:
    """The other end of a range that begins with `lower`, and the place after it."""
    link = _UP_TO.match(text, end)
    found = _START.match(text, link.end()) if link else None
    if link is None or found is None or re.match(r"\s?=|:\d", text[found.end() :]):
        return None
    low, high = plain_value(lower.number), plain_value(found.group().rstrip(_END))
    if low is None or high is None or not low < high:
        return None
    if link["and"] and not _BETWEEN.search(text, 0, lower.start):
        return None
    return _figure(text, found) if link["dash"] or high <= _NEAR_ENDS * low else None


def _more(text: str, end: int) -> Figure | None:
    link = _MORE.match(text, end)
    found = re.compile(r"\d+").match(text, link.end()) if link else None
    unit = _UNIT_WORD.match(text, found.end()) if found else None
    return Figure(found.start(), found.group(), (unit.group(),)) if found and unit else None


def plain_value(number: str) -> float | None:
    """The value of a number without its unit."""
    try:
        return read_quantity(number).quantity.value
    except QuantityError:
        return None


@dataclass(frozen=True)
class Read:
    """A figure as it was understood: with a unit, or `bare` and counted in the expected one.

    `used` says how many of the words after it were read as its unit or a multiple.
    """

    quantity: Quantity
    bare: bool
    used: int


def read_figure(figure: Figure, unit: str, *, caseless: bool) -> tuple[Read, ...]:
    """What the number may be where `unit` is expected, with as many unit words as can be read.

    More than one thing only in texts that are `caseless`: “Tb” in a title means terabytes or bits.
    """
    for texts, used in _spellings(figure, unit, caseless=caseless):
        found = [Read(one.quantity, one.bare, used) for one in _readings(texts, unit)]
        if found:
            return tuple(one for one in found if not one.bare) or tuple(found[:1])
    return ()


def _readings(texts: Sequence[str], unit: str) -> Iterator[Reading]:
    for text in texts:
        with suppress(QuantityError):
            yield read_quantity(text, expected_unit=unit)


def _spellings(figure: Figure, unit: str, *, caseless: bool) -> Iterator[tuple[list[str], int]]:
    """The number with its unit in the letters it may have, and how many words that takes.

    The longest unit comes first, then those without an adjective, then the number alone.
    """
    number = _CODE.sub(lambda code: _SIGNS[code[1]], figure.number)
    units = figure.units
    if figure.more is not None:
        smaller = figure.more.number + _unit_text(figure.more.units, unit)
        yield [f"{number}{_unit_text(units[:1], unit)} {smaller}"], 1
    skipping = units and not figure.is_glued and not _is_function(units[0])
    for skipped in (0, 1) if skipping else (0,):
        for count in range(len(units), skipped, -1):
            cases = _cases(_unit_text(units[skipped:count], unit), caseless=caseless)
            yield [number + written for written in cases], count
    yield [number], 0


def _unit_text(words: Sequence[str], unit: str) -> str:
    text = _RATE.sub("per ", _EMPHASIS.sub("", "".join(words)))
    return re.sub(r"[^\W\d_]+", lambda word: _spoken(word.group(), unit), text)


def _spoken(word: str, unit: str) -> str:
    if word.casefold() == "m":
        return {"s": "min", "ms": "min", "min": "min", "h": "min"}.get(unit, "M")
    return _SPOKEN.get(word.casefold(), word)


def _cases(text: str, *, caseless: bool) -> tuple[str, ...]:
    """A unit in the letters it may be meant in; “gbit” is Gbit in any text."""
    if not caseless:
        return (text, _capitalised(text))
    return tuple(dict.fromkeys((text, text.lower(), text.upper(), _capitalised(text.lower()))))


def _capitalised(text: str) -> str:
    letters = sum(map(str.isalpha, text))
    if letters < _SHORTEST_NAME or not text.islower():
        return text
    return re.sub(r"[a-z]", lambda letter: letter.group().upper(), text, count=1)


def _is_function(word: str) -> bool:
    return word.strip(_AROUND).casefold() in STOP_WORDS or " " in word.strip()


def is_of_another_kind(figure: Figure, used: int, *, counts: bool) -> bool:
    """Whether the words after a number and its `used` multiples show that it is of another kind.

    Letters without a space and foreign units always do. Where no count is expected (`counts`
    is false), so does a plural: “148 pictures”, “148 rejected pictures”.
    """
    units = figure.units[used : used + 2]
    if not units:
        return False
    first = units[0].strip(_AROUND)
    if (figure.is_glued and used == 0) or first.casefold() in _FOREIGN:
        return True
    if counts or _is_function(units[0]):
        return False
    return any(_is_plural(word.strip(_AROUND)) for word in units)


def _is_plural(word: str) -> bool:
    form = word.casefold()
    if form in STOP_WORDS or form in _VERBS or not form.isalpha():
        return False
    return len(form) > 3 and form.endswith("s") and not form.endswith(("ss", "us", "is"))


def is_caseless(segment: Segment) -> bool:
    """Whether capitals say nothing here: all words have them, or no word has."""
    words = [
        segment.quote[word.start - segment.start : word.end - segment.start]
        for word in segment.words
        if word.form.isalpha()
    ]
    return bool(words) and (
        all(word[0].isupper() for word in words) or all(word.islower() for word in words)
    )
