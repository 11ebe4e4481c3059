"""Event sourcing: many clerks book on one account at the same time.

Without the pattern the account is one row that holds its balance: whoever writes last, wins.
With it the account is a stream of events; a writer appends to the version it has read, or is
rejected and reads again. A booking is *right* when the account keeps it and its decision was
made on the balance that it changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    Cell,
    Challenge,
    Curve,
    Half,
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
from labs.catalog.microservices._bookings import (
    AXIS,
    EVENT_BYTES,
    SNAPSHOT_BYTES,
    Bookings,
    Streaming,
    drawn,
    on_a_row,
    on_a_stream,
)
from simulation import EventLog

CHECKED, UNCHECKED = "version", "none"
YOURS = Cell("●", "good")
INTERVALS = {
    0: lazy("never"),
    5000: lazy("every 5,000 events"),
    2000: lazy("every 2,000 events"),
    1000: lazy("every 1,000 events"),
    500: lazy("every 500 events"),
    100: lazy("every 100 events"),
    50: lazy("every 50 events"),
    10: lazy("every 10 events"),
}

EVENT_TEXTS = {
    "rejected": noop("append rejected: it expects version %(expected)d, but that is %(actual)d"),
    "refused": noop("refused: rejected at attempt %(attempts)d, the last"),
    "snapshot": noop("Snapshot at version %(version)d"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults check versions, but load slowly and give up soon."""

    rate: int = parameter(
        8,
        label=lazy("Bookings on the account"),
        unit="requests/s",
        minimum=1,
        maximum=20,
        step=1,
        help=lazy("All of them change the same balance."),
    )
    decide_ms: int = parameter(
        50,
        label=lazy("Time to decide"),
        unit="ms",
        minimum=0,
        maximum=200,
        step=10,
        help=lazy("From the balance read to the write: rules, a limit, a call to another service."),
    )
    history: int = parameter(
        10_000,
        label=lazy("Events in the stream"),
        unit="events",
        minimum=0,
        maximum=20_000,
        step=500,
        help=lazy("How many there are at the start. Each booking adds one."),
    )
    event_us: int = parameter(
        20,
        label=lazy("Time to apply one event"),
        unit="µs",
        minimum=5,
        maximum=100,
        step=5,
        help=lazy("10,000 events at 20 µs take 0.2 s. Events in old forms cost more."),
    )
    snapshot_every: int = parameter(
        2000,
        label=lazy("Snapshot"),
        choices=INTERVALS,
        help=lazy("A load begins with the last snapshot. One takes 20,000 B, an event 200 B."),
    )
    check: str = parameter(
        CHECKED,
        label=lazy("Condition for an append"),
        choices={
            CHECKED: lazy("the version that was read"),
            UNCHECKED: lazy("none, as in a plain log"),
        },
        help=lazy("With the condition, one of two writers on the same version is rejected."),
    )
    attempts: int = parameter(
        2,
        label=lazy("Attempts per booking"),
        unit="attempts",
        minimum=1,
        maximum=10,
        step=1,
        help=lazy("A rejected booking loads the balance and decides again, at once."),
    )


def _streaming(parameters: Parameters) -> Streaming:
    return Streaming(
        history=parameters.history,
        event_s=parameters.event_us / 1_000_000,
        snapshot_every=parameters.snapshot_every,
        checked=parameters.check == CHECKED,
    )


