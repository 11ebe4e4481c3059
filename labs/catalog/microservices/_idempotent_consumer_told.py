"""What the consumer lab tells of its orders, in the log, in a table and in sentences."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import Cell, Run, Table
from labs.catalog.microservices._deliveries import (
    ACK,
    CAUSES,
    FORGOTTEN,
    KILLED,
    ORDERS,
    OTHER_KEY,
    RACE,
    RATE,
    REPLAY,
    SENDER,
    SLOW,
    UNRECORDED,
    Order,
)
from simulation import EventLog

HOUR_S = 3600
DAY_S = 24 * HOUR_S
TOLD_PER_KIND = 8  # orders of one kind the event log tells of; the others are counted
CAUSE_TEXTS = {
    SENDER: noop("sent again"),
    SLOW: noop("still at work"),
    ACK: noop("answer lost"),
    KILLED: noop("consumer killed"),
    REPLAY: noop("replayed"),
}
COMES = {
    SENDER: noop("within 20 s"),
    SLOW: noop("at the timeout"),
    ACK: noop("at the timeout"),
    KILLED: noop("at the timeout"),
    REPLAY: noop("much later"),
}
EVENT_TEXTS = {
    RACE: noop("order %(order)d is charged again: the copy came before the key was recorded"),
    FORGOTTEN: noop("order %(order)d is charged again: its key had been forgotten"),
    OTHER_KEY: noop("order %(order)d is charged again: the copy had another key"),
    UNRECORDED: noop("order %(order)d is charged again: killed before the key was recorded"),
    "never": noop("order %(order)d is never charged: its key was recorded, then came the kill"),
}
REASON_TEXTS = {
    "races": noop("the copy came before the key was recorded"),
    "forgotten": noop("the key had been forgotten"),
    "other_key": noop("the copy had another key"),
    "unrecorded": noop("the consumer was killed before recording"),
    "never": noop("the key was recorded, but the charge never made"),
}
TTL_TEXTS = {
    10: lazy("10 s"),
    30: lazy("30 s"),
    60: lazy("1 min"),
    600: lazy("10 min"),
    HOUR_S: lazy("1 h"),
    DAY_S: lazy("24 h"),
    7 * DAY_S: lazy("7 days"),
}


def log_of(orders: Sequence[Order]) -> EventLog:
    """The first few orders of each fate, in order of time."""
    told: list[tuple[float, str, int]] = []
    for one in orders:
        sent_s = one.number / RATE
        told += [(sent_s + effect.at, effect.reason, one.number) for effect in one.extra]
        if not one.effects:
            told.append((sent_s, "never", one.number))
    log = EventLog()
    counts = dict.fromkeys(EVENT_TEXTS, 0)
    for time_s, kind, number in sorted(told):
        counts[kind] += 1
        if counts[kind] <= TOLD_PER_KIND:
            log.add(time_s, "consumer", kind, order=number + 1)
    log.left_out += sum(max(0, count - TOLD_PER_KIND) for count in counts.values())
    return log


def copies_table(counted: Mapping[str, Mapping[str, int]]) -> Table:
    """Why copies came, and what the consumer made of them."""
    head = (
        noop("Copy"),
        noop("Comes"),
        noop("Delivered"),
        noop("Recognised"),
        noop("Wrong charges"),
    )
    rows = tuple(_row(cause, counted) for cause in CAUSES)
    return Table("copies", noop("Copies and what the consumer made of them"), head, rows)


def _row(cause: str, counted: Mapping[str, Mapping[str, int]]) -> tuple[Cell, ...]:
    wrong = counted["wrong"][cause]
    return (
        Cell(CAUSE_TEXTS[cause]),
        Cell(COMES[cause]),
        Cell(str(counted["copies"][cause])),
        Cell(str(counted["recognised"][cause])),
        Cell(str(wrong), "bad" if wrong else "good"),
    )


def copies_sentence(totals: dict[str, float]) -> str:
    """How many copies came, and what they led to without keys."""
    numbers = totals | {"orders": f"{ORDERS:,}"}
    if not totals["copies_without"]:
        return _("%(orders)s orders came, each of them once.") % numbers
    return (
        _(
            "Without the pattern, copies delivered on top of %(orders)s orders: "
            "%(copies_without)d; extra charges they led to: %(twice_without)d."
        )
        % numbers
    )


def wrong_sentence(totals: dict[str, float]) -> str:
    """What went wrong with keys, and why."""
    if not totals["wrong"]:
        return _("With it every order was charged exactly once.")
    reasons = [
        _("%(reason)s (%(count)d)") % {"reason": _(text), "count": totals[name]}
        for name, text in REASON_TEXTS.items()
        if totals[name]
    ]
    numbers = {"wrong": totals["wrong"], "reasons": "; ".join(reasons)}
    return _("With it %(wrong)d went wrong: %(reasons)s.") % numbers


def memory_sentence(run: Run) -> str:
    """What remembering the keys costs."""
    numbers = {
        "rate": RATE,
        "ttl": TTL_TEXTS[int(run.number("ttl"))],
        "keys": f"{run.totals['keys']:,.0f}",
        "copy": _duration(run.totals["latest_copy_s"]),
    }
    if not run.totals["copies"]:
        return _("%(rate)d orders a second leave %(keys)s keys in %(ttl)s.") % numbers
    return (
        _(
            "The latest copy came %(copy)s after the first delivery; keys are kept for %(ttl)s, "
            "which at %(rate)d orders a second makes %(keys)s of them."
        )
        % numbers
    )


def _duration(seconds: float) -> str:
    if seconds < 120.0:
        return _("%(number).0f s") % {"number": seconds}
    if seconds < 2 * HOUR_S:
        return _("%(number).0f min") % {"number": seconds / 60}
    return _("%(number).1f h") % {"number": seconds / HOUR_S}
