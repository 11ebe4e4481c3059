"""Form fields of the studio that several kinds of question use."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField

from quizzes.text import tidy


class BlocksField(StreamField):
    """A StreamField whose migrations do not name its blocks: other words in a form need none."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> Any:
        """Leave the blocks out."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs


class MarkdownBlock(blocks.TextBlock):
    """Markdown: browsers send CRLF, files have LF; indentation is kept."""

    @cached_property
    def field(self) -> forms.CharField:
        """The form field, which keeps leading spaces."""
        field: forms.CharField = super().field
        field.strip = False
        return field

    def clean(self, value: str | None) -> str:
        """Return the text as a file would have it."""
        cleaned: str = super().clean(tidy(value or ""))
        return cleaned


class WholeStreamBlock(blocks.StreamBlock):
    """The outermost block of a field: a form that came in pieces is refused, not stumbled over."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, prefix: str) -> Any:
        """Read the blocks; raises BadRequest when their counts or orders are missing."""
        try:
            return super().value_from_datadict(data, files, prefix)
        except (KeyError, ValueError) as error:
            raise BadRequest from error


class SuggestingBlock(blocks.CharBlock):
    """One line, completed from the page's `<datalist>` with the id `suggestions`."""

    def __init__(self, *args: Any, suggestions: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field.widget.attrs |= {"list": suggestions, "autocomplete": "off"}


class QuizSlugBlock(SuggestingBlock):
    """The slug of a published quiz."""

    def clean(self, value: Any) -> str:
        """Say so when there is no such quiz; a draft may be ahead of it."""
        slug: str = super().clean(value)
        if slug and not self.is_deferred_validation and not is_published(slug):
            raise ValidationError(
                _("There is no published quiz with the slug “%(slug)s”."), params={"slug": slug}
            )
        return slug


def is_published(slug: str) -> bool:
    """Whether learners can take the quiz with this slug."""
    from quizzes.models import QuizEdition  # the models need these fields first

    return QuizEdition.objects.current().filter(quiz__slug=slug).exists()
