"""The blocks of a lesson in the studio, each mirroring one of the interchange form."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from courses import known
from courses.conversion import block_from_value
from courses.interchange import CALLOUT_KINDS, BlockError, check_markdown
from courses.interchange.characters import normalise_newlines, strip_blank_lines
from courses.rendering import diagram_problem
from interviews.blocks import ScenarioSlugBlock
from quizzes.fields import QuizSlugBlock, SuggestingBlock, WholeStreamBlock


class LongText(blocks.TextBlock):
    """Text of many lines: browsers send CRLF, files have LF; indentation is kept."""

    @cached_property
    def field(self) -> forms.CharField:
        field = super().field
        field.strip = False
        return field

    def clean(self, value: str) -> str:
        text, _skipped = strip_blank_lines(normalise_newlines(value or ""))
        cleaned: str = super().clean(text)
        return cleaned


class Markdown(LongText):
    """A passage of Markdown without directives."""

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if text and not self.is_deferred_validation:
            _check(check_markdown, text)
        return text


def _check(check: Callable[[str], None], text: str) -> None:
    try:
        check(text)
    except BlockError as error:
        raise ValidationError(sentence_of(error, text)) from None


def sentence_of(error: BlockError, text: str) -> str:
    """The error's sentence, with the line where there are several."""
    if "\n" not in text:
        return error.reason
    return str(_("Line %(line)d: %(reason)s") % {"line": error.line, "reason": error.reason})


class MirroredBlock(blocks.StructBlock):
    """A block that is held to what its text form can say."""

    kind: ClassVar[str]
    blamed: ClassVar[str] = "text"
    """The field that an error of the whole block is shown beside."""

    def clean(self, value: Mapping[str, Any]) -> blocks.StructValue:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            problems = self.problems(cleaned)
            if problems:
                raise StructBlockValidationError(
                    {name: ValidationError(text) for name, text in problems.items()}
                )
        return cleaned

    def problems(self, value: Mapping[str, Any]) -> dict[str, str]:
        """Field → what is wrong with it."""
        try:
            block_from_value(self.kind, value).validate()
        except BlockError as error:
            return {self.blamed: error.reason}
        return {}


class Diagram(MirroredBlock):
    kind = "diagram"
    text = LongText(
        label=_("D2"),
        rows=8,
        help_text=_(
            "The diagram in the D2 language, for example: closed -> open: too many failures"
        ),
    )
    alt = blocks.CharBlock(
        label=_("Text alternative"),
        help_text=_("One line that says what the diagram shows, for those who cannot see it."),
    )
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, help_text=_("A line below the diagram; may stay empty.")
    )

    def problems(self, value: Mapping[str, Any]) -> dict[str, str]:
        found = super().problems(value)
        if not found and (sentence := diagram_problem(value["text"])):
            found["text"] = sentence
        return found

    class Meta:
        icon = "image"
        label = _("Diagram")
        help_text = _("Boxes and arrows, drawn from text when the lesson is saved.")


class Instrument(MirroredBlock):
    """A lab or a calculator, with the preset it starts from."""

    blamed = "preset"
    presets: ClassVar[Callable[[], Mapping[str, tuple[str, ...]]]]
    preset = SuggestingBlock(
        required=False,
        suggestions="preset-suggestions",
        label=_("Preset"),
        help_text=_("The settings it starts with; the field suggests names. Empty: the defaults."),
    )

    def problems(self, value: Mapping[str, Any]) -> dict[str, str]:
        names = type(self).presets().get(value["slug"])
        preset = value["preset"]
        if names is None:
            return {"slug": str(_("There is none called “%(slug)s”.") % {"slug": value["slug"]})}
        if preset and preset not in names:
            known_ones = ", ".join(sorted(names)) or str(_("none"))
            sentence = _("There is no preset “%(preset)s”; there are: %(known)s.")
            return {"preset": str(sentence % {"preset": preset, "known": known_ones})}
        return super().problems(value)


class Lab(Instrument):
    kind = "lab"
    presets = staticmethod(known.labs)
    slug = blocks.ChoiceBlock(
        choices=known.lab_choices, label=_("Lab"), help_text=_("Which experiment to show.")
    )

    class Meta:
        icon = "cogs"
        label = _("Lab")
        help_text = _("A simulated experiment that learners run inside the lesson.")
        form_layout: ClassVar[list[str]] = ["slug", "preset"]


