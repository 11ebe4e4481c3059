"""Parameter sets that pass each challenge."""

from typing import Any

SOLUTIONS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "circuit-breaker",
        "through-the-outage",
        {
            "timeout_s": 0.2,
            "threshold": 10,
            "minimum_calls": 3,
            "window_s": 2.0,
            "open_s": 10.0,
            "probes": 1,
        },
    ),
    (
        "circuit-breaker",
        "not-on-a-blip",
        {
            "timeout_s": 0.2,
            "threshold": 60,
            "minimum_calls": 10,
            "window_s": 3.0,
            "open_s": 2.0,
            "probes": 1,
        },
    ),
    ("retry-storm", "stop-the-storm", {"failing": 10, "budget": "20"}),
    (
        "retry-storm",
        "gain-without-pain",
        {"failing": 25, "layers": 2, "backoff_ms": 200, "jitter": "full", "budget": "20"},
    ),
]


def solution_of(slug: str, challenge_id: str | None = None) -> tuple[str, dict[str, str]]:
    """A challenge of a lab (the first by default), and the query that passes it."""
    from labs.base import to_query
    from labs.registry import get_lab

    found = next(one for one in SOLUTIONS if one[0] == slug and challenge_id in (None, one[1]))
    return found[1], to_query(get_lab(slug).parameters(**found[2]))
