"""The questions of a quiz in the studio: one block for each kind."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from quizzes.fields import BlocksField, MarkdownBlock, WholeStreamBlock
from quizzes.kinds import Kind, Problem, all_kinds
from quizzes.text import MAX_SLUG

MOST_QUESTIONS = 100


class QuestionBlock(blocks.StructBlock):
    """A question of one kind; its problems appear beside the fields they belong to."""

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(_question_fields(kind), icon=kind.icon, label=kind.label, **kwargs)

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Check the question; a draft may be half-written."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if problems := list(self.kind.problems(plain(cleaned))):
            raise _struct_error([(problem.path, problem.sentence) for problem in problems])
        return cleaned


def _question_fields(kind: Kind) -> list[tuple[str, blocks.Block]]:
    id_help = gettext_lazy("Small letters, digits and hyphens. Keep it once it is published.")
    return [
        ("id", blocks.CharBlock(max_length=MAX_SLUG, help_text=id_help)),
        ("points", blocks.FloatBlock(default=1, help_text=gettext_lazy("For the right answer."))),
        ("prompt", MarkdownBlock(rows=3, help_text=gettext_lazy("Markdown: what is asked."))),
        *kind.fields(),
        (
            "explanation",
            MarkdownBlock(
                rows=2, help_text=gettext_lazy("Shown after the answer, whatever was answered.")
            ),
        ),
    ]


class QuestionsBlock(WholeStreamBlock):
    """All questions of a quiz."""

    def __init__(self, **kwargs: Any) -> None:
        kinds = [(name, QuestionBlock(kind)) for name, kind in all_kinds().items()]
        super().__init__(kinds, max_num=MOST_QUESTIONS, **kwargs)

    def clean(self, value: blocks.StreamValue) -> blocks.StreamValue:
        """Check that no two questions share an id."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if errors := dict(_repeated(cleaned)):
            raise StreamBlockValidationError(block_errors=errors)
        return cleaned


def _repeated(questions: blocks.StreamValue) -> Iterable[tuple[int, ValidationError]]:
    seen: set[str] = set()
    for place, question in enumerate(questions):
        identity = question.value["id"]
        if identity in seen:
            sentence = _("Another question has this id already. Give it another.")
            yield place, _struct_error([(("id",), sentence)])
        seen.add(identity)


class QuestionsField(BlocksField):
    """The questions of a quiz."""

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        super().__init__(block_types or QuestionsBlock(), **kwargs)


def plain(value: Any) -> Any:
    """The value of a block as dictionaries and lists."""
    if isinstance(value, blocks.StructValue):
        return {name: plain(child) for name, child in value.items()}
    if isinstance(value, blocks.list_block.ListValue):
        return [plain(child) for child in value]
    return value


type Located = tuple[tuple[str | int, ...], str]


def _struct_error(located: Iterable[Located]) -> ValidationError:
    """Sentences by path as the nested errors Wagtail shows beside the fields."""
    fields = {str(name): _child_error(inner) for name, inner in _by_first(located).items()}
    return StructBlockValidationError(block_errors=fields)


def _child_error(located: list[Located]) -> ValidationError:
    own = [sentence for path, sentence in located if not path]
    if not any(path for path, _sentence in located):
        return ValidationError(own)
    items = {
        int(place): _struct_error(inner)
        for place, inner in _by_first(item for item in located if item[0]).items()
    }
    return ListBlockValidationError(block_errors=items, non_block_errors=own)


def _by_first(located: Iterable[Located]) -> dict[str | int, list[Located]]:
    grouped: dict[str | int, list[Located]] = {}
    for path, sentence in located:
        grouped.setdefault(path[0], []).append((path[1:], sentence))
    return grouped


__all__ = ["Problem", "QuestionBlock", "QuestionsBlock", "QuestionsField", "plain"]
