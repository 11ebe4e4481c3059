"""A quiz as its author sees it before publishing: the learners' page, and the key beside it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP
from django.utils.safestring import SafeString

from quizzes.definition import DefinitionError, compile_data, quiz_to_data
from quizzes.kinds import Compiled, Judgement, ShownQuestion, kind_of
from quizzes.kinds.base import safe
from quizzes.models import Quiz


@dataclass(frozen=True, slots=True)
class PreviewedQuestion:
    """A question before the answer, and after the right one."""

    number: int
    shown: ShownQuestion
    key: Judgement
    explanation: SafeString
    mistakes: tuple[tuple[str, SafeString], ...]


def preview_context(quiz: Quiz) -> dict[str, Any]:
    """What the preview shows; for a quiz that is not ready, the sentence that says why."""
    try:
        compiled = compile_data(quiz_to_data(quiz))
    except DefinitionError as error:
        return {"title": quiz.title, "problem": str(error), "questions": []}
    except (KeyError, TypeError):  # a draft with fields that are still empty
        return {"title": quiz.title, "problem": "", "questions": []}
    questions = [_previewed(number, item) for number, item in enumerate(compiled["questions"], 1)]
    return {"title": quiz.title, "problem": "", "questions": questions}


def _previewed(number: int, question: Compiled) -> PreviewedQuestion:
    kind = kind_of(question)
    return PreviewedQuestion(
        number=number,
        shown=kind.view(question),
        key=kind.judge(question, kind.right_answer(question)),
        explanation=safe(question["explanation"]),
        mistakes=tuple(kind.mistakes(question)),
    )


def framed[R: HttpResponse](response: R) -> R:
    """Let the studio show a preview in its frame; the rest stays as strict as for learners."""
    response._csp_config = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response
