"""Splitting the body of a lesson at its top-level directives and block breaks."""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from common.markdown_syntax import BLOCK_BREAK, MAX_AUTHOR, block_parser
from courses.interchange.characters import (
    check_characters,
    check_length,
    is_blank,
    strip_blank_lines,
)
from courses.interchange.errors import BlockError

_HEAD = re.compile(r"\{([a-z][a-z0-9-]*)\}(?:[ \t]+(.*))?")
_OPTION = re.compile(r":([a-z][a-z0-9-]*):(?:[ \t]+(.*))?")


@dataclass(frozen=True, slots=True)
class OptionLine:
    """A `:name: value` line of a directive."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive as written; lines count from 1 in the body it was found in."""

    name: str
    argument: str
    options: dict[str, OptionLine]
    content: str
    line: int
    content_line: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Markdown between directives and block breaks, without blank lines at its ends."""

    text: str
    line: int


type Segment = Directive | Passage


@cache
def _parser() -> MarkdownIt:
    return block_parser()


def split(body: str) -> list[Segment]:
    """The passages and directives of `body` in order; block breaks only separate.

    Raises BlockError for a directive that is nested, unnamed or never closed, for a code fence
    that is never closed, and for a first-level heading.
    """
    check_characters(body)
    lines = body.split("\n")
    segments: list[Segment] = []
    start = 0
    for token in _parser().parse(body):
        _check_token(token, lines)
        if token.map is None or not _separates(token):
            continue
        segments += _passage(lines, start, token.map[0])
        if token.type != BLOCK_BREAK:
            segments.append(_directive(token))
        start = token.map[1]
    return segments + _passage(lines, start, len(lines))


def _separates(token: Token) -> bool:
    return token.level == 0 and (token.type == BLOCK_BREAK or _is_directive(token))


def _is_directive(token: Token) -> bool:
    if token.type == "colon_fence":
        return True
    return token.type == "fence" and token.info.lstrip(" \t").startswith("{")


def _check_token(token: Token, lines: list[str]) -> None:
    line = token.map[0] + 1 if token.map else 1
    if token.type == "heading_open" and token.tag == "h1":
        raise BlockError(
            _("The title is the only first-level heading; write sections with “## ”."), line
        )
    if _is_directive(token) and token.level > 0:
        raise BlockError(
            _("A directive must stand by itself, not inside a list or a quotation."), line
        )
    if token.type in {"fence", "colon_fence"} and token.level == 0:
        _check_closed(token, lines)


def _check_closed(token: Token, lines: list[str]) -> None:
    first, end = token.map or (0, 0)
    last = lines[end - 1].strip(" \t")
    marker = token.markup[0]
    if end - 1 > first and len(last) >= len(token.markup) and not last.strip(marker):
        return
    raise BlockError(
        _("What “%(marker)s” opens here is never closed.") % {"marker": token.markup}, first + 1
    )


def _passage(lines: list[str], start: int, end: int) -> list[Segment]:
    text, skipped = strip_blank_lines("\n".join(lines[start:end]))
    return [Passage(text, start + skipped + 1)] if text else []


def _directive(token: Token) -> Directive:
    line = (token.map or [0])[0] + 1
    head = _HEAD.fullmatch(token.info.strip(" \t"))
    if head is None:
        raise BlockError(
            _("A directive begins with its name in braces, as in “:::{lab} circuit-breaker”."),
            line,
        )
    content_lines = token.content.removesuffix("\n").split("\n")
    options, taken = _options(content_lines, line + 1)
    content, skipped = strip_blank_lines("\n".join(content_lines[taken:]))
    return Directive(
        name=head[1],
        argument=(head[2] or "").strip(" \t"),
        options=options,
        content=content,
        line=line,
        content_line=line + 1 + taken + skipped,
    )


def _options(lines: list[str], first_line: int) -> tuple[dict[str, OptionLine], int]:
    """The option lines right after the opening line, and how many there are."""
    options: dict[str, OptionLine] = {}
    for index, line in enumerate(lines):
        match = _OPTION.fullmatch(line.rstrip(" \t"))
        if match is None:
            return options, index
        if match[1] in options:
            raise BlockError(
                _("The option “%(name)s” is given twice.") % {"name": match[1]}, first_line + index
            )
        options[match[1]] = OptionLine((match[2] or "").strip(" \t"), first_line + index)
    return options, len(lines)


def check_markdown(text: str) -> None:
    """Raise BlockError unless `text` is Markdown that stays what it is wherever it is put.

    It must have no blank lines at its ends, no directive or block break, no open code fence.
    """
    check_length(text, MAX_AUTHOR)
    lines = text.split("\n")
    if is_blank(lines[0]) or is_blank(lines[-1]):
        check_characters(text)
        raise BlockError(
            _("The text begins or ends with a blank line, or is empty; delete the blank line.")
        )
    # Whatever the text leaves open would swallow the break that follows it.
    segments = split(f"{text}\n\n+++\n\nend")
    first = segments[0]
    if isinstance(first, Directive) or first.text != text or len(segments) != 2:
        raise BlockError(
            _("A text block cannot contain a directive or a block break (+++); split it there."),
            min(_where_it_ends(segments), len(lines)),
        )


def _where_it_ends(segments: list[Segment]) -> int:
    if isinstance(segments[0], Directive) or len(segments) < 2:
        return segments[0].line
    return segments[1].line
