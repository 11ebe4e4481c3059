"""A text with its words, vectors and weights, laid out so that texts compare as matrices."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from grading.embedding import DIMENSIONS, Embedded, Vector, embed
from grading.segments import Segment
from grading.weights import rarity
from grading.words import Word

Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# A word's vector in context leans towards its sentence's; this share of the lean is taken out.
_LEAN = 0.7


@dataclass(frozen=True, eq=False)
class Passage:
    """Texts one after another. Row i of `vectors` belongs to word i, row k of `totals` to text k.

    `bounds[k]` is the place of the first word of text k; texts without a word are not kept.
    """

    words: tuple[Word, ...]
    vectors: Vector
    bounds: Integers
    totals: Vector

    @property
    def count(self) -> int:
        """How many texts there are."""
        return len(self.bounds)

    @cached_property
    def content(self) -> Booleans:
        """Which words carry meaning."""
        return np.array([word.is_content for word in self.words], dtype=np.bool_)

    @cached_property
    def rarities(self) -> npt.NDArray[np.float64]:
        """The rarity of each word."""
        return np.array([rarity(word.form) for word in self.words], dtype=np.float64)

    def within(self, stems: frozenset[str]) -> Booleans:
        """Which words have one of these stems."""
        return np.array([word.stem in stems for word in self.words], dtype=np.bool_)

    @property
    def whole(self) -> Vector:
        """The vector of all texts together, as if they were one."""
        return np.asarray(self.totals.sum(axis=0), dtype=np.float32)


def passage(segments: Sequence[Segment]) -> Passage:
    """The passage of segments that each have a word; words read as they were meant."""
    words: list[Word] = []
    vectors: list[Vector] = []
    bounds: list[int] = []
    totals: list[Vector] = []
    for segment in segments:
        embedded = embed(segment.meant.text)
        bounds.append(len(words))
        words += segment.words
        vectors.append(_word_vectors(segment.meant.spans, embedded))
        totals.append(embedded.total)
    return Passage(
        tuple(words),
        _stacked(vectors),
        np.array(bounds, dtype=np.int64),
        _stacked([total[np.newaxis] for total in totals]),
    )


def _stacked(rows: list[Vector]) -> Vector:
    return np.concatenate(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)


def _word_vectors(spans: Sequence[tuple[int, int]], embedded: Embedded) -> Vector:
    """One vector of length 1 for each word; zero for words after the model's limit."""
    lean = unit_rows(embedded.total[np.newaxis])[0] * np.float32(_LEAN)
    rows = np.zeros((len(spans), DIMENSIONS), dtype=np.float32)
    place = 0
    for row, (start, end) in enumerate(spans):
        while place < len(embedded.spans) and embedded.spans[place][1] <= start:
            place += 1
        last = place
        while last < len(embedded.spans) and _overlaps(embedded.spans[last], start, end):
            last += 1
        if last > place:
            rows[row] = embedded.tokens[place:last].mean(axis=0)
    known = rows.any(axis=1, keepdims=True)
    return unit_rows(np.where(known, unit_rows(rows) - lean, rows))


def _overlaps(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] < end and span[1] > start  # the model's own marks have empty spans


def unit_rows(rows: Vector) -> Vector:
    """The rows with length 1; zero rows stay zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
