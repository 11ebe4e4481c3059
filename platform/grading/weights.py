"""How much each word counts: rare in the rubric counts more, the question's own words less."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grading.rubric import Criterion
from grading.words import content_stems

# The question's words are given away for free, so using them shows little.
QUESTION_SHARE = 0.35


@dataclass(frozen=True)
class Weights:
    """The weight of each stem within one rubric and question."""

    rarity: dict[str, float]
    unseen: float
    question: frozenset[str]

    def of(self, stem: str) -> float:
        """The weight of a stem, above 0."""
        rarity = self.rarity.get(stem, self.unseen)
        return rarity * QUESTION_SHARE if stem in self.question else rarity

    def total(self, stems: Iterable[str]) -> float:
        """The summed weight; `stems` must come in a fixed order for equal results."""
        return math.fsum(self.of(stem) for stem in stems)


def weights_for(question: str, rubric: Sequence[Criterion]) -> Weights:
    """Inverse document frequency, a criterion with all its exemplars being one document."""
    documents = [_stems_of(criterion) for criterion in rubric]
    count = len(documents)
    frequency: dict[str, int] = {}
    for document in documents:
        for stem in document:
            frequency[stem] = frequency.get(stem, 0) + 1
    rarity = {stem: math.log(1 + (count + 1) / seen) for stem, seen in frequency.items()}
    return Weights(rarity, math.log(2 + count), frozenset(content_stems(question)))


def _stems_of(criterion: Criterion) -> dict[str, None]:
    """The stems a criterion speaks of, each once, in a fixed order."""
    texts = (*criterion.exemplars, *criterion.misconceptions)
    return dict.fromkeys(stem for text in texts for stem in content_stems(text))
