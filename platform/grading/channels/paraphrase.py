"""The paraphrase channel: how near each segment of an answer comes to each wanted text.

Two readings are combined by the head: aligned words (every wanted word with its nearest word of
the segment, by their vectors in context) and whole sentences. The question's own words count less
in the first, and its direction is taken out of the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from grading.embedding import Vector, unit
from grading.passage import Booleans, Passage, unit_rows
from grading.weights import QUESTION_SHARE

Matrix = npt.NDArray[np.float64]

SAME_WORD = 0.8  # the least nearness of a word to another form of itself
QUESTION_OUT = 0.8  # the share of the question's direction that is taken out of a sentence
STEP = 2  # decimals that are kept, so that machines which round differently agree


@dataclass(frozen=True, eq=False)
class Asked:
    """The question, which is given away for free: its stems and its direction."""

    stems: frozenset[str]
    direction: Vector

    @classmethod
    def of(cls, question: Passage) -> "Asked":
        """What a question gives away."""
        stems = frozenset(word.stem for word in question.words if word.is_content)
        return cls(stems, unit(question.whole))

    def taken_out_of(self, totals: Vector) -> Vector:
        """Rows of length 1 without most of the question's direction."""
        rows = unit_rows(totals)
        along = (rows @ self.direction)[:, np.newaxis] * self.direction
        return unit_rows(rows - np.float32(QUESTION_OUT) * along)


@dataclass(frozen=True, eq=False)
class Wanted:
    """Texts to look for, with the weights of their words."""

    passage: Passage
    asked: Asked

    @cached_property
    def plain(self) -> Matrix:
        """The weight of each word that carries meaning, 1 for each in a text that has none."""
        return _never_zero(self.passage, self.passage.rarities * self.passage.content)

    @cached_property
    def demoted(self) -> Matrix:
        """The same with the question's words counting less."""
        free = self.passage.within(self.asked.stems)
        return self.plain * np.where(free, QUESTION_SHARE, 1.0)

    @cached_property
    def directions(self) -> Vector:
        """The direction of each text without the question's."""
        return self.asked.taken_out_of(self.passage.totals)


def _never_zero(passage: Passage, weights: Matrix) -> Matrix:
    if not passage.count:
        return weights
    sizes = np.diff(np.append(passage.bounds, len(passage.words)))
    empty = np.repeat(np.add.reduceat(weights, passage.bounds) == 0, sizes)
    return np.where(empty, 1.0, weights)


@dataclass(frozen=True, eq=False)
class Nearness:
    """One row for each wanted text, one column for each segment, windows after single ones."""

    aligned: Matrix
    said: Matrix
    said_anew: Matrix
    like: Matrix

    @cached_property
    def features(self) -> Matrix:
        """What the head reads, in the order of `FEATURES`; the last axis counts them."""
        return np.stack([self.aligned, self.said, self.said_anew, self.like], axis=-1)


FEATURES = ("aligned", "said", "said_anew", "like")


@dataclass(frozen=True, eq=False)
class Alignment:
    """Every wanted word against every segment."""

    near: Matrix  # of the nearest word, from -1 to 1
    same: Booleans  # whether a form of the word itself stands there


def align(wanted: Passage, answer: Passage) -> Alignment:
    """How near the nearest word of each segment comes to each wanted word."""
    near = (wanted.vectors @ answer.vectors.T).astype(np.float64)
    same = _stems(wanted)[:, np.newaxis] == _stems(answer)
    near = np.where(same, np.maximum(near, SAME_WORD), near).round(STEP)
    return Alignment(
        np.maximum.reduceat(near, answer.bounds, axis=1),
        np.logical_or.reduceat(same, answer.bounds, axis=1),
    )


def _stems(passage: Passage) -> npt.NDArray[np.str_]:
    return np.array([word.stem for word in passage.words], dtype=np.str_)


def compare(wanted: Wanted, answer: Passage, pairs: Sequence[int]) -> Nearness:
    """How near every text comes to every segment and to the windows that begin at `pairs`."""
    found = align(wanted.passage, answer)
    first, second = np.array(pairs, dtype=np.int64), np.array(pairs, dtype=np.int64) + 1
    near = np.hstack([found.near, np.maximum(found.near[:, first], found.near[:, second])])
    same = np.hstack([found.same, found.same[:, first] | found.same[:, second]])
    totals = np.vstack([answer.totals, answer.totals[first] + answer.totals[second]])
    like = wanted.directions @ wanted.asked.taken_out_of(totals).T
    return Nearness(
        aligned=_share(wanted.passage, wanted.demoted, near),
        said=_share(wanted.passage, wanted.plain, same),
        said_anew=_share(wanted.passage, wanted.demoted, same),
        like=like.astype(np.float64).round(STEP),
    )


def _share(passage: Passage, weights: Matrix, values: Matrix | Booleans) -> Matrix:
    """The weighted mean over the words of each text."""
    summed = np.add.reduceat(weights[:, np.newaxis] * values, passage.bounds, axis=0)
    totals = np.add.reduceat(weights, passage.bounds)
    return np.asarray((summed / totals[:, np.newaxis]).round(STEP), dtype=np.float64)
