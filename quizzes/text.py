"""Text of authors: what is kept of it, and how it is rendered once, when an edition is made."""

import re
from collections.abc import Callable

from django.utils.html import strip_tags
from django.utils.text import Truncator

from common.markdown import render_markdown

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 80
MAX_SUMMARY = 120
"""Longest name of a question in a list of results, in characters."""

markdown_checks: list[Callable[[str], str]] = []
"""What else Markdown must keep to: each gives a sentence for a text it refuses, or "".

Whoever can write quizzes to files adds the rules of that form here.
"""

_PARAGRAPH = re.compile(r"<p>(.*)</p>", re.DOTALL)
_LAST_PARAGRAPH = re.compile(r"(?P<stem>.*)<p>(?P<ask>(?:(?!<p>).)*)</p>", re.DOTALL)


def is_slug(text: str) -> bool:
    """Whether `text` is small letters, digits and single hyphens, at most 80 characters."""
    return len(text) <= MAX_SLUG and SLUG.fullmatch(text) is not None


def tidy(text: str) -> str:
    """The text with LF line ends and without blank lines at either end; indentation stays."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip(" \t"):
        lines.pop(0)
    while lines and not lines[-1].strip(" \t"):
        lines.pop()
    return "\n".join(lines)


def markdown_problem(text: str) -> str:
    """A sentence about Markdown that cannot be kept, or ""."""
    return next((sentence for check in markdown_checks if (sentence := check(text))), "")


def render(text: str) -> str:
    """Markdown as safe HTML."""
    return str(render_markdown(text).html).strip()


def render_inline(text: str) -> str:
    """Markdown as safe HTML; a single paragraph comes without its tags, to stand in a label."""
    html = render(text)
    found = _PARAGRAPH.fullmatch(html)
    return found[1] if found and "<p>" not in found[1] else html


def render_prompt(text: str) -> tuple[str, str]:
    """Markdown as safe HTML, the last paragraph apart and without its tags: the question itself.

    It is empty where the text ends with something else, a table for example.
    """
    html = render(text)
    found = _LAST_PARAGRAPH.fullmatch(html)
    return (found["stem"].strip(), found["ask"]) if found else (html, "")


def summary(text: str) -> str:
    """The beginning of a Markdown text as plain words on one line."""
    plain = strip_tags(render_markdown(text).plain.split("\n\n")[0])
    return Truncator(" ".join(plain.split())).chars(MAX_SUMMARY)
