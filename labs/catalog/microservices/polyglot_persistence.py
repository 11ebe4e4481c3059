"""Polyglot persistence: one primary store, and copies of its data in stores made for a purpose.

*Without the pattern* here means without its plumbing: the request writes to every store itself
(dual writes). With it an outbox or the primary's log feeds the copies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    TO_THE_END,
    Challenge,
    Curve,
    Cut,
    Half,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Table,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._polyglot_persistence_told import (
    crash_table,
    direct_sentence,
    price_sentence,
    relay_sentence,
)
from labs.catalog.microservices._store_copies import (
    AXIS,
    END_S,
    OUTAGE_S,
    Catalogue,
    Relay,
    Write,
    committed,
    drawn,
    relayed,
    tell,
    written_directly,
)
from simulation import EventLog

POLLED, LOGGED = "outbox", "log"
ANY, NEWER = "any", "newer"
LOG_SYSTEMS = 2  # a connector that reads the log, and a broker
NORMAL_UNTIL_S = OUTAGE_S - 5.0  # a change made later may be polled in the outage

EVENT_TEXTS = {
    "crash 1": noop("crashes before the commit: no store has the change"),
    "crash 2": noop("crashes after the commit, before any copy has the change"),
    "crash 3": noop("crashes after the first copy has the change"),
    "crash 4": noop("crashes after all copies have the change, before it says so"),
    "down": noop("cannot be reached"),
    "up": noop("can be reached again"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults lose nothing, but are late and let changes overtake others."""

    copies: int = parameter(
        2,
        label=lazy("Stores beside the primary"),
        unit="stores",
        minimum=1,
        maximum=4,
        step=1,
        help=lazy("In this order: search index, key-value store, graph, time series."),
    )
    crashes: int = parameter(
        10,
        label=lazy("Requests that crash"),
        unit="per 1,000",
        minimum=0,
        maximum=50,
        step=1,
        help=lazy("At one of four points of their work, by equal chance."),
    )
    outage_s: int = parameter(
        10,
        label=lazy("Outage of the search index"),
        unit="s",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("Begins at 20 s."),
    )
    source: str = parameter(
        POLLED,
        label=lazy("Changes come from"),
        choices={
            POLLED: lazy("an outbox table, by polling"),
            LOGGED: lazy("the primary’s log, through a broker"),
        },
        help=lazy("Reading the log takes 50 ms and two more systems, and no polls."),
    )
    poll_ms: int = parameter(
        1000,
        label=lazy("Poll interval"),
        unit="ms",
        minimum=50,
        maximum=5000,
        step=50,
        help=lazy("Adds half of itself to the delay, on average. No effect on the log."),
    )
    workers: int = parameter(
        2,
        label=lazy("Workers per copy"),
        unit="workers",
        minimum=1,
        maximum=8,
        step=1,
        help=lazy("Deliveries to one copy at the same time. One worker does about 35 a second."),
    )
    accepts: str = parameter(
        ANY,
        label=lazy("A copy accepts"),
        choices={ANY: lazy("whatever comes"), NEWER: lazy("only newer versions")},
        help=lazy("Changes may come twice, and with several workers out of order."),
    )


def _relay(parameters: Parameters) -> Relay:
    poll_s = parameters.poll_ms / 1000 if parameters.source == POLLED else None
    return Relay(poll_s, parameters.workers)


def _polls_per_minute(parameters: Parameters) -> float:
    return 60_000 / parameters.poll_ms if parameters.source == POLLED else 0.0


SAME_AT_END = at_most("wrong", 0, "", lazy("No copy differs from the primary at the end"))
NEVER_BACK = at_most("steps_back", 0, "", lazy("No copy ever goes back to an older state"))
CAUGHT_UP = at_most(
    "recovery_s", 2.5, "s", lazy("Changes of the outage are copied within 2.5 s of its end")
)
LONG_OUTAGE = at_least("outage_s", 10, "s", lazy("The outage lasts at least 10 s"))
CRASHES = at_least("crashes", 10, "per 1,000", lazy("At least 10 of 1,000 requests crash"))


def _how_often_back(run: Run) -> str:
    steps = run.totals["steps_back"]
    return "never" if steps == 0 else "few" if steps <= 5 else "many"


