"""What every grader looks like from outside."""

from collections.abc import Callable, Sequence
from typing import Protocol

from grading.assessment import Assessment, CriterionAssessment
from grading.rubric import Criterion

OnCriterion = Callable[[CriterionAssessment], None]


class Grader(Protocol):
    """Judges an answer against a rubric; the same input gives the same assessment."""

    @property
    def name(self) -> str:
        """A short stable name, stored with every grade."""

    @property
    def version(self) -> str:
        """Changes whenever the same answer could be judged differently."""

    def grade(
        self,
        question: str,
        rubric: Sequence[Criterion],
        answer: str,
        *,
        on_criterion: OnCriterion | None = None,
    ) -> Assessment:
        """Judge `answer`, telling `on_criterion` of each criterion as it is done, in order.

        What `on_criterion` raises ends the grading and reaches the caller.
        """
