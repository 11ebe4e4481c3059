"""Form fields of the studio that several kinds of question use."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.functional import cached_property
from wagtail import blocks

from quizzes.text import tidy


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