class Calculator(Instrument):
    kind = "calculator"
    presets = staticmethod(known.calculators)
    slug = blocks.ChoiceBlock(
        choices=known.calculator_choices,
        label=_("Calculator"),
        help_text=_("Which calculation to show."),
    )

    class Meta:
        icon = "table"
        label = _("Calculator")
        help_text = _("A calculation that learners can change, every step with its unit.")
        form_layout: ClassVar[list[str]] = ["slug", "preset"]


class Quiz(MirroredBlock):
    kind = "quiz"
    blamed = "slug"
    slug = QuizSlugBlock(
        suggestions="quiz-suggestions",
        label=_("Slug of the quiz"),
        help_text=_("A published quiz of this course; the field suggests them."),
    )

    class Meta:
        icon = "help"
        label = _("Quiz")
        help_text = _("A quiz that learners answer inside the lesson.")


class Callout(MirroredBlock):
    kind = "callout"
    style = blocks.ChoiceBlock(
        choices=list(zip(CALLOUT_KINDS, (_("Note"), _("Tip"), _("Warning")), strict=True)),
        default="note",
        label=_("Kind"),
        help_text=_("A warning is for what breaks things; a tip saves work; a note is the rest."),
    )
    title = blocks.CharBlock(
        required=False, label=_("Title"), help_text=_("Empty: the name of the kind.")
    )
    text = Markdown(label=_("Text"), rows=4, help_text=_("Markdown, a paragraph or two."))

    class Meta:
        icon = "warning"
        label = _("Callout")
        help_text = _("A remark set apart from the text.")


class Code(MirroredBlock):
    kind = "code"
    language = blocks.CharBlock(
        required=False, label=_("Language"), help_text=_("For the colours: python, sql, yaml …")
    )
    caption = blocks.CharBlock(
        required=False, label=_("Caption"), help_text=_("A line above the code; may stay empty.")
    )
    text = LongText(label=_("Code"), rows=8, help_text=_("Shown as it is, indentation included."))

    class Meta:
        icon = "code"
        label = _("Code")
        help_text = _("A listing with a caption; short snippets may stand in the text.")


class Reveal(MirroredBlock):
    kind = "reveal"
    title = blocks.CharBlock(
        label=_("Question"), help_text=_("Stays visible; the text below opens on request.")
    )
    text = Markdown(label=_("Answer"), rows=4, help_text=_("Markdown, hidden until it is opened."))

    class Meta:
        icon = "view"
        label = _("Reveal")
        help_text = _("Something to think about first: the answer opens on request.")


class LessonBody(WholeStreamBlock):
    """Everything a lesson is made of."""

    text = Markdown(
        label=_("Text"),
        rows=6,
        icon="pilcrow",
        help_text=_("Markdown: ## sections, *term* where it is explained, $…$ mathematics."),
    )
    diagram = Diagram()
    lab = Lab()
    calculator = Calculator()
    quiz = Quiz()
    callout = Callout()
    code = Code()
    reveal = Reveal()

    class Meta:
        required = False


class Objectives(WholeStreamBlock):
    """What a reader will be able to do."""

    objective = LongText(
        rows=1,
        label=_("Objective"),
        icon="check",
        help_text=_("One line of plain text, such as: Choose a threshold from the failure rate."),
    )

    class Meta:
        min_num = 1


class ReferenceBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        max_length=500, label=_("Title"), help_text=_("Author and title, as one would cite it.")
    )
    url = blocks.URLBlock(
        max_length=1000,
        required=False,
        label=_("Address"),
        help_text=_("Where it can be read; empty for what is only on paper."),
    )

    class Meta:
        icon = "link"
        label = _("Reference")


class References(WholeStreamBlock):
    """Works to read."""

    reference = ReferenceBlock()

    class Meta:
        required = False


class Scenarios(WholeStreamBlock):
    """Interviews that belong to a course."""

    scenario = ScenarioSlugBlock(
        suggestions="scenario-suggestions",
        label=_("Slug of the scenario"),
        icon="group",
        help_text=_("A published scenario of this course; the field suggests them."),
    )

    class Meta:
        required = False
