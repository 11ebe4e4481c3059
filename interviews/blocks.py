"""The stages of a scenario as an author edits them: the YAML form, field by field.

What is wrong is said beside the field it is wrong in, in one sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from estimation import QuantityError, parse_unit
from grading.rubric import MAX_CRITERIA, MAX_EXEMPLARS, MAX_TEXT, RELATIVE
from interviews.rubrics import (
    DEFAULT_DIMENSION,
    DIMENSIONS,
    MOST_TOLERANCE,
    SCALES,
    unknown_estimate,
)
from quizzes.fields import MarkdownBlock, SuggestingBlock, WholeStreamBlock
from quizzes.text import MAX_SLUG, is_slug, markdown_problem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_STAGES = 12
MAX_MINUTES = 600
MAX_HINTS = 6
MAX_ESTIMATES = 8


def check_slug(value: str) -> None:
    """Raise ValidationError unless `value` is made of small letters, digits, single hyphens."""
    if not is_slug(value):
        raise ValidationError(_("Use small letters, digits and single hyphens, as in “api-data”."))


def check_unit(value: str) -> None:
    """Raise ValidationError for a unit nobody can compute with; empty is a plain number."""
    try:
        parse_unit(value)
    except QuantityError as error:
        raise ValidationError(str(error)) from error


def check_term(value: str) -> None:
    """Raise ValidationError when a term of a concept group has an empty synonym."""
    if not all(part.strip() for part in value.removeprefix("!").split("|")):
        raise ValidationError(_("Separate synonyms by one bar, as in “queue|enqueue|store”."))


def check_markdown(value: str) -> None:
    """Raise ValidationError for Markdown that a file could not hold."""
    if problem := markdown_problem(value):
        raise ValidationError(problem)


def _slug_block(help_text: "StrOrPromise") -> blocks.CharBlock:
    return blocks.CharBlock(max_length=MAX_SLUG, validators=[check_slug], help_text=help_text)


def _texts(label: "StrOrPromise", help_text: "StrOrPromise", *, least: int = 0) -> blocks.ListBlock:
    child = MarkdownBlock(rows=2, max_length=MAX_TEXT, label=gettext_lazy("Text"))
    return blocks.ListBlock(
        child, label=label, help_text=help_text, min_num=least, max_num=MAX_EXEMPLARS, default=[]
    )


class NumberBlock(blocks.StructBlock):
    """A number the answer should contain, in any unit of the same dimension."""

    value = blocks.FloatBlock(help_text=gettext_lazy("The right number, in the unit below."))
    unit = blocks.CharBlock(
        required=False,
        max_length=40,
        validators=[check_unit],
        help_text=gettext_lazy("Such as 1/s, GB or ms; empty for a plain number."),
    )
    tolerance = blocks.FloatBlock(
        default=0.05,
        min_value=0,
        help_text=gettext_lazy("How far off a number may be, on the scale below."),
    )
    scale = blocks.ChoiceBlock(
        choices=list(SCALES.items()),
        default=RELATIVE,
        help_text=gettext_lazy(
            "As a part of the number, a tolerance of 0.1 accepts ten per cent either way. In "
            "powers of ten, 0.3 accepts half to twice the number, 0.5 a third to three times, and "
            "1 a tenth to ten times: right for rough estimates."
        ),
    )
    of = blocks.CharBlock(
        required=False,
        max_length=2 * MAX_SLUG + 1,
        help_text=gettext_lazy(
            "An estimate as stage/estimate: the learner’s own number there takes the place of the "
            "value. Empty: the value counts for everybody."
        ),
    )
    times = blocks.FloatBlock(
        default=1, help_text=gettext_lazy("The learner’s own number is multiplied by this.")
    )

    class Meta:
        label = gettext_lazy("Number")

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Refuse a tolerance that accepts nearly everything, beside it."""
        cleaned = super().clean(value)
        most = MOST_TOLERANCE[cleaned["scale"] or RELATIVE]
        if (cleaned["tolerance"] or 0) > most:
            sentence = _("On this scale the tolerance is at most %(most)g.") % {"most": most}
            raise StructBlockValidationError({"tolerance": ValidationError(sentence)})
        return cleaned


class HintBlock(blocks.StructBlock):
    """Help during a practice interview."""

    text = MarkdownBlock(
        rows=2, max_length=MAX_TEXT, help_text=gettext_lazy("A nudge, not the answer.")
    )
    cost = blocks.FloatBlock(
        min_value=0,
        max_value=100,
        default=0.5,
        help_text=gettext_lazy("Points of the stage that taking it costs."),
    )

    class Meta:
        label = gettext_lazy("Hint")


class EstimateBlock(blocks.StructBlock):
    """A field for one number of the learner's own."""

    id = _slug_block(gettext_lazy("Stays the same for ever; unique in the stage."))
    label = blocks.CharBlock(max_length=200, help_text=gettext_lazy("Such as “Unpaid orders”."))
    unit = blocks.CharBlock(
        required=False,
        max_length=40,
        validators=[check_unit],
        help_text=gettext_lazy("Such as 1/s, GB or ms; empty for a plain number."),
    )
    help = blocks.CharBlock(
        required=False, max_length=MAX_TEXT, help_text=gettext_lazy("One line.")
    )

    class Meta:
        label = gettext_lazy("Estimate")


