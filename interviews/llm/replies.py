"""The form a reply must have, and reading what came instead.

Servers are asked to keep to the schema; whether they did is checked here, always.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grading import Verdict

MAX_QUOTE = 2_000  # characters
MAX_QUOTES = 8  # per criterion; what is beyond is not read


@dataclass(frozen=True)
class Finding:
    """What the model says about one criterion; nothing of it is checked against the answer yet."""

    criterion_id: str
    verdict: Verdict
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """What could be read, by criterion, and a sentence for each thing that could not."""

    findings: dict[str, Finding]
    faults: tuple[str, ...]


class _FaultError(ValueError):
    """One entry does not have the form; the message is for whoever wrote it."""


def response_format(ids: Sequence[str]) -> dict[str, Any]:
    """The parameter that asks for the strict schema, for these criteria."""
    entry = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "quotes", "why", "verdict"],
        "properties": {
            "id": {"type": "string", "enum": list(ids)},
            "quotes": {"type": "array", "items": {"type": "string"}},
            "why": {"type": "string"},
            "verdict": {"type": "string", "enum": [str(one) for one in Verdict]},
        },
    }
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["criteria"],
        "properties": {"criteria": {"type": "array", "items": entry}},
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "judgement", "strict": True, "schema": schema},
    }


def read_reply(text: str, ids: Sequence[str]) -> Reply:
    """Read a reply that ought to be the JSON object; never raises."""
    entries = _entries(text)
    if entries is None:
        return Reply({}, ("The reply is not the JSON object that was asked for.",))
    found: dict[str, list[Finding]] = {one: [] for one in ids}
    faults: list[str] = []
    for entry in entries[: 2 * len(ids)]:
        try:
            finding = _finding(entry, ids)
            found[finding.criterion_id].append(finding)
        except _FaultError as fault:
            faults.append(str(fault))
    single = {one: findings[0] for one, findings in found.items() if len(findings) == 1}
    lacking = (
        f"The criterion “{one}” needs exactly one entry." for one in ids if one not in single
    )
    return Reply(single, (*faults, *lacking))


def _entries(text: str) -> list[Any] | None:
    """The list of criteria in the outermost braces; fences and chatter around them do no harm."""
    try:
        data = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (ValueError, RecursionError):
        return None
    entries = data.get("criteria") if isinstance(data, dict) else None
    return entries if isinstance(entries, list) else None


def _finding(entry: object, ids: Sequence[str]) -> Finding:
    if not isinstance(entry, dict) or entry.get("id") not in ids:
        raise _FaultError("An entry is not about a criterion of the task.")
    criterion_id = str(entry["id"])
    quotes = entry.get("quotes")
    if not isinstance(quotes, list) or not all(isinstance(one, str) for one in quotes):
        raise _FaultError(f"The quotes of the criterion “{criterion_id}” are not a list of texts.")
    try:
        verdict = Verdict(str(entry.get("verdict")))
    except ValueError:
        raise _FaultError(f"The criterion “{criterion_id}” has no verdict.") from None
    return Finding(criterion_id, verdict, tuple(one[:MAX_QUOTE] for one in quotes[:MAX_QUOTES]))
