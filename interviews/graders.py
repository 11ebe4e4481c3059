"""Which grader judges answers in this installation."""

from functools import cache

from grading import EmbeddedGrader, Grader


@cache
def current_grader() -> Grader:
    """Return the grader, made once per process: it may have a model to load."""
    return EmbeddedGrader()
