"""Transactional outbox: an order goes to the database, its event to a broker, and one is killed.

*Without the pattern* the process that takes the order writes to both, one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Axis,
    Challenge,
    Curve,
    Finding,
    Half,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._dual_write import (
    DOWN_S,
    POINTS,
    Books,
    World,
    dual_write,
    outbox,
    world,
)
from labs.catalog.microservices._outbox_told import (
    again_sentence,
    delay_sentence,
    points_table,
    wrong_sentence,
)
from simulation import percentile

AXIS = Axis(width_s=0.5, count=120)
EACH = "each"

EVENT_TEXTS = {
    "down begins": noop("takes no events"),
    "down ends": noop("takes events again"),
    "killed 1": noop("killed before the commit: order %(order)d is not saved, nor is its event"),
    "killed 2": noop("killed after the commit: the event of order %(order)d is in the outbox"),
    "killed 3": noop("killed after sending, before marking; events that will go again: %(count)d"),
    "killed 4": noop("killed after marking; events of the batch that are done: %(count)d"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults poll seldom and in large batches."""

    rate: int = parameter(
        10,
        label=lazy("Order rate"),
        unit="requests/s",
        minimum=2,
        maximum=50,
        step=1,
        help=lazy("Orders come at random for 50 s; each one needs its event."),
    )
    naive: str = parameter(
        "commit",
        label=lazy("Without the outbox"),
        choices={"commit": lazy("commit, then publish"), "publish": lazy("publish, then commit")},
        help=lazy("Which of the two writes comes first when nothing joins them."),
    )
    outage_s: int = parameter(
        10,
        label=lazy("Broker down"),
        unit="s",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("From 10 s on, the broker takes no events for this long."),
    )
    crashes: int = parameter(
        12,
        label=lazy("Processes killed"),
        unit="",
        minimum=0,
        maximum=40,
        step=1,
        help=lazy("At random times in the 50 s; each kill hits one order or the relay’s batch."),
    )
    crash_at: str = parameter(
        EACH,
        label=lazy("Killed"),
        choices={
            EACH: lazy("at each point in turn"),
            "1": lazy("before the first write"),
            "2": lazy("after the first write"),
            "3": lazy("after the second write"),
            "4": lazy("after the third write"),
        },
        help=lazy("With the outbox the three writes are commit, publish, mark as sent."),
    )
    poll_s: float = parameter(
        2.0,
        label=lazy("Poll interval"),
        unit="s",
        minimum=0.1,
        maximum=10.0,
        step=0.1,
        help=lazy("How often the relay looks for events; each look is a call to the database."),
    )
    batch: int = parameter(
        100,
        label=lazy("Batch"),
        unit="events",
        minimum=1,
        maximum=100,
        step=1,
        help=lazy("Events the relay reads and marks at once; after a full batch it reads on."),
    )


def _world(parameters: Parameters, seed: int) -> World:
    chosen = parameters.crash_at
    return world(
        seed,
        rate=parameters.rate,
        outage_s=parameters.outage_s,
        kills=parameters.crashes,
        points=POINTS if chosen == EACH else (int(chosen),),
    )


def _killed_before_marking(run: Run) -> Finding:
    chosen = str(run.parameters["crash_at"])
    return Finding(
        _("Every kill comes after the second write, before the mark"),
        _("at each point in turn")
        if chosen == EACH
        else _("point %(number)s") % {"number": chosen},
        chosen == "3",
    )


def _repeats(run: Run) -> str:
    again = run.totals["again"]
    return "none" if again == 0 else "one" if again <= run.number("crashes") else "many"


RATE = at_least("rate", 10, "requests/s", lazy("At least 10 orders arrive per second"))
OUTAGE = at_least("outage_s", 10, "s", lazy("The broker is down for at least 10 s"))


