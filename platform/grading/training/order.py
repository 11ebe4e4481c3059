"""Fitting `model/order.json`: how much likelier neighbours are in shuffled words than in text."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from grading.order import Places, kinds, places, relations
from grading.segments import split
from grading.training.data import Graded

_SMOOTHING = 1.0
_MOST = 3.5  # of one pair's logarithm
_PARAGRAPH = 12  # words
_RARE = 4  # occurrences in all, below which a pair says nothing


def shuffles(text: str, chance: random.Random) -> list[str]:
    """The words of a text in disorder: all of them, and only those that carry meaning."""
    words = text.split()
    chance.shuffle(words)
    content = [word.form for segment in split(text) for word in segment.words if word.is_content]
    chance.shuffle(content)
    return [" ".join(words), " ".join(content)]


def prose(folders: Iterable[Path]) -> list[str]:
    """Paragraphs of Markdown files, without headings, tables, code and front matter."""
    return [
        paragraph
        for path in sorted(path for folder in folders for path in folder.rglob("*.md"))
        for paragraph in path.read_text(encoding="utf-8").split("\n\n")
        if paragraph[:1].isalpha() and len(paragraph.split()) >= _PARAGRAPH
    ]


def fit_order(answers: Sequence[Graded], paragraphs: Iterable[str]) -> dict[str, dict[str, float]]:
    """The logarithms for neighbours and relations; `paragraphs` are more honest text."""
    chance = random.Random(3)  # noqa: S311 - reproducible shuffling
    honest: list[tuple[str, Places]] = []
    shuffled: list[tuple[str, Places]] = []
    for one in answers:
        reference = places(split(one.reference))
        honest.append((one.answer, reference))
        shuffled += [(text, reference) for text in shuffles(one.answer, chance)]
    for text in paragraphs:
        honest.append((text, {}))
        shuffled += [(each, {}) for each in shuffles(text, chance)]
    for one in {one.question_id: one for one in answers}.values():
        reference = places(split(one.reference))
        honest += [(one.reference, reference), (one.question, reference)]
        for text in (one.reference, one.reference, one.reference, one.question):
            shuffled += [(each, reference) for each in shuffles(text, chance)]
    return {
        "neighbours": _ratios(_neighbours(honest), _neighbours(shuffled)),
        "relations": _ratios(_relations(honest), _relations(shuffled)),
    }


def _neighbours(texts: Iterable[tuple[str, Places]]) -> Counter[str]:
    return Counter(
        f"{left} {right}"
        for text, _places in texts
        for segment in split(text)
        for left, right in pairwise(kinds(segment))
    )


def _relations(texts: Iterable[tuple[str, Places]]) -> Counter[str]:
    return Counter(
        relation
        for text, expected in texts
        for segment in split(text)
        for relation in relations(segment, expected)
    )


def _ratios(honest: Counter[str], shuffled: Counter[str]) -> dict[str, float]:
    share = sum(honest.values()) / (sum(shuffled.values()) or 1)
    found = {}
    for pair in sorted(honest.keys() | shuffled.keys()):
        if "#" in pair or honest[pair] + share * shuffled[pair] < _RARE:
            continue
        ratio = (share * shuffled[pair] + _SMOOTHING) / (honest[pair] + _SMOOTHING)
        value = round(max(-_MOST, min(_MOST, math.log(ratio))), 2)
        if value:
            found[pair] = value
    return found
