"""Characters and lines: what every text of a course has to keep to."""

import re

from django.utils.translation import gettext as _

from courses.interchange.errors import BlockError

MAX_CHARACTERS = 200_000
"""Longest file or text that is read, in characters."""

SLUG_PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 80

# Control characters (but for tab and line feed), lone surrogates, byte-order marks and the two
# non-characters that YAML refuses.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def normalise_newlines(text: str) -> str:
    """CRLF becomes LF; a lone CR stays and is refused by `check_characters`."""
    return text.replace("\r\n", "\n")


def check_length(text: str, most: int) -> None:
    """Raise BlockError when `text` has more than `most` characters."""
    if len(text) > most:
        raise BlockError(
            _("The text has %(length)d characters; at most %(most)d are allowed.")
            % {"length": len(text), "most": most}
        )


def check_characters(text: str) -> None:
    """Raise BlockError when `text` is too long or has a character no file may contain."""
    check_length(text, MAX_CHARACTERS)
    if found := _FORBIDDEN.search(text):
        raise BlockError(
            _("The invisible character U+%(code)s is not allowed here; delete it.")
            % {"code": f"{ord(found[0]):04X}"},
            text.count("\n", 0, found.start()) + 1,
        )


def check_yaml_lines(text: str) -> None:
    """Raise BlockError for the characters that YAML, but no editor, takes for the end of a line."""
    if found := re.search("[\u2028\u2029]", text):
        raise BlockError(
            _("The invisible character U+%(code)s is not allowed here; delete it.")
            % {"code": f"{ord(found[0]):04X}"},
            text.count("\n", 0, found.start()) + 1,
        )


def is_slug(text: str) -> bool:
    return len(text) <= MAX_SLUG and SLUG_PATTERN.fullmatch(text) is not None


def is_blank(line: str) -> bool:
    return not line.strip(" \t")


def strip_blank_lines(text: str) -> tuple[str, int]:
    """The text without blank lines at either end, and how many were taken from its beginning."""
    lines = text.split("\n")
    first, last = 0, len(lines)
    while first < last and is_blank(lines[first]):
        first += 1
    while last > first and is_blank(lines[last - 1]):
        last -= 1
    return "\n".join(lines[first:last]), first
