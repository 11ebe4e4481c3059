"""What single and multiple choice have in common."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from quizzes import text
from quizzes.fields import MarkdownBlock
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
    markdown_problems,
    safe,
)

FIELD = "choice"
MOST_OPTIONS = 20


class OptionBlock(blocks.StructBlock):
    """One option in the studio."""

    id = blocks.CharBlock(
        max_length=text.MAX_SLUG,
        help_text=gettext_lazy("Small letters, digits and hyphens. Keep it once it is published."),
    )
    text = MarkdownBlock(rows=1, help_text=gettext_lazy("Markdown, best one line."))
    correct = blocks.BooleanBlock(
        required=False, help_text=gettext_lazy("Tick what a learner should choose.")
    )
    explanation = MarkdownBlock(
        rows=1, help_text=gettext_lazy("Why it is right, or wrong: shown after the answer.")
    )

    class Meta:
        icon = "radio-empty"
        label = gettext_lazy("Option")


class ChoiceKind(Kind):
    """Options to choose from.

    They are shown sorted by their text: an order that can say nothing about which one is right.
    """

    template = "quizzes/kinds/choice.html"

    def fields(self) -> Sequence[tuple[str, blocks.Block]]:
        """The options."""
        help_text = gettext_lazy("Learners see the options sorted by their text.")
        options = blocks.ListBlock(OptionBlock(), max_num=MOST_OPTIONS, help_text=help_text)
        return [("options", options)]

    def own_problems(self, definition: Definition) -> Iterator[Problem]:
        """Two options or more, each with an id of its own, and as many right as the kind wants."""
        options = definition["options"]
        if not 2 <= len(options) <= MOST_OPTIONS:
            yield Problem(("options",), _("Give at least two options, and at most 20."))
        seen: set[str] = set()
        for place, option in enumerate(options):
            yield from _option_problems(option, ("options", place), seen)
        if sentence := self.count_problem(sum(option["correct"] for option in options)):
            yield Problem(("options",), sentence)

    def count_problem(self, correct: int) -> str:
        """A sentence when the number of correct options does not fit the kind."""
        raise NotImplementedError

    def compile_own(self, definition: Definition) -> dict[str, Any]:
        """The options in shown order."""
        options = sorted(definition["options"], key=_by_text)
        return {"options": [_compiled_option(option) for option in options]}

    def shown_options(self, question: Compiled) -> tuple[ShownOption, ...]:
        """The options before the answer."""
        return tuple(
            ShownOption(str(place), safe(option["text"]))
            for place, option in enumerate(question["options"], 1)
        )

    def parse(self, question: Compiled, posted: QueryDict) -> Answer:
        """The ids of the chosen options, in shown order."""
        values = set(posted.getlist(FIELD))
        options = question["options"]
        chosen = [option["id"] for place, option in enumerate(options, 1) if str(place) in values]
        if not values:
            raise AnswerError(self.nothing_chosen())
        if len(chosen) != len(values):
            raise AnswerError(_("That is not one of the options. Choose again."))
        return {"chosen": chosen}

    def right_answer(self, question: Compiled) -> Answer:
        """All correct options."""
        return {"chosen": [option["id"] for option in question["options"] if option["correct"]]}

    def nothing_chosen(self) -> str:
        """What is said to somebody who chose nothing."""
        raise NotImplementedError

    def judged(self, question: Compiled, answer: Answer, share: float) -> Judgement:
        """The judgement for an answer that earns `share` (0 to 1) of the points."""
        chosen = set(answer["chosen"])
        feedback = tuple(_feedback(option, chosen) for option in question["options"])
        return Judgement(share == 1, share * question["points"], feedback)


def _option_problems(
    option: Definition, path: tuple[str, int], seen: set[str]
) -> Iterator[Problem]:
    identity = option["id"]
    if not text.is_slug(identity):
        yield Problem((*path, "id"), _("Write small letters, digits and single hyphens."))
    elif identity in seen:
        yield Problem((*path, "id"), _("Another option has this id already. Give it another."))
    seen.add(identity)
    yield from markdown_problems(option, "text", path)
    yield from markdown_problems(option, "explanation", path)


def _by_text(option: Definition) -> tuple[list[tuple[bool, float, str]], str]:
    """Sort numbers by size, before words; the id only decides between equal texts."""
    pieces = re.findall(r"(\d+(?:\.\d+)?)|([^\d]+)", option["text"].casefold())
    return [(not number, float(number or 0), words.strip()) for number, words in pieces], option[
        "id"
    ]


def _compiled_option(option: Definition) -> dict[str, Any]:
    return {
        "id": option["id"],
        "text": text.render_inline(option["text"]),
        "correct": option["correct"],
        "why": text.render(option["explanation"]),
    }


def _feedback(option: Compiled, chosen: set[str]) -> OptionFeedback:
    return OptionFeedback(
        text=safe(option["text"]),
        why=safe(option["why"]),
        chosen=option["id"] in chosen,
        right=option["correct"],
    )