class CriterionBlock(blocks.StructBlock):
    """One thing an answer must contain."""

    id = _slug_block(gettext_lazy("Stays the same for ever; unique in the stage."))
    title = blocks.CharBlock(max_length=200, help_text=gettext_lazy("A short label."))
    points = blocks.FloatBlock(
        min_value=0.25,
        max_value=100,
        default=1,
        help_text=gettext_lazy("What it is worth beside the other criteria."),
    )
    dimension = blocks.ChoiceBlock(
        choices=list(DIMENSIONS.items()),
        default=DEFAULT_DIMENSION,
        help_text=gettext_lazy("Where it counts in the debrief’s overview."),
    )
    statement = MarkdownBlock(
        rows=2,
        max_length=MAX_TEXT,
        help_text=gettext_lazy("One sentence that says what an answer must contain."),
    )
    hint = MarkdownBlock(
        rows=2,
        max_length=MAX_TEXT,
        help_text=gettext_lazy("What to think about when it is missing; shown after grading."),
    )
    follow_up = MarkdownBlock(
        rows=2,
        max_length=MAX_TEXT,
        help_text=gettext_lazy("What an interviewer would ask next when it is missing."),
    )
    paraphrases = _texts(
        gettext_lazy("Paraphrases"), gettext_lazy("Ways in which people really write it."), least=1
    )
    misconceptions = _texts(
        gettext_lazy("Misconceptions"), gettext_lazy("Wrong statements that must not earn points.")
    )
    groups = blocks.ListBlock(
        blocks.ListBlock(
            blocks.CharBlock(
                max_length=MAX_TEXT, validators=[check_term], label=gettext_lazy("Term")
            ),
            label=gettext_lazy("Group"),
            min_num=1,
            max_num=MAX_EXEMPLARS,
        ),
        help_text=gettext_lazy(
            "Any group counts; all of its terms must stand near each other. Write synonyms as "
            "queue|enqueue|store."
        ),
        max_num=MAX_EXEMPLARS,
        default=[],
    )
    numbers = blocks.ListBlock(
        NumberBlock(),
        max_num=MAX_EXEMPLARS,
        default=[],
        help_text=gettext_lazy("Numbers an answer should contain, in whichever unit."),
    )

    class Meta:
        label = gettext_lazy("Criterion")
        label_format = "{title} ({points})"


def _repeated(values: Sequence[str]) -> Iterable[int]:
    """The places of values that stood before; a draft's empty ones do not count."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value and value in seen:
            yield index
        seen.add(value)


def _repeated_ids(ids: Sequence[str]) -> dict[int, ValidationError]:
    return {
        index: StructBlockValidationError(
            block_errors={"id": ValidationError(_("This id stands above already: choose another."))}
        )
        for index in _repeated(ids)
    }


class StageBlock(blocks.StructBlock):
    """One step of an interview, with the rubric its answer is graded by."""

    id = _slug_block(gettext_lazy("Stays the same for ever; unique in the scenario."))
    title = blocks.CharBlock(
        max_length=200, help_text=gettext_lazy("Shown above the question and in the debrief.")
    )
    minutes = blocks.IntegerBlock(
        min_value=1,
        max_value=MAX_MINUTES,
        help_text=gettext_lazy("How long learners have for this stage."),
    )
    prompt = MarkdownBlock(
        rows=6,
        validators=[check_markdown],
        help_text=gettext_lazy("Markdown: what the interviewer asks at this stage."),
    )
    twist = MarkdownBlock(
        rows=3,
        required=False,
        validators=[check_markdown],
        help_text=gettext_lazy(
            "Markdown: a requirement that changes when this stage opens; may stay empty."
        ),
    )
    hints = blocks.ListBlock(
        HintBlock(),
        max_num=MAX_HINTS,
        default=[],
        help_text=gettext_lazy("Help in practice interviews, given one after the other."),
    )
    estimates = blocks.ListBlock(
        EstimateBlock(),
        max_num=MAX_ESTIMATES,
        default=[],
        help_text=gettext_lazy("Fields for numbers; the rubric’s numbers can hang on them."),
    )
    diagram = blocks.BooleanBlock(
        required=False, default=False, help_text=gettext_lazy("Offer a place to draw.")
    )
    model_answer = MarkdownBlock(
        rows=10,
        validators=[check_markdown],
        help_text=gettext_lazy("Markdown: a good answer, 150 to 250 words."),
    )
    criteria = blocks.ListBlock(
        CriterionBlock(),
        min_num=1,
        max_num=MAX_CRITERIA,
        help_text=gettext_lazy("The rubric: what a good answer contains, point by point."),
    )

    class Meta:
        label = gettext_lazy("Stage")
        label_format = "{title}"
        icon = "list-ol"

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Refuse two criteria of one id, beside the second."""
        cleaned = super().clean(value)
        errors = {
            name: ListBlockValidationError(block_errors=repeated)
            for name in ("criteria", "estimates")
            if (repeated := _repeated_ids([one["id"] for one in cleaned[name]]))
        }
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned


class StagesBlock(WholeStreamBlock):
    """The stages of a scenario, in the order in which they are asked."""

    stage = StageBlock()

    class Meta:
        min_num = 1
        max_num = MAX_STAGES

    def clean(self, value: Any) -> Any:
        """Refuse two stages of one id, beside the second."""
        cleaned = super().clean(value)
        errors = _repeated_ids([child.value["id"] for child in cleaned])
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        if unknown := unknown_estimate([child.value for child in cleaned]):
            sentence = _("“%(of)s” is not an estimate of this or an earlier stage.")
            raise ValidationError(sentence % {"of": unknown})
        return cleaned


class ScenarioSlugBlock(SuggestingBlock):
    """The slug of a published scenario."""

    def clean(self, value: Any) -> str:
        """Say so when there is no such scenario; a draft may be ahead of it."""
        from interviews.models import ScenarioEdition  # the models need these blocks first

        slug: str = super().clean(value)
        known = ScenarioEdition.objects.current().filter(slug=slug)
        if slug and not self.is_deferred_validation and not known.exists():
            sentence = _("There is no published scenario with the slug “%(slug)s”.")
            raise ValidationError(sentence % {"slug": slug})
        return slug
