"""What is known of each lab: `solved/<slug>.json` holds settings that pass its challenges.

It also holds the lab's version and the SHA-256 of its default run, which must be the same on
every machine; where other numbers are meant, the version goes up and the digest with it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from labs.base import Run, to_query
from labs.registry import get_lab

FOLDER = Path(__file__).with_name("solved")


@cache
def known_of(slug: str) -> dict[str, Any]:
    """The file of one lab; fails where a lab has none."""
    known: dict[str, Any] = json.loads((FOLDER / f"{slug}.json").read_text())
    return known


def run_of(slug: str, **changes: Any) -> Run:
    """A run of a lab with these changes to its defaults."""
    lab = get_lab(slug)
    return lab.run(lab.parameters(**changes))


def solutions_of(slug: str) -> dict[str, dict[str, Any]]:
    """Changes to the defaults that pass each challenge, by challenge id."""
    solutions: dict[str, dict[str, Any]] = known_of(slug)["solutions"]
    return solutions


def solution_of(slug: str) -> tuple[str, dict[str, str]]:
    """The first challenge of a lab, and the query that passes it."""
    lab = get_lab(slug)
    challenge = lab.challenges[0].id
    return challenge, to_query(lab.parameters(**solutions_of(slug)[challenge]))
