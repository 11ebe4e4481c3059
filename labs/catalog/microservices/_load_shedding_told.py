"""What the shedding lab says of its limits, in a table and in sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from labs.base import Cell, Run, Table
from labs.catalog.microservices._overload import (
    CAPACITY,
    CUSTOMERS,
    SLOWDOWN,
    Limit,
    through_a_turn,
    through_steadily,
)

ALL, EACH = "all", "each"
ALARMING = 1.5  # times the limit let through around a turn
RULES = (
    (Limit.FIXED, noop("Fixed")),
    (Limit.SLIDING, noop("Sliding")),
    (Limit.BUCKET, noop("Bucket")),
)


def rules_table(limit: int, window_s: float) -> Table:
    """What each rule would let through of two patterns that are known to matter."""
    return Table(
        "rules",
        noop("Let through with your limit"),
        (
            noop("Rule"),
            noop("at a window’s turn"),
            noop("5 s at 3 × the rate"),
        ),
        tuple(_rule_row(kind, name, limit, window_s) for kind, name in RULES),
    )


def _rule_row(kind: Limit, name: str, limit: int, window_s: float) -> tuple[Cell, ...]:
    turn = through_a_turn(kind, limit, window_s)
    passed, asked = through_steadily(kind, limit, window_s)
    return (
        Cell(name),
        Cell(f"{turn:,} / {2 * limit:,}", "bad" if turn >= ALARMING * limit else ""),
        Cell(f"{passed:,} / {asked:,}"),
    )


def rush_sentence(run: Run) -> str:
    """What was asked for in the rush, and what was refused."""
    return _(
        "In the rush about %(asked)d requests a second were asked for, of the %(capacity)d the "
        "API can do. With the limits %(with).1f %% of the customers’ were served, without "
        "%(without).1f %%; %(refused)d of theirs and %(refused_crawler)d of the crawler’s were "
        "refused in the whole run."
    ) % {
        "asked": CUSTOMERS + run.number("crawler"),
        "capacity": CAPACITY,
        "with": run.totals["served_rush"],
        "without": run.totals["served_rush_without"],
        "refused": run.totals["refused_customers"],
        "refused_crawler": run.totals["refused_crawler"],
    }


def slow_sentence(totals: Mapping[str, float]) -> str:
    """What waited while the API was slow, and who was served."""
    speed = CAPACITY / SLOWDOWN
    return _(
        "While the API could do %(speed)d a second, up to %(waiting)d requests waited, which is "
        "%(wait).1f s of work, and %(with).1f %% of the customers’ were served in time (without "
        "limits: %(waiting_without)d, and %(without).1f %%)."
    ) % {
        "speed": speed,
        "waiting": totals["waiting_slow"],
        "wait": totals["waiting_slow"] / speed,
        "with": totals["served_slow"],
        "waiting_without": totals["waiting_slow_without"],
        "without": totals["served_slow_without"],
    }


def rule_sentence(run: Run) -> str:
    """What the chosen rule lets through."""
    kind, limit, window_s = (
        Limit(str(run.parameters["rule"])),
        int(run.number("limit")),
        run.number("window_s"),
    )
    sentence = {
        Limit.NONE: noop("No rate is limited: only a full queue makes the API refuse anything."),
        Limit.FIXED: noop(
            "A fixed window of %(limit)d per %(window)g s lets %(turn)d through within "
            "%(reach)g s when its end and the next one’s beginning are used to the full."
        ),
        Limit.SLIDING: noop(
            "A sliding window lets no more than %(limit)d through in any %(window)g s, at the "
            "price of remembering each of them."
        ),
        Limit.BUCKET: noop(
            "A token bucket lets %(limit)d through at once and then %(rate).3g a second: "
            "%(passed)d of %(asked)d in 5 s at three times that rate."
        ),
    }[kind]
    passed, asked = through_steadily(kind, limit, window_s)
    if kind is Limit.BUCKET and not asked:
        sentence = noop(
            "A token bucket lets %(limit)d through at once and then %(rate).3g a second."
        )
    counted = kind is not Limit.NONE and run.parameters["scope"] == EACH
    each = _("Each client is counted on its own.") if counted else ""
    numbers = {
        "limit": limit,
        "window": window_s,
        "turn": through_a_turn(kind, limit, window_s),
        "reach": min(2.0, window_s),
        "rate": limit / window_s,
        "passed": passed,
        "asked": asked,
    }
    return f"{_(sentence) % numbers} {each}".rstrip()
