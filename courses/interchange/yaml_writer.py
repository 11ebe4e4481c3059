"""One canonical YAML text for every value: fixed order, no folding, no guessing about quotes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import yaml

WIDTH = 100
"""Columns within which a list of slugs stays on one line."""

type Plain = str | bool | int | float | UUID
type Value = Plain | Flow | Mapping[str, Value] | Sequence[Value]


@dataclass(frozen=True, slots=True)
class Flow:
    """A list or mapping to be written on one line; `spill` lets a long list take a line each."""

    value: Sequence[str] | Mapping[str, str | float]
    spill: bool = False


# Everything that can stand unescaped inside quotes on one line.
_PRINTABLE = re.compile(
    "[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"
)
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=<~.+")
# Words and numbers that some reader of YAML, old or new, takes for something other than text.
_AMBIGUOUS = re.compile(r"[yn]|yes|no|on|off|true|false|null|[0-9][0-9_.,:eExob+-]*", re.IGNORECASE)


def write_yaml(value: Mapping[str, Value]) -> str:
    """The canonical text of a mapping, with one newline at the end."""
    return "".join(f"{line}\n" for line in _mapping(value, ""))


def _mapping(value: Mapping[str, Value], indent: str) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        lines += _entry(f"{indent}{key}:", item, indent)
    return lines


def _entry(head: str, item: Value, indent: str) -> list[str]:
    """Lines for one value after `head`, which is a key or the dash of a list."""
    if isinstance(item, str) and _fits_block(item):
        inner = f"{indent}  "
        return [f"{head} |", *(f"{inner}{line}" if line else "" for line in item.split("\n"))]
    if isinstance(item, Flow):
        return _flow(head, item, indent)
    if isinstance(item, Mapping):
        return [head, *_mapping(item, f"{indent}  ")]
    if isinstance(item, (str, bool, int, float, UUID)):
        return [f"{head} {_scalar(item)}"]
    return [head, *_list(item, f"{indent}  ")] if item else [f"{head} []"]


def _list(items: Sequence[Value], indent: str) -> list[str]:
    lines: list[str] = []
    for item in items:
        if isinstance(item, Mapping):
            first, *rest = _mapping(item, f"{indent}  ")
            lines += [f"{indent}- {first.lstrip()}", *rest]
        else:
            lines += _entry(f"{indent}-", item, indent)
    return lines


def _flow(head: str, flow: Flow, indent: str) -> list[str]:
    if isinstance(flow.value, Mapping):
        pairs = (f"{key}: {_scalar(item, flow=True)}" for key, item in flow.value.items())
        return [f"{head} {{{', '.join(pairs)}}}"]
    line = f"{head} [{', '.join(_scalar(item, flow=True) for item in flow.value)}]"
    if flow.spill and len(line) > WIDTH:
        return [head, *_list(flow.value, f"{indent}  ")]
    return [line]


def _scalar(value: Plain, *, flow: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    text = str(value)
    if isinstance(value, UUID) or _is_plain(text, flow=flow):
        return text
    if _PRINTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escape(character) for character in text) + '"'


def _number(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}.get(character)
    if short or _PRINTABLE.fullmatch(character):
        return short or character
    return f"\\u{ord(character):04x}"


def _is_plain(text: str, *, flow: bool) -> bool:
    if not text or text != text.strip(" ") or text[0] in _INDICATORS:
        return False
    if ": " in text or " #" in text or text.endswith(":") or not _PRINTABLE.fullmatch(text):
        return False
    if flow and any(character in text for character in ",[]{}:#?'\""):
        return False
    return not _AMBIGUOUS.fullmatch(text) and not _resolves(text)


def _resolves(text: str) -> bool:
    """Whether YAML's own rules would read the plain text as a number, date, boolean or null."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    candidates = [*resolvers.get(text[0], []), *resolvers.get(None, [])]
    return any(pattern.match(text) for _tag, pattern in candidates)


def _fits_block(text: str) -> bool:
    """Whether a literal block reads back as exactly this text."""
    if "\n" not in text or text[0] in " \t\n" or not text.rsplit("\n", maxsplit=1)[-1].strip(" \t"):
        return False
    return all(_PRINTABLE.fullmatch(line.replace("\t", "")) for line in text.split("\n"))