def _growth_b(snapshot_every: int) -> int:
    """Bytes that one booking adds to the store, in the long run."""
    return EVENT_BYTES + (SNAPSHOT_BYTES // snapshot_every if snapshot_every else 0)


def _interval_table(parameters: Parameters, events: int) -> Table:
    rows = []
    for every in INTERVALS:
        most = min(events, every - 1) if every else events
        replay_ms = most * parameters.event_us / 1000
        rows.append(
            (
                Cell(f"{every:,}" if every else noop("never")),
                Cell(f"{most:,}"),
                Cell(f"{replay_ms:,.1f}"),
                Cell(f"{_growth_b(every):,}"),
                YOURS if every == parameters.snapshot_every else Cell(""),
            )
        )
    head = (
        noop("Snapshot every … events"),
        noop("Events replayed at most"),
        noop("Replay, ms"),
        noop("Growth per booking, B"),
        noop("Your setting"),
    )
    return Table("intervals", noop("What a snapshot saves, and what it costs"), head, tuple(rows))


def _rejected_share(run: Run) -> str:
    share = run.totals["rejected_share"]
    return "half" if share < 50.0 else "more" if share < 70.0 else "most"


class EventSourcingLab(Lab[Parameters]):
    """Many clerks, one balance: a row that forgets against a stream that checks versions."""

    slug = "event-sourcing"
    title = lazy("Many clerks book on one balance")
    pattern = lazy("Event sourcing")
    group = lazy("Data")
    version = 1
    summary = lazy(
        "Clerks read a balance, decide, and write. A row keeps only what was written last and "
        "loses bookings without a word. A stream of events loses none, but its balance must be "
        "worked out first, and that takes time in which the stream moves on."
    )
    parameters = Parameters
    presets = {
        "every-100": Preset(
            lazy("Snapshot every 100"),
            Parameters(snapshot_every=100, attempts=5),
            lazy("A common practice: replay never takes more than 100 events, here 2 ms."),
        ),
        "no-snapshots": Preset(
            lazy("No snapshots"),
            Parameters(snapshot_every=0, attempts=5),
            lazy("Each load replays the whole stream: 0.2 s for 10,000 events."),
        ),
        "broker": Preset(
            lazy("Broker as the store"),
            Parameters(check=UNCHECKED, snapshot_every=100),
            lazy(
                "Brokers usually offer no append on the condition of a version. Nothing is lost, "
                "yet decisions rest on old balances."
            ),
        ),
        "quiet": Preset(
            lazy("Quiet account"),
            Parameters(rate=1, history=500, snapshot_every=0),
            lazy("A short stream with few writers needs neither snapshots nor many attempts."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("wrong", noop("Bookings gone wrong so far"), noop("bookings")),
        Curve("load", noop("Mean time to load the balance"), "ms"),
        Curve("rejections", noop("Appends rejected"), noop("appends/s")),
        Curve("p95", noop("95 % settled within"), "ms"),
    )
    readings = (
        Reading("right", noop("Bookings that are right"), "%", "up"),
        Reading("overwritten", noop("Bookings overwritten, unnoticed"), "", "down"),
        Reading("refused", noop("Refused after the last attempt"), "", "down"),
        Reading("most_replay_ms", noop("Longest replay"), "ms", "down"),
        Reading("p99_ms", noop("99 % settled within"), "ms", "down"),
        Reading("growth_b", noop("Growth of the store per booking"), "B", "down"),
    )
    challenges = (
        Challenge(
            "none-lost-none-refused",
            lazy("None lost, none refused"),
            lazy(
                "With at least 8 bookings/s, 50 ms to decide and 10,000 events in the stream, get "
                "98 % of bookings right, and let no load replay events for more than 2 ms."
            ),
            "easy",
            (
                at_least("rate", 8, "requests/s", lazy("At least 8 bookings/s")),
                at_least("decide_ms", 50, "ms", lazy("At least 50 ms to decide")),
                at_least("history", 10_000, "", lazy("At least 10,000 events in the stream")),
                at_least("right", 98.0, "%", lazy("At least 98 % of bookings are right")),
                at_most("most_replay_ms", 2.0, "ms", lazy("No replay takes more than 2 ms")),
            ),
        ),
        Challenge(
            "busy-and-old",
            lazy("Busy, and full of old events"),
            lazy(
                "At least 8 bookings/s and 50 ms to decide, but each event now takes at least 100 "
                "µs. Get 94 % of bookings right, book or refuse 99 % of them within 550 ms, and "
                "let the store grow by no more than 1,000 B per booking."
            ),
            "hard",
            (
                at_least("rate", 8, "requests/s", lazy("At least 8 bookings/s")),
                at_least("decide_ms", 50, "ms", lazy("At least 50 ms to decide")),
                at_least("event_us", 100, "µs", lazy("At least 100 µs to apply an event")),
                at_least("right", 94.0, "%", lazy("At least 94 % of bookings are right")),
                at_most("p99_ms", 550.0, "ms", lazy("99 % are settled within 550 ms")),
                at_most(
                    "growth_b", 1000.0, "B", lazy("The store grows by at most 1,000 B per booking")
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Take no snapshots: each load then replays more than 10,000 events, 0.2 s instead of "
            "about 0.02 s. What share of all appends will be rejected?"
        ),
        (
            Option("half", lazy("Less than 50 %, about as now")),
            Option("more", lazy("From 50 % up to 70 %")),
            Option("most", lazy("70 % or more")),
        ),
        Parameters(snapshot_every=0),
        _rejected_share,
        lambda run: (
            _(
                "%(rejected_share).1f %% of appends were rejected: while a writer replays, others "
                "append, and the version it has read is old before it can write."
            )
            % run.totals
        ),
    )

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute of bookings on a stream, or on a row."""
        arrivals = drawn(seed, rate=parameters.rate, decide_s=parameters.decide_ms / 1000)
        log = EventLog()
        if not protected:
            bookings, row = on_a_row(arrivals)
            kept = {"overwritten": row.overwritten, "stale": row.stale, "growth_b": 0}
            return _half(bookings, kept, log)
        settings = _streaming(parameters)
        bookings, stream = on_a_stream(arrivals, settings, attempts=parameters.attempts, log=log)
        kept = {
            "overwritten": 0,
            "stale": stream.stale,
            "growth_b": _growth_b(settings.snapshot_every),
            "most_replayed": max(stream.replayed, default=0),
            "snapshots": stream.snapshots,
        }
        table = _interval_table(parameters, stream.version)
        return _half(bookings, kept, log, (table,))

    def explain(self, run: Run) -> Sequence[str]:
        """What the row lost, what the stream made of the same bookings, and what a load cost."""
        return [_row_sentence(run), _stream_sentence(run), _replay_sentence(run)]


def _half(
    bookings: Bookings, kept: Mapping[str, int], log: EventLog, tables: Sequence[Table] = ()
) -> Half:
    curves = {
        "wrong": bookings.wrong,
        "load": bookings.load_ms,
        "rejections": AXIS.per_second(bookings.rejections),
        "p95": AXIS.p95_ms(bookings.ledger),
    }
    totals = bookings.totals() | {name: float(number) for name, number in kept.items()}
    return Half(curves, totals, log, tables)


def _row_sentence(run: Run) -> str:
    if run.totals["overwritten_without"]:
        return (
            _(
                "In the row, writers who had read an older balance overwrote "
                "%(overwritten_without)d of %(bookings)d bookings, and nobody was told."
            )
            % run.totals
        )
    return (
        _("In the row, none of %(bookings)d bookings was overwritten: no two of them met.")
        % run.totals
    )


def _stream_sentence(run: Run) -> str:
    numbers = {**run.totals, "attempts": run.parameters["attempts"]}
    if run.parameters["check"] == UNCHECKED:
        sentence = noop(
            "The stream kept every booking, but appended without a condition. Decided on a "
            "balance that had already changed: %(stale)d of %(bookings)d."
        )
    elif run.totals["rejected"]:
        return (
            ngettext(
                "The stream rejected %(rejected)d of %(tries)d appends because its version had "
                "moved on; refused for good, with one attempt each: %(refused)d of %(bookings)d "
                "bookings.",
                "The stream rejected %(rejected)d of %(tries)d appends because its version had "
                "moved on; refused for good, after %(attempts)d attempts each: %(refused)d of "
                "%(bookings)d bookings.",
                int(numbers["attempts"]),
            )
            % numbers
        )
    else:
        sentence = noop("The stream rejected none of %(tries)d appends and kept every booking.")
    return _(sentence) % numbers


def _replay_sentence(run: Run) -> str:
    numbers = {**run.totals, "event_us": run.parameters["event_us"]}
    every = run.parameters["snapshot_every"]
    sentence = (
        noop(
            "A load replayed what had come since the last snapshot: at most %(most_replayed)d "
            "events at %(event_us)d µs, %(most_replay_ms).2f ms, and on average "
            "%(mean_replay_ms).2f ms."
        )
        if every
        else noop(
            "Without snapshots a load replayed the whole stream: at most %(most_replayed)d events "
            "at %(event_us)d µs, %(most_replay_ms).2f ms, and on average %(mean_replay_ms).2f ms."
        )
    )
    return _(sentence) % numbers


LAB = EventSourcingLab()
