"""Form fields of the studio that several kinds of question use."""

from django import forms
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