class PolyglotPersistenceLab(Lab[Parameters]):
    """A catalogue in several stores, and who brings them the changes."""

    slug = "polyglot-persistence"
    title = lazy("The search index that disagrees")
    pattern = lazy("Polyglot persistence")
    group = lazy("Data")
    version = 2
    summary = lazy(
        "A catalogue lives in a primary store, with copies where they are searched and ranked. "
        "Requests that write to every store themselves leave copies that stay wrong after a "
        "crash or an outage. An outbox loses nothing, but it is late, and it may repeat itself."
    )
    parameters = Parameters
    presets = {
        "search-only": Preset(
            lazy("One search index"),
            Parameters(copies=1, accepts=NEWER),
            lazy("The usual first step: two systems, one relay that polls each second."),
        ),
        "log": Preset(
            lazy("Log-based capture"),
            Parameters(source=LOGGED, workers=4, accepts=NEWER),
            lazy("A connector reads the primary’s log. Fast, and two more systems to run."),
        ),
        "parallel": Preset(
            lazy("Parallel relay"),
            Parameters(workers=8, poll_ms=500),
            lazy("Eight workers and copies that take whatever comes: changes overtake each other."),
        ),
        "calm": Preset(
            lazy("No crash, no outage"),
            Parameters(crashes=0, outage_s=0),
            lazy("As long as nothing fails, writing to every store at once is faster."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("differing", noop("Product copies that differ from the primary"), ""),
        Curve("wait", noop("Mean time until a copy has a change"), "ms"),
        Curve("back", noop("Copies going back to an older state"), noop("times/s")),
    )
    readings = (
        Reading("wrong", noop("Product copies wrong at the end"), "", "down"),
        Reading("recovery_s", noop("Changes of the outage missing for"), "s", "down"),
        Reading("normal_ms", noop("Normally 95 % copied within"), "ms", "down"),
        Reading("steps_back", noop("Copies gone back to an older state"), "", "down"),
        Reading("systems", noop("Systems to run"), "", "down"),
        Reading("polls", noop("Polls of the primary per minute"), "", "down"),
    )
    challenges = (
        Challenge(
            "agree-again",
            lazy("Agree again, and soon"),
            lazy(
                "With an outage of at least 10 s and 10 crashes in 1,000 requests: no copy wrong "
                "at the end, none ever gone back to an older state, all changes of the outage "
                "copied within 2.5 s of its end, and 95 % of the changes made before 15 s copied "
                "within 700 ms."
            ),
            "easy",
            (
                LONG_OUTAGE,
                CRASHES,
                SAME_AT_END,
                NEVER_BACK,
                CAUGHT_UP,
                at_most("normal_ms", 700.0, "ms", lazy("95 % are normally copied within 700 ms")),
            ),
        ),
        Challenge(
            "few-systems",
            lazy("Three copies, four systems"),
            lazy(
                "With at least 3 copies, an outage of at least 10 s and 10 crashes in 1,000 "
                "requests: nothing wrong, nothing gone back, the outage made up for within 2.5 s, "
                "95 % of the changes before 15 s copied within 800 ms, with at most 4 systems to "
                "run and at most 120 polls a minute."
            ),
            "hard",
            (
                at_least("copies", 3, "stores", lazy("At least 3 stores beside the primary")),
                LONG_OUTAGE,
                CRASHES,
                SAME_AT_END,
                NEVER_BACK,
                CAUGHT_UP,
                at_most("normal_ms", 800.0, "ms", lazy("95 % are normally copied within 800 ms")),
                at_most("systems", 4, "", lazy("At most 4 systems to run")),
                at_most("polls", 120, "", lazy("At most 120 polls a minute")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Eight workers per copy instead of two, so that the relay catches up sooner; copies "
            "accept whatever comes. How often does a copy go back to an older state?"
        ),
        (
            Option("never", lazy("Never: the outbox has the changes in order")),
            Option("few", lazy("One to five times")),
            Option("many", lazy("More than five times")),
        ),
        Parameters(workers=8),
        _how_often_back,
        lambda run: (
            _(
                "Copies went back to an older state %(steps_back)d times: with several workers a "
                "newer change can overtake an older one, and after a crash changes come again."
            )
            % {**run.totals}
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The outage, if there is one."""
        if not parameters.outage_s:
            return ()
        end_s = OUTAGE_S + parameters.outage_s
        return (Interval(OUTAGE_S, end_s, noop("search index out of reach")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the outage."""
        return {"recovery_s": Cut(END_S - OUTAGE_S - run.number("outage_s"), TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute of changes, sent by a relay or written to every store by the request."""
        writes = drawn(seed, crashes=parameters.crashes / 1000)
        return (
            _relayed(parameters, seed, writes) if protected else _direct(parameters, seed, writes)
        )

    def explain(self, run: Run) -> Sequence[str]:
        """What dual writes left behind, what the relay made of it, and at what price."""
        return [direct_sentence(run), relay_sentence(run), price_sentence(run)]


def _direct(parameters: Parameters, seed: int, writes: Sequence[Write]) -> Half:
    changes = committed(writes)
    arrivals, missed = written_directly(
        changes, seed=seed, copies=parameters.copies, outage_s=parameters.outage_s
    )
    found = Catalogue(changes, arrivals, copies=parameters.copies, only_newer=False)
    more = {
        "missed_crash": missed.crash,
        "missed_outage": missed.outage,
        "systems": 1 + parameters.copies,
        "polls": 0,
    }
    return _half(parameters, found, {"writes": len(writes), "changes": len(changes), **more})


def _relayed(parameters: Parameters, seed: int, writes: Sequence[Write]) -> Half:
    changes, log = committed(writes), EventLog()
    arrivals, resent = relayed(
        changes,
        _relay(parameters),
        seed=seed,
        copies=parameters.copies,
        outage_s=parameters.outage_s,
    )
    newer = parameters.accepts == NEWER
    found = Catalogue(changes, arrivals, copies=parameters.copies, only_newer=newer)
    tell(log, writes, outage_s=parameters.outage_s)
    more = {
        "resent": resent,
        "late": found.unsent,
        "systems": 1 + parameters.copies + (LOG_SYSTEMS if parameters.source == LOGGED else 0),
        "polls": _polls_per_minute(parameters),
    }
    numbers = {"writes": len(writes), "changes": len(changes), **more}
    return _half(parameters, found, numbers, log, (crash_table(),))


def _half(
    parameters: Parameters,
    found: Catalogue,
    numbers: Mapping[str, float],
    log: EventLog | None = None,
    tables: Sequence[Table] = (),
) -> Half:
    curves = {
        "differing": found.differing,
        "wait": found.mean_wait_ms(),
        "back": AXIS.per_second(one.at_s for one in found.steps_back),
    }
    totals = {name: float(number) for name, number in numbers.items()}
    totals |= {
        "wrong": float(found.wrong),
        "recovery_s": found.recovery_s(parameters.outage_s),
        "normal_ms": 1000.0 * found.within_s(0.95, until_s=NORMAL_UNTIL_S),
        "steps_back": float(len(found.steps_back)),
        "differing_most": max(found.differing),
    }
    return Half(curves, totals, log or EventLog(), tables)


LAB = PolyglotPersistenceLab()
