"""An answer cut into the pieces that can be quoted: sentences, list items, windows of two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from grading.polarity import Negation, denied_places, negated_places, negations
from grading.words import Word, words_of

MAX_WORDS = 2_000
MAX_CHARACTERS = 60_000  # of an answer; 2,000 words fit many times over
LONGEST_SEGMENT = 60  # words; a longer run without a full stop is cut at a comma or a space

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-*+•‣▪–—·>#|]+|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?;。！？])[\"'”’)\]]*\s+|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|approx|resp|cf|ca|incl|no|fig)\.$", re.IGNORECASE
)


@dataclass(frozen=True)
class Meant:
    """A segment's text without slips of the keyboard, and where each of its words stands in it."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Segment:
    """A quotable stretch of the answer: `quote == answer[start:end]`, with its words.

    The offsets of `words` count from the start of the answer, like `start` and `end`. The places
    in `slips` are of words that were misspelt; their form is the one that was meant.
    """

    start: int
    end: int
    quote: str
    words: tuple[Word, ...]
    parts: int = 1  # 2 for a window
    slips: frozenset[int] = frozenset()

    @cached_property
    def meant(self) -> Meant:
        """The text as it was meant, which is what a language model should read."""
        pieces: list[str] = []
        spans: list[tuple[int, int]] = []
        end = length = 0
        for place, word in enumerate(self.words):
            between = self.quote[end : word.start - self.start]
            end = word.end - self.start
            said = word.form if place in self.slips else self.quote[word.start - self.start : end]
            spans.append((length + len(between), length + len(between) + len(said)))
            pieces += [between, said]
            length = spans[-1][1]
        return Meant("".join((*pieces, self.quote[end:])), tuple(spans))

    @cached_property
    def negated(self) -> frozenset[int]:
        """The places of `words` under a negation."""
        return negated_places(self.quote, self._local) | self.denied

    @cached_property
    def negated_stems(self) -> frozenset[str]:
        """The stems that stand under a negation anywhere."""
        return frozenset(self.words[place].stem for place in self.negated)

    @cached_property
    def denied(self) -> frozenset[int]:
        """The places of `words` that are denied as a whole: “it is not true that …”."""
        return denied_places(self.quote, self._local)

    @cached_property
    def negators(self) -> int:
        """How many negations there are."""
        return sum(word.is_negator for word in self.words)

    @cached_property
    def negations(self) -> tuple[Negation, ...]:
        """The negations in order."""
        return negations(self.quote, self._local)

    @cached_property
    def is_negative(self) -> bool:
        """Whether anything is negated or denied."""
        return bool(self.negators or self.negated)

    @cached_property
    def refused(self) -> frozenset[str]:
        """The stems under a negated verb: “must not be settled”."""
        return frozenset(
            self.words[place].stem for one in self.negations if one.refuses for place in one.reached
        )

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of the words."""
        return frozenset(word.form for word in self.words)

    @cached_property
    def _local(self) -> tuple[Word, ...]:
        """The words with offsets into the quote."""
        return tuple(
            Word(word.start - self.start, word.end - self.start, word.form, word.stem)
            for word in self.words
        )

    @cached_property
    def stems(self) -> dict[str, bool]:
        """Each content stem, and whether it occurs without a negation."""
        found: dict[str, bool] = {}
        for place, word in enumerate(self.words):
            if word.is_content:
                affirmed = place not in self.negated
                found[word.stem] = found.get(word.stem, False) or affirmed
        return found | {joined: True for joined in self._joined if joined not in found}

    @cached_property
    def _joined(self) -> tuple[str, ...]:
        """Hyphenated words written as one: “fall-back” is also “fallback”."""
        return tuple(
            words_of(left.form + right.form)[0].stem
            for left, right in pairwise(self.words)
            if self.quote[left.end - self.start : right.start - self.start] in ("-", "‐", "‑")
        )


def segment_of(text: str) -> Segment:
    """A whole text as one segment; for exemplars, which are compared as a piece."""
    return Segment(0, len(text), text, words_of(text))


def split(text: str) -> tuple[Segment, ...]:
    """The sentences and list items of a text, in order; pieces without a word are left out."""
    return tuple(segment for start, end in _spans(text) for segment in _segments(text, start, end))


def capped(text: str) -> tuple[str, bool]:
    """The part of a text that is graded, and whether there was more."""
    short = text[:MAX_CHARACTERS]
    words = words_of(short)
    if len(words) > MAX_WORDS:
        return text[: words[MAX_WORDS - 1].end], True
    return short, len(short) < len(text)


def windows(segments: Sequence[Segment], text: str) -> Iterator[tuple[int, Segment]]:
    """Every two segments with no other word between them as one, with the place of the first."""
    for place, (left, right) in enumerate(pairwise(segments)):
        if not words_of(text[left.end : right.start]):
            quote = text[left.start : right.end]
            yield place, Segment(left.start, right.end, quote, left.words + right.words, 2)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for line in _LINE.finditer(text):
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        for found in _SENTENCE_END.finditer(text, start, line.end()):
            if _ABBREVIATION.search(text, max(start, found.start() - 10), found.start()):
                continue
            yield start, found.start()
            start = found.end()
        yield start, line.end()


def _segments(text: str, start: int, end: int) -> Iterator[Segment]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    words = [
        Word(word.start + start, word.end + start, word.form, word.stem)
        for word in words_of(text[start:end])
    ]
    while len(words) > LONGEST_SEGMENT:
        cut = _cut(text, words)
        yield Segment(
            start, words[cut - 1].end, text[start : words[cut - 1].end], tuple(words[:cut])
        )
        start, words = words[cut].start, words[cut:]
    if words:
        yield Segment(start, end, text[start:end], tuple(words))


def _cut(text: str, words: list[Word]) -> int:
    """After how many words to cut: the last comma in reach, else the limit."""
    for place in range(LONGEST_SEGMENT, LONGEST_SEGMENT // 3, -1):
        if "," in text[words[place - 1].end : words[place].start]:
            return place
    return LONGEST_SEGMENT
