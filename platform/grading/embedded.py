"""The embedded grader: concepts, numbers, paraphrase and words, with a small language model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grading.assessment import Assessment, CriterionAssessment, Flag, Verdict
from grading.channels.paraphrase import Asked
from grading.embedding import return_freed_memory
from grading.evidence import Rubric, gather, nearness, prepare
from grading.grader import OnCriterion
from grading.guards import Expected, read_answer
from grading.passage import Passage, passage
from grading.rubric import Criterion
from grading.segments import split
from grading.topic import with_topic
from grading.verdict import judge
from grading.weights import weights_for

NAME, VERSION = "embedded", "3"


class EmbeddedGrader:
    """Grades by what stands in the answer, and says when that is not enough to be sure."""

    name = NAME
    version = VERSION

    def grade(
        self,
        question: str,
        rubric: Sequence[Criterion],
        answer: str,
        *,
        on_criterion: OnCriterion | None = None,
    ) -> Assessment:
        """Judge `answer` criterion by criterion; see `grading.grader.Grader`."""
        ready = ready_for(question, tuple(rubric))
        reading = read_answer(question, answer, ready.expected)
        said = passage(reading.single)
        reading = with_topic(reading, said, ready.sources)
        nearby = nearness(ready.rubric, said, reading)
        assessed: list[CriterionAssessment] = []
        for prepared in ready.rubric.criteria:
            one = judge(prepared, gather(prepared, reading, nearby, ready.rubric.weights))
            assessed.append(one)
            if on_criterion is not None:
                on_criterion(one)
        return_freed_memory()  # a worker lives long and grades rarely
        return total(assessed, reading.flags)


@dataclass(frozen=True, eq=False)
class Ready:
    """All that is known of a question and its rubric before an answer comes."""

    question: Passage
    rubric: Rubric
    expected: Expected

    @property
    def sources(self) -> tuple[Passage, ...]:
        """All that an answer may be about."""
        return self.question, self.rubric.wanted.passage


@lru_cache(maxsize=8)  # of 1 to 2 MB; a batch of answers mostly has one rubric
def ready_for(question: str, criteria: tuple[Criterion, ...]) -> Ready:
    """The rubric with its vectors, made once for many answers."""
    asking = passage(split(question))
    asked = Asked.of(asking)
    texts = [text for one in criteria for text in (*one.exemplars, *one.misconceptions)]
    terms = [term for one in criteria for group in one.groups for term in group]
    weights = weights_for(question, texts)
    expected = Expected.of(question, texts, terms)
    return Ready(asking, prepare(criteria, asked, weights), expected)


def total(assessed: Sequence[CriterionAssessment], flags: tuple[Flag, ...]) -> Assessment:
    """The assessment of the whole answer from those of its criteria."""
    variance = math.fsum(
        one.max_points**2 * one.confidence * (1 - one.confidence) for one in assessed
    )
    return Assessment(
        grader=NAME,
        version=VERSION,
        criteria=tuple(assessed),
        points=round(math.fsum(one.points for one in assessed), 6),
        max_points=round(math.fsum(one.max_points for one in assessed), 6),
        uncertainty=round(math.sqrt(variance), 4),
        provisional=any(one.verdict is Verdict.UNSURE for one in assessed),
        flags=flags,
    )
