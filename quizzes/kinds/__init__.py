"""The kinds of question, found by name. A new module with a `KIND` is a new kind."""

import pkgutil
from functools import cache
from importlib import import_module

from quizzes.kinds.base import (
    Answer,
    AnswerError,
    Compiled,
    Definition,
    Judgement,
    Kind,
    OptionFeedback,
    Problem,
    ShownOption,
    ShownQuestion,
)

__all__ = [
    "Answer",
    "AnswerError",
    "Compiled",
    "Definition",
    "Judgement",
    "Kind",
    "OptionFeedback",
    "Problem",
    "ShownOption",
    "ShownQuestion",
    "all_kinds",
    "kind_of",
]


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by its name, in the order of the modules."""
    modules = (
        import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    kinds: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.name: kind for kind in kinds}


def kind_of(question: Compiled) -> Kind:
    """The kind of a question."""
    return all_kinds()[question["kind"]]
