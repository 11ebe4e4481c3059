"""The first grader: words, concepts and numbers, without a language model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grading.assessment import Assessment, CriterionAssessment, Flag, Verdict
from grading.evidence import Prepared, gather, prepare
from grading.grader import OnCriterion
from grading.guards import read_answer
from grading.rubric import Criterion
from grading.verdict import judge
from grading.weights import Weights, weights_for
from grading.words import content_stems, words_of


class LexicalGrader:
    """Grades by what stands in the answer, and says when that is not enough to be sure."""

    name = "lexical"
    version = "1"

    def grade(
        self,
        question: str,
        rubric: Sequence[Criterion],
        answer: str,
        *,
        on_criterion: OnCriterion | None = None,
    ) -> Assessment:
        """Judge `answer` criterion by criterion; see `grading.grader.Grader`."""
        ready = _ready(question, tuple(rubric))
        reading = read_answer(question, answer, ready.vocabulary)
        assessed: list[CriterionAssessment] = []
        for prepared in ready.criteria:
            one = judge(prepared, gather(prepared, reading, ready.weights), ready.weights)
            assessed.append(one)
            if on_criterion is not None:
                on_criterion(one)
        return _total(self.name, self.version, assessed, reading.flags)


@dataclass(frozen=True)
class _Ready:
    """All that is known of a question and its rubric before an answer comes."""

    weights: Weights
    criteria: tuple[Prepared, ...]
    vocabulary: frozenset[str]


@lru_cache(maxsize=32)  # a batch of answers mostly has one rubric
def _ready(question: str, rubric: tuple[Criterion, ...]) -> _Ready:
    weights = weights_for(question, rubric)
    return _Ready(weights, prepare(rubric, weights), _vocabulary(question, rubric))


def _vocabulary(question: str, rubric: Sequence[Criterion]) -> frozenset[str]:
    stems = set(content_stems(question))
    for criterion in rubric:
        for text in (*criterion.exemplars, *criterion.misconceptions):
            stems.update(content_stems(text))
        for group in criterion.groups:
            stems.update(word.stem for term in group for word in words_of(term))
    return frozenset(stems)


def _total(
    name: str, version: str, assessed: Sequence[CriterionAssessment], flags: tuple[Flag, ...]
) -> Assessment:
    variance = math.fsum(
        one.max_points**2 * one.confidence * (1 - one.confidence) for one in assessed
    )
    return Assessment(
        grader=name,
        version=version,
        criteria=tuple(assessed),
        points=round(math.fsum(one.points for one in assessed), 6),
        max_points=round(math.fsum(one.max_points for one in assessed), 6),
        uncertainty=round(math.sqrt(variance), 4),
        provisional=any(one.verdict is Verdict.UNSURE for one in assessed),
        flags=flags,
    )
