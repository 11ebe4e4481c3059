"""YAML with line numbers, read by what a schema asks for and never by guessing types.

A plain `no` or `1e3` where text is wanted is the text “no” or “1e3”; a quoted "3" where a number
is wanted is refused. Anchors, aliases and tags are refused, so a small file stays small.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import yaml
from django.utils.translation import gettext as _

from courses.interchange.characters import (
    check_characters,
    check_yaml_lines,
    is_slug,
    strip_blank_lines,
)
from courses.interchange.errors import BlockError, ContentError
from courses.interchange.markup import check_markdown

MAX_DEPTH = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class ListNode:
    line: int
    items: "list[Node]"


@dataclass(frozen=True, slots=True)
class MapNode:
    line: int
    items: "dict[str, Node]"
    key_lines: dict[str, int]


type Node = Scalar | ListNode | MapNode


@dataclass(slots=True)
class Record:
    """One mapping of a file. Every key must be asked for before `done`; none may be left over."""

    node: MapNode
    path: str
    asked: set[str] = field(default_factory=set)

    @property
    def line(self) -> int:
        return self.node.line

    def error(self, reason: str, key: str | None = None) -> ContentError:
        """A ContentError at the value of `key`, or at the beginning of the mapping."""
        node = self.node.items.get(key, self.node) if key else self.node
        return ContentError(self.path, node.line, reason)

    def done(self) -> None:
        for key, line in self.node.key_lines.items():
            if key not in self.asked:
                known = ", ".join(sorted(self.asked))
                raise ContentError(
                    self.path,
                    line,
                    _("There is no key “%(key)s” here; known ones are %(known)s.")
                    % {"key": key, "known": known},
                )

    def has(self, key: str) -> bool:
        """Whether an optional key is there; it counts as asked for either way."""
        self.asked.add(key)
        return key in self.node.items

    def _value(self, key: str) -> Node:
        self.asked.add(key)
        node = self.node.items.get(key)
        if node is None:
            raise self.error(_("The key “%(key)s” is missing.") % {"key": key})
        return node

    def _scalar(self, key: str, wanted: str) -> Scalar:
        return self._as_scalar(self._value(key), key, wanted)

    def _as_scalar(self, node: Node, key: str, wanted: str) -> Scalar:
        if not isinstance(node, Scalar):
            raise self._wrong(node, key, wanted)
        return node

    def _wrong(self, node: Node, key: str, wanted: str) -> ContentError:
        return ContentError(
            self.path,
            node.line,
            _("“%(key)s” must be %(wanted)s.") % {"key": key, "wanted": wanted},
        )

    def text(self, key: str, *, blank: bool = False) -> str:
        """Text of any number of lines, without blank lines at its ends."""
        return self._text(self._value(key), key, blank=blank)

    def _text(self, node: Node, key: str, *, blank: bool = False) -> str:
        scalar = self._as_scalar(node, key, _("text"))
        if scalar.plain and scalar.text in {"", "~", "null"} and not blank:
            raise self._wrong(node, key, _("text, and not empty"))
        text, _skipped = strip_blank_lines(scalar.text)
        if not text and not blank:
            raise self._wrong(node, key, _("text, and not empty"))
        self._check(check_characters, text, scalar.line)
        return text

    def _check(self, check: Callable[[str], None], text: str, line: int) -> None:
        try:
            check(text)
        except BlockError as error:
            # The text of a block scalar begins on the line after its key.
            offset = error.line if "\n" in text else 0
            raise ContentError(self.path, line + offset, error.reason) from None

    def title(self, key: str, *, longest: int = 200) -> str:
        """Text of one line, at most `longest` characters."""
        text = self.text(key)
        if "\n" in text or len(text) > longest:
            wanted = _("one line of at most %(longest)d characters") % {"longest": longest}
            raise self._wrong(self._value(key), key, wanted)
        return text

    def markdown(self, key: str, *, blank: bool = False) -> str:
        """Markdown without directives, as in a text block."""
        text = self.text(key, blank=blank)
        if text:
            self._check(check_markdown, text, self._value(key).line)
        return text

    def slug(self, key: str) -> str:
        return self._slug(self._value(key), key)

    def _slug(self, node: Node, key: str) -> str:
        wanted = _("a slug: small letters, digits and single hyphens, at most 80 characters")
        scalar = self._as_scalar(node, key, wanted)
        if not is_slug(scalar.text):
            raise self._wrong(node, key, wanted)
        return scalar.text

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        wanted = _("one of %(choices)s") % {"choices": ", ".join(choices)}
        scalar = self._scalar(key, wanted)
        if scalar.text not in choices:
            raise self._wrong(scalar, key, wanted)
        return scalar.text

    def uuid(self, key: str = "id") -> UUID:
        wanted = _("a UUID, as in 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11")
        scalar = self._scalar(key, wanted)
        if not _UUID.fullmatch(scalar.text):
            raise self._wrong(scalar, key, wanted)
        return UUID(scalar.text)

    def boolean(self, key: str) -> bool:
        wanted = _("true or false")
        scalar = self._scalar(key, wanted)
        if not scalar.plain or scalar.text not in {"true", "false"}:
            raise self._wrong(scalar, key, wanted)
        return scalar.text == "true"

    def number(self, key: str) -> float:
        wanted = _("a number, without quotes and without a unit")
        scalar = self._scalar(key, wanted)
        if not scalar.plain or not _NUMBER.fullmatch(scalar.text):
            raise self._wrong(scalar, key, wanted)
        number = float(scalar.text)
        if not math.isfinite(number):
            raise self._wrong(scalar, key, wanted)
        return number

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`, both included."""
        wanted = _("a whole number from %(lowest)d to %(highest)d") % {
            "lowest": lowest,
            "highest": highest,
        }
        scalar = self._scalar(key, wanted)
        if not scalar.plain or not re.fullmatch(r"-?[0-9]{1,9}", scalar.text):
            raise self._wrong(scalar, key, wanted)
        if not lowest <= int(scalar.text) <= highest:
            raise self._wrong(scalar, key, wanted)
        return int(scalar.text)

    def _items(self, key: str, *, least: int = 0) -> list[Node]:
        node = self._value(key)
        if not isinstance(node, ListNode):
            raise self._wrong(node, key, _("a list (write [] for an empty one)"))
        if len(node.items) < least:
            wanted = _("a list with %(least)d or more entries") % {"least": least}
            raise self._wrong(node, key, wanted)
        return node.items

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        return tuple(self._text(item, key) for item in self._items(key, least=least))

    def slugs(self, key: str) -> tuple[str, ...]:
        return tuple(self._slug(item, key) for item in self._items(key))

    def text_lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts, none of them empty."""
        rows = self._items(key)
        for row in rows:
            if not isinstance(row, ListNode) or not row.items:
                raise self._wrong(row, key, _("a list of lists, and none of them empty"))
        return tuple(
            tuple(self._text(item, key) for item in row.items)
            for row in rows
            if isinstance(row, ListNode)
        )

    def records(self, key: str, *, least: int = 0) -> "list[Record]":
        items = self._items(key, least=least)
        return [self._record(item, key) for item in items]

    def _record(self, node: Node, key: str) -> "Record":
        if not isinstance(node, MapNode):
            raise self._wrong(node, key, _("a list of entries with keys"))
        return Record(node, self.path)


def read_record(text: str, *, path: str, first_line: int = 1) -> Record:
    """The one mapping that `text` holds; `first_line` is the line of the file it begins on."""
    try:
        check_characters(text)
        check_yaml_lines(text)
        node = _Builder(text, path, first_line).document()
    except BlockError as error:
        raise ContentError(path, first_line + error.line - 1, error.reason) from None
    except yaml.YAMLError as error:
        raise _syntax_error(error, path, first_line) from None
    if not isinstance(node, MapNode):
        raise ContentError(path, first_line, _("The file must consist of keys and values."))
    return Record(node, path)


def _syntax_error(error: yaml.YAMLError, path: str, first_line: int) -> ContentError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or _("it cannot be read")
    line = first_line + (mark.line if mark else 0)
    return ContentError(
        path, line, _("This is not valid YAML: %(problem)s.") % {"problem": problem}
    )


class _Builder:
    """Turns YAML events into nodes, refusing what could make a small file large."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))

    def document(self) -> Node:
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise ContentError(self.path, self.first_line, _("The file is empty."))
        node = self._node(next(self.events), 0)
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refuse(after, _("A second document begins here; “---” is not allowed."))
        return node

    def _refuse(self, event: Any, reason: str) -> ContentError:
        return ContentError(self.path, self._line(event), reason)

    def _line(self, event: Any) -> int:
        return self.first_line + int(event.start_mark.line)

    def _node(self, event: Any, depth: int) -> Node:
        if getattr(event, "anchor", None) or isinstance(event, yaml.AliasEvent):
            raise self._refuse(
                event, _("Anchors (&) and aliases (*) are not allowed; put the text in quotes.")
            )
        if getattr(event, "tag", None):
            raise self._refuse(event, _("Tags (!) are not allowed; put the text in quotes."))
        if depth > MAX_DEPTH:
            raise self._refuse(event, _("The lists are nested too deeply."))
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(self._line(event), event.value, event.style is None or event.style == "")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        return self._map(event, depth)

    def _list(self, start: Any, depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(self._line(start), items)

    def _map(self, start: Any, depth: int) -> MapNode:
        node = MapNode(self._line(start), {}, {})
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise self._refuse(event, _("A key must be a word."))
            if key.text in node.items:
                raise self._refuse(
                    event, _("The key “%(key)s” is given twice.") % {"key": key.text}
                )
            node.items[key.text] = self._node(next(self.events), depth + 1)
            node.key_lines[key.text] = key.line
        return node
