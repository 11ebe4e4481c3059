"""How much each word counts: rare words of the language more, the question's own words less."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from grading.embedding import ranks
from grading.words import words_of

# The question's words are given away for free, so using them shows little.
QUESTION_SHARE = 0.35
_UNKNOWN = 1.05  # a word the language model does not have in one piece is rare
_DIGITS = 0.7
_LOWEST = 0.15


@lru_cache(maxsize=20_000)
def rarity(form: str) -> float:
    """How much a word says by itself, from 0.15 for “the” to 1.05, by Zipf's law from its rank."""
    known = ranks()
    if form.isdigit():
        return _DIGITS
    rank = known.get(form)
    if rank is None:
        return _UNKNOWN
    return max(_LOWEST, math.log(rank + 2) / math.log(len(known) + 2_000))


@dataclass(frozen=True)
class Weights:
    """The weight of each stem for one question and rubric."""

    rarities: Mapping[str, float]
    question: frozenset[str]

    def of(self, stem: str) -> float:
        """The weight of a stem, above 0."""
        found = self.rarities.get(stem, _UNKNOWN)
        return found * QUESTION_SHARE if stem in self.question else found

    def total(self, stems: Iterable[str]) -> float:
        """The summed weight; `stems` must come in a fixed order for equal results."""
        return math.fsum(self.of(stem) for stem in stems)


def weights_for(question: str, texts: Iterable[str]) -> Weights:
    """The weights of all words of a rubric's `texts`; a stem is as rare as its commonest form."""
    rarities: dict[str, float] = {}
    for text in texts:
        for word in words_of(text):
            rarities[word.stem] = min(rarity(word.form), rarities.get(word.stem, _UNKNOWN))
    asked = frozenset(word.stem for word in words_of(question) if word.is_content)
    return Weights(rarities, asked)
