"""Telling sentences from shuffled words, by which kinds of words follow one another.

A naive-Bayes score: each pair of neighbours, as kinds of words, and each pair of neighbours that
an expected text has as well, adds the fitted logarithm of how much likelier it is in disorder.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from grading.segments import Segment
from grading.words import NEGATORS, STOP_WORDS, Word

NEAR = 2  # content words
_EDGE, _NUMBER = ".", "#"
_SHORTEST = 4  # words; in shorter texts any order is possible
_JOINING = " \t-‐‑/'’“”\""  # marks that join words rather than dividing them
_SUFFIXES = ("ing", "ed", "ly", "tion", "ment", "ness", "able", "al", "er", "s")


def kinds(segment: Segment) -> list[str]:
    """The kinds of the words, with marks between clauses and edges at both ends."""
    found = [_EDGE]
    end = segment.start
    for word in segment.words:
        between = segment.quote[end - segment.start : word.start - segment.start]
        if len(found) > 1 and between.strip(_JOINING):
            found.append(",")
        kind = _kind(word)
        if kind != _NUMBER or found[-1] != _NUMBER:  # 13 500 is one number
            found.append(kind)
        end = word.end
    return [*found, _EDGE]


def _kind(word: Word) -> str:
    if word.form in STOP_WORDS or word.form in NEGATORS:
        return word.form
    if word.form[0].isdigit():
        return _NUMBER
    return next(("-" + ending for ending in _SUFFIXES if word.form.endswith(ending)), "-")


Places = Mapping[str, Sequence[tuple[int, int]]]


def places(texts: Iterable[Segment]) -> Places:
    """Where each content stem stands: the text's number and the place among its content words."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, text in enumerate(texts):
        content = [word for word in text.words if word.is_content]
        for place, word in enumerate(content):
            found.setdefault(word.stem, []).append((number, place))
    return found


def relations(segment: Segment, expected: Places) -> Iterator[str]:
    """How neighbours of the segment that are both expected stand to each other there."""
    content = [word.stem for word in segment.words if word.is_content]
    for left, right in pairwise(content):
        if left != right and left in expected and right in expected:
            yield _relation(expected[left], expected[right])


def _relation(left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]) -> str:
    distances = [
        after - before for number, before in left for other, after in right if number == other
    ]
    if any(0 < distance <= NEAR for distance in distances):
        return "follows"
    return "precedes" if any(0 < -distance <= NEAR for distance in distances) else "apart"


def disorder(segment: Segment, expected: Places) -> float:
    """The logarithm of how much likelier the segment is words in disorder than a sentence."""
    if len(segment.words) < _SHORTEST:
        return 0.0
    neighbours, related = _fitted()
    score = sum(neighbours.get(f"{left} {right}", 0.0) for left, right in pairwise(kinds(segment)))
    return score + sum(related[relation] for relation in relations(segment, expected))


@lru_cache(maxsize=1)
def _fitted() -> tuple[dict[str, float], dict[str, float]]:
    stored = json.loads((resources.files("grading") / "model" / "order.json").read_text("utf-8"))
    return stored["neighbours"], stored["relations"]