class OutboxLab(Lab[Parameters]):
    """Two writes that belong together, and a process that may die between them."""

    slug = "outbox"
    title = lazy("The order is saved, its event is gone")
    pattern = lazy("Transactional outbox")
    group = lazy("Data")
    version = 1
    summary = lazy(
        "A shop saves an order and tells the world about it. Kill the process at each point in "
        "between, take the broker away, and see which events are lost, invented or sent twice."
    )
    parameters = Parameters
    presets = {
        "calm": Preset(
            lazy("Nobody dies"),
            Parameters(outage_s=0, crashes=0),
            lazy("What the outbox costs on a good day: half a poll interval of delay."),
        ),
        "publish-first": Preset(
            lazy("Publish first"),
            Parameters(naive="publish", crashes=20, crash_at="2"),
            lazy("The other order of the two writes, killed between them."),
        ),
        "killed-relay": Preset(
            lazy("The relay dies"),
            Parameters(crashes=20, crash_at="4", poll_s=1.0),
            lazy("Twenty kills, each just after a mark: the relay’s best moment to die."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("disagreeing", noop("Orders and events without each other"), ""),
        Curve("delay", noop("From order to event, mean"), "ms"),
        Curve("again", noop("Events sent again so far"), ""),
    )
    readings = (
        Reading("lost", noop("Events lost"), "", "down"),
        Reading("invented", noop("Events invented"), "", "down"),
        Reading("again", noop("Events sent again"), "", "down"),
        Reading("refused", noop("Orders not taken"), "", "down"),
        Reading("median_ms", noop("Half of the events are out within"), "ms", "down"),
        Reading("calls", noop("Database calls of the relay"), "", "down"),
    )
    challenges = (
        Challenge(
            "soon-enough",
            lazy("Soon, but not by hammering"),
            lazy(
                "At 10 orders a second or more and with the broker down for at least 10 s, get "
                "half of the events out within 0.9 s, with at most 150 database calls of the relay."
            ),
            "easy",
            (
                RATE,
                OUTAGE,
                at_most("median_ms", 900, "ms", lazy("Half of the events are out within 900 ms")),
                at_most("calls", 150, "", lazy("The relay makes at most 150 database calls")),
            ),
        ),
        Challenge(
            "few-repeats",
            lazy("Soon, and seldom twice"),
            lazy(
                "At 10 orders a second or more, with the broker down for at least 10 s and at "
                "least 12 kills, all between sending and marking: get half of the events out "
                "within 1 s, send at most 50 again, and make at most 300 database calls."
            ),
            "hard",
            (
                RATE,
                OUTAGE,
                at_least("crashes", 12, "", lazy("At least 12 processes are killed")),
                _killed_before_marking,
                at_most(
                    "median_ms", 1000, "ms", lazy("Half of the events are out within 1,000 ms")
                ),
                at_most("again", 50, "", lazy("At most 50 events are sent again")),
                at_most("calls", 300, "", lazy("The relay makes at most 300 database calls")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "The relay is killed twelve times, always after sending and before marking what it "
            "sent. It polls every 2 s and marks up to 100 events at once. How many events does "
            "it send again?"
        ),
        (
            Option("none", lazy("None: an outbox delivers exactly once")),
            Option("one", lazy("Between 1 and 12: one per kill at most")),
            Option("many", lazy("More than 12")),
        ),
        Parameters(crash_at="3"),
        _repeats,
        lambda run: (
            _(
                "%(again)d events went out again: a kill leaves everything unmarked that the batch "
                "had sent so far."
            )
            % dict(run.totals)
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The outage of the broker, if there is one."""
        if not parameters.outage_s:
            return ()
        return (Interval(DOWN_S, DOWN_S + parameters.outage_s, noop("broker down")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """A minute of orders and events, with the outbox or with two writes."""
        these = _world(parameters, seed)
        if protected:
            books = outbox(these, poll_s=parameters.poll_s, batch=parameters.batch)
        else:
            books = dual_write(parameters.naive, these)
        curves = {
            "disagreeing": books.disagreeing(AXIS.times),
            "delay": _delays(books),
            "again": tuple(float(sum(at <= end for at in books.copies)) for end in AXIS.times),
        }
        return Half(curves, _totals(books), books.log, (points_table(these),))

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """What theory expects of the poll interval."""
        return {"half_interval_s": parameters.poll_s / 2}

    def explain(self, run: Run) -> Sequence[str]:
        """What two writes lost or invented, what the outbox repeated, and what it costs."""
        totals = dict(run.totals)
        return [wrong_sentence(totals), again_sentence(totals), delay_sentence(run)]


def _totals(books: Books) -> dict[str, float]:
    pairs = list(zip(books.saved, books.sent, strict=True))
    unsent = sum(saved < inf and sent == inf for saved, sent in pairs)
    waits = sorted(wait for _saved, wait in books.waits())
    return {
        "orders": float(len(pairs)),
        "saved": float(sum(saved < inf for saved, _sent in pairs)),
        "lost": 0.0 if books.relayed else float(unsent),
        "waiting": float(unsent) if books.relayed else 0.0,
        "invented": float(sum(saved == inf and sent < inf for saved, sent in pairs)),
        "again": float(len(books.copies)),
        "refused": float(sum(saved == inf for saved, _sent in pairs)),
        "delay_ms": 1000.0 * sum(waits) / len(waits) if waits else 0.0,
        "median_ms": 1000.0 * percentile(waits, 0.5) if waits else 0.0,
        "longest_ms": 1000.0 * max(waits, default=0.0),
        "calls": float(books.calls),
    }


def _delays(books: Books) -> tuple[float | None, ...]:
    """Mean milliseconds from order to event, by when the order was saved."""
    sums, counts = [0.0] * AXIS.count, [0] * AXIS.count
    for saved, wait in books.waits():
        index = int(saved / AXIS.width_s)
        sums[index] += 1000.0 * wait
        counts[index] += 1
    return tuple(
        whole / count if count else None for whole, count in zip(sums, counts, strict=True)
    )


LAB = OutboxLab()
