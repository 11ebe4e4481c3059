"""A number with its unit."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from estimation import (
    KnownMistake,
    Outcome,
    Quantity,
    QuantityError,
    Verdict,
    check_answer,
    format_quantity,
)
from quizzes import text
from quizzes.fields import MarkdownBlock
from quizzes.kinds.base import (
    Answer,
    AnswerError,
    Compiled,
    Definition,
    Judgement,
    Kind,
    Problem,
    ShownQuestion,
    is_number,
    markdown_problems,
    safe,
)

FIELD = "number"
MAX_UNIT = 40
MAX_ANSWER = 80
# A slip of the pen about the unit: said so, and nothing is used up.
_UNIT_SLIPS = {Outcome.WRONG_UNIT, Outcome.MISSING_UNIT}


class MistakeBlock(blocks.StructBlock):
    """A known wrong number in the studio."""

    value = blocks.FloatBlock(help_text=gettext_lazy("In the unit of the answer."))
    explanation = MarkdownBlock(
        rows=1, help_text=gettext_lazy("What somebody who arrives at this number has overlooked.")
    )

    class Meta:
        icon = "warning"
        label = gettext_lazy("Known mistake")


class Numeric(Kind):
    """Learners may answer in any unit of the same dimension, within a relative tolerance."""

    name = "numeric"
    label = gettext_lazy("Number")
    icon = "decimal"
    template = "quizzes/kinds/number.html"

    def fields(self) -> Sequence[tuple[str, blocks.Block]]:
        """The number, how exactly it must be met, and what people get wrong."""
        answer_help = gettext_lazy("The right number, in the unit below.")
        mistakes_help = gettext_lazy("Wrong numbers that people arrive at, each explained.")
        unit_help = gettext_lazy("For example s, 1/s, GB or %; empty for a plain number.")
        tolerance_help = gettext_lazy("As a part of the answer: 0.04 accepts 4 % more or less.")
        return [
            ("answer", blocks.FloatBlock(help_text=answer_help)),
            ("unit", blocks.CharBlock(required=False, max_length=MAX_UNIT, help_text=unit_help)),
            ("tolerance", blocks.FloatBlock(default=0.05, help_text=tolerance_help)),
            (
                "mistakes",
                blocks.ListBlock(MistakeBlock(), default=[], max_num=20, help_text=mistakes_help),
            ),
        ]

    def tidied(self, definition: Definition) -> dict[str, Any]:
        """A plain number has no key “unit”."""
        return {key: value for key, value in definition.items() if key != "unit" or value}

    def own_problems(self, definition: Definition) -> Iterator[Problem]:
        """Finite numbers, a unit that can be read, a tolerance between 0 and 1."""
        if not is_number(definition["answer"]):
            yield Problem(("answer",), _("Write a finite number."))
        elif sentence := _key_problem(definition):
            yield Problem(("unit",), sentence)
        if not 0 <= definition["tolerance"] <= 1:
            yield Problem(("tolerance",), _("Write a part of the answer, from 0 to 1."))
        for place, mistake in enumerate(definition["mistakes"]):
            path = ("mistakes", place)
            yield from markdown_problems(mistake, "explanation", path)
            if not is_number(mistake["value"]):
                yield Problem((*path, "value"), _("Write a finite number."))
            elif _is_right(mistake["value"], definition):
                yield Problem((*path, "value"), _("This number counts as right."))

    def compile_own(self, definition: Definition) -> dict[str, Any]:
        """The key, and the mistakes with their texts rendered."""
        return {
            "answer": definition["answer"],
            "unit": definition.get("unit", ""),
            "tolerance": definition["tolerance"],
            "mistakes": [
                {"value": mistake["value"], "why": text.render(mistake["explanation"])}
                for mistake in definition["mistakes"]
            ],
        }

    def view(self, question: Compiled) -> ShownQuestion:
        """The question before the answer; its unit is no secret."""
        hint = (
            _("A number without a unit is read in %(unit)s.") % {"unit": question["unit"]}
            if question["unit"]
            else ""
        )
        return self.shown(question, hint=hint)

    def parse(self, question: Compiled, posted: QueryDict) -> Answer:
        """The text, once it can be read as a quantity of the right kind."""
        typed = _typed(posted.get(FIELD, ""))
        try:
            verdict = _check(typed, question)
        except QuantityError as error:
            raise AnswerError(str(error)) from None
        if verdict.outcome in _UNIT_SLIPS:
            raise AnswerError(verdict.explanation)
        return {"text": typed, "value": verdict.read_as.value, "unit": verdict.read_as.unit}

    def judge(self, question: Compiled, answer: Answer) -> Judgement:
        """Right within the tolerance; a known mistake is explained."""
        try:
            verdict = _check(answer["text"], question)
        except QuantityError:  # how a text is read may have changed since it was stored
            verdict = _check(f"{answer['value']!r} {answer['unit']}", question)
        return Judgement(
            correct=verdict.correct,
            points=question["points"] if verdict.correct else 0.0,
            remark=verdict.explanation,
            mistake=safe(_mistake_text(answer["text"], question, verdict)),
            given=answer["text"],
            expected=format_quantity(_key(question)),
        )

    def right_answer(self, question: Compiled) -> Answer:
        """The number itself."""
        typed = _exact(question["answer"], question)
        return {"text": typed, "value": question["answer"], "unit": question["unit"]}

    def mistakes(self, question: Compiled) -> Iterator[tuple[str, SafeString]]:
        """The known wrong numbers."""
        for mistake in question["mistakes"]:
            yield _exact(mistake["value"], question), safe(mistake["why"])


def _exact(value: float, question: Compiled) -> str:
    return f"{value!r} {question['unit']}".strip()


def _typed(raw: str) -> str:
    """What was typed on one line, without characters nobody can see; cut where it is too long."""
    line = " ".join(raw[: 10 * MAX_ANSWER].split())
    return "".join(character for character in line if character.isprintable())[: MAX_ANSWER + 1]


def _key(question: Compiled) -> Quantity:
    return Quantity(question["answer"], question.get("unit", ""))


def _check(typed: str, question: Compiled) -> Verdict:
    """The verdict; what is said about a known mistake is left to the rendered text."""
    mistakes = [KnownMistake(mistake["value"], "") for mistake in question["mistakes"]]
    return check_answer(typed, _key(question), question["tolerance"], mistakes)


def _mistake_text(typed: str, question: Compiled, verdict: Verdict) -> str:
    if verdict.outcome is not Outcome.KNOWN_MISTAKE:
        return ""
    for mistake in question["mistakes"]:
        alone = {**question, "mistakes": [mistake]}
        if _check(typed, alone).outcome is Outcome.KNOWN_MISTAKE:
            return str(mistake["why"])
    return ""


def _key_problem(definition: Definition) -> str:
    try:
        _key(definition)
    except QuantityError as error:
        return str(error)
    return ""


def _is_right(value: float, definition: Definition) -> bool:
    try:
        key = _key(definition)
        return Quantity(value, key.unit).is_close(key, definition["tolerance"])
    except QuantityError:
        return False


KIND = Numeric()
