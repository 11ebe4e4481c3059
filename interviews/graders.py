"""Which graders judge answers in this installation."""

from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings

from grading import Assessment, Criterion, EmbeddedGrader, Flag, Grader, Verdict
from interviews.llm.service import configured
from interviews.models import Grading
from interviews.opinions import Opinion

# Answers in which a guard has found something are not shown to a language model: it is what such
# answers are written for, and it must not lift a cap of the guards.
WITHHELD = {
    Flag.EMPTY,
    Flag.GIBBERISH,
    Flag.QUESTION_COPIED,
    Flag.SHUFFLED,
    Flag.INSTRUCTIONS,
}


@cache
def current_grader() -> Grader:
    """Return the grader, made once per process: it may have a model to load."""
    return EmbeddedGrader()


def has_second_grader() -> bool:
    """Whether this installation has a language model to ask."""
    return configured() is not None


def consult(
    *,
    grading: Grading,
    question: str,
    rubric: Sequence[Criterion],
    first: Assessment,
    renew: Callable[[], None],
) -> Opinion:
    """Get a second opinion on `first` where it is wanted and allowed.

    `renew` is called every few seconds meanwhile; what it raises for a lost lease reaches the
    caller, and nothing else does.
    """
    service = configured()
    concerned = concerning(first, rubric)
    if service is None or not concerned or WITHHELD.intersection(first.flags):
        return Opinion(first)
    # Only here: an installation without a language model never loads its client.
    from interviews.llm.opinion import Question, second_opinion

    asked = Question(grading, question, concerned)
    return second_opinion(service=service, question=asked, first=first, renew=renew)


def concerning(first: Assessment, rubric: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria to ask about: all of them if settings say so, else those in doubt."""
    if settings.GRADER_LLM_ALWAYS:
        return tuple(rubric)
    doubtful = {one.criterion_id for one in first.criteria if one.verdict is Verdict.UNSURE}
    return tuple(one for one in rubric if one.id in doubtful)
