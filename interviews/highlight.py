"""Marks the quoted words in an answer. Everything else in it is text, whatever it looks like."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Span:
    """Characters `start` (included) to `end` (excluded) of the text, and the anchor they get."""

    start: int
    end: int
    anchor: str


def mark_text(text: str, spans: Iterable[Span]) -> SafeString:
    """Return `text` as safe HTML with `<mark>` around what any span covers.

    Spans may overlap and repeat; those outside the text, or empty, are ignored. Each span's anchor
    is the id of an element at its beginning.
    """
    valid = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    edges = sorted({0, len(text), *(span.start for span in valid), *(span.end for span in valid)})
    pieces = (_piece(text[start:end], start, valid) for start, end in pairwise(edges))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _piece(text: str, start: int, spans: Sequence[Span]) -> SafeString:
    if not any(span.start <= start < span.end for span in spans):
        return format_html("{}", text)
    beginning = [span.anchor for span in spans if span.start == start]
    anchors = format_html_join("", '<span id="{}"></span>', ((anchor,) for anchor in beginning))
    return format_html("<mark>{}{}</mark>", anchors, text)
