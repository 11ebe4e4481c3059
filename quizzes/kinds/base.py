"""What a kind of question is."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail import blocks

from quizzes import text

MOST_POINTS = 1000

type Definition = Mapping[str, Any]
"""A question as its author wrote it: the mapping of the YAML file."""

type Compiled = Mapping[str, Any]
"""A question as an edition keeps it, key included: Markdown rendered, options in shown order."""

type Answer = dict[str, Any]
"""What a learner answered, as it is stored."""

type Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a definition cannot be used: a sentence, and the field it belongs to."""

    path: Path
    sentence: str


class AnswerError(ValueError):
    """What was posted is no answer yet; the sentence says why. Nothing is used up by it."""


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option before the answer. `value` is its place in the shown order, counted from 1."""

    value: str
    text: SafeString


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """All that a page may know of a question before it is answered.

    `ask` is the question itself, to stand in a legend or label; `stem` what comes before it.
    """

    kind: str
    template: str
    stem: SafeString
    ask: SafeString
    points: float
    hint: str = ""
    options: tuple[ShownOption, ...] = ()
    takes_many: bool = False


@dataclass(frozen=True, slots=True)
class OptionFeedback:
    """An option after the answer."""

    text: SafeString
    why: SafeString
    chosen: bool
    right: bool

    @property
    def state(self) -> str:
        """The class of the option in the page."""
        if self.right:
            return "right"
        return "wrong" if self.chosen else "other"

    @property
    def verdict(self) -> str:
        """The word beside the option; empty where nothing was chosen and nothing was right."""
        if self.right:
            return _("Right") if self.chosen else _("Right, not chosen")
        return _("Wrong") if self.chosen else ""


_NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer is worth, and what is said about it.

    `points` lie between 0 and those of the question. `remark` is a plain sentence, `mistake`
    rendered text about this very answer; `given` and `expected` are set where the answer is typed.
    """

    correct: bool
    points: float
    options: tuple[OptionFeedback, ...] = ()
    remark: str = ""
    mistake: SafeString = _NOTHING
    given: str = ""
    expected: str = ""


class Kind(ABC):
    """One kind of question. A module in this package that has a `KIND` is one.

    `name` is the word in the YAML file, `template` shows a question of the kind both before and
    after the answer, `fields` are its keys besides those every question has.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str]
    template: ClassVar[str]

    @abstractmethod
    def fields(self) -> Sequence[tuple[str, blocks.Block]]:
        """The studio's fields between the prompt and the explanation, in the order of the file."""

    @abstractmethod
    def own_problems(self, definition: Definition) -> Iterator[Problem]:
        """What is wrong with the fields of this kind."""

    @abstractmethod
    def compile_own(self, definition: Definition) -> dict[str, Any]:
        """The fields of this kind as an edition keeps them."""

    @abstractmethod
    def view(self, question: Compiled) -> ShownQuestion:
        """The question as it may be shown before the answer: neither key nor explanations."""

    @abstractmethod
    def parse(self, question: Compiled, posted: QueryDict) -> Answer:
        """The answer in a posted form; raises `AnswerError`."""

    @abstractmethod
    def judge(self, question: Compiled, answer: Answer) -> Judgement:
        """Judge an answer that `parse` has given, now or years ago."""

    @abstractmethod
    def right_answer(self, question: Compiled) -> Answer:
        """The answer that earns all points: for authors only."""

    def mistakes(self, question: Compiled) -> Iterator[tuple[str, SafeString]]:
        """Known wrong answers and what they mean: for authors only."""
        yield from ()

    def shown(
        self,
        question: Compiled,
        *,
        hint: str = "",
        options: tuple[ShownOption, ...] = (),
        takes_many: bool = False,
    ) -> ShownQuestion:
        """What every kind shows of a question, with what this one adds."""
        return ShownQuestion(
            kind=self.name,
            template=self.template,
            stem=safe(question["stem"]),
            ask=safe(question["ask"]),
            points=question["points"],
            hint=hint,
            options=options,
            takes_many=takes_many,
        )

    def tidied(self, definition: Definition) -> dict[str, Any]:
        """The definition without what is only there because a form has a field for it."""
        return dict(definition)

    def problems(self, definition: Definition) -> Iterator[Problem]:
        """Everything that is wrong with a definition."""
        if not text.is_slug(definition["id"]):
            yield Problem(("id",), _("Write small letters, digits and single hyphens."))
        if not 0 < definition["points"] <= MOST_POINTS:
            yield Problem(("points",), _("Points must be more than 0 and at most 1000."))
        yield from markdown_problems(definition, "prompt")
        yield from markdown_problems(definition, "explanation")
        yield from self.own_problems(definition)

    def compile(self, definition: Definition) -> dict[str, Any]:
        """The question as an edition keeps it."""
        stem, ask = text.render_prompt(definition["prompt"])
        return {
            "id": definition["id"],
            "kind": self.name,
            "points": definition["points"],
            "name": text.summary(definition["prompt"]),
            "stem": stem,
            "ask": ask,
            "explanation": text.render(definition["explanation"]),
            **self.compile_own(definition),
        }


def markdown_problems(definition: Definition, key: str, path: Path = ()) -> Iterator[Problem]:
    """What is wrong with the Markdown under `key`, which must not be blank."""
    value = definition[key]
    if not value.strip():
        yield Problem((*path, key), _("Write something here."))
    elif sentence := text.markdown_problem(value):
        yield Problem((*path, key), sentence)


def is_number(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def safe(html: str) -> SafeString:
    """HTML of an edition: sanitised when the edition was made."""
    return mark_safe(html)  # noqa: S308 - see the docstring
