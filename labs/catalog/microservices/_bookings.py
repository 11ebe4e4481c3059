"""Bookings on one account, kept as one row or as a stream of events: the model behind its lab.

Every booking loads the balance, takes its time to decide, and writes. Whatever others wrote
meanwhile makes its decision *stale*. A row simply takes the new value, and with it loses what
was written in between; a stream can ask that its version be the one the writer has read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import NamedTuple, Protocol

from labs.readings import Axis, p99_ms
from simulation import EventLog, Gauge, Ledger, Outcome, Simulator, Streams

AXIS = Axis(width_s=0.5, count=120)
DURATION_S = 60.0
TRIP_S = 0.001  # to the store and back, for each read and each write
SPREAD = 0.3  # of the log-normal time a decision takes
EVENT_BYTES = 200
SNAPSHOT_BYTES = 20_000
MOST_EVENTS = 100_000  # of the engine; the busiest parameters need a third of that


class Arrival(NamedTuple):
    """One booking: when it is asked for, and how long its decision takes each time."""

    at_s: float
    decide_s: float


@dataclass(frozen=True, slots=True)
class Streaming:
    """How a stream is kept; `snapshot_every` 0 means never."""

    history: int
    event_s: float
    snapshot_every: int
    checked: bool


class Store(Protocol):
    """Where bookings go."""

    def read(self) -> tuple[object, float]:
        """A mark of what was read, and the seconds it takes to make a balance of it."""

    def write(self, number: int, mark: object) -> bool:
        """Take one booking decided on what `mark` stands for, or reject it."""

    @property
    def right(self) -> int:
        """Bookings that are kept and were decided on the balance they changed."""


class _Value:
    """One value the row has had: a booking on top of the value that its writer had read."""

    __slots__ = ("before", "depth", "fresh", "number")

    def __init__(self, number: int, before: "_Value | None", *, fresh: bool) -> None:
        self.number = number
        self.before = before
        self.depth: int = 0 if before is None else before.depth + 1
        self.fresh: int = 0 if before is None else before.fresh + fresh


class Row:
    """The current balance and nothing else: the last writer wins."""

    def __init__(self) -> None:
        self._value = _Value(-1, None, fresh=True)
        self.written = 0
        self.stale = 0

    def read(self) -> tuple[object, float]:
        """The value itself; there is nothing to replay."""
        return self._value, 0.0

    def write(self, number: int, mark: object) -> bool:
        """Put the new value in place of whatever stands there now."""
        assert isinstance(mark, _Value)  # noqa: S101 -- narrows the type
        fresh = mark is self._value
        self._value = _Value(number, mark, fresh=fresh)
        self.written += 1
        self.stale += not fresh
        return True

    @property
    def right(self) -> int:
        """Bookings in the balance that were decided on the value they replaced."""
        return self._value.fresh

    @property
    def overwritten(self) -> int:
        """Bookings that the balance no longer holds."""
        return self.written - self._value.depth


class Stream:
    """Events in order, a version that counts them, and now and then a snapshot."""

    def __init__(self, settings: Streaming, simulator: Simulator, log: EventLog) -> None:
        self.version = settings.history
        self.snapshots = 0
        self.stale = 0
        self.written = 0
        self.replayed: list[int] = []  # events, by load
        self._settings = settings
        self._simulator = simulator
        self._log = log
        half = settings.snapshot_every // 2  # a run begins between two snapshots
        self._snapshot = max(0, self.version - half) if half else 0

    def read(self) -> tuple[object, float]:
        """The version, and the time to fold all events since the snapshot."""
        events = self.version - self._snapshot
        self.replayed.append(events)
        return self.version, events * self._settings.event_s

    def write(self, number: int, mark: object) -> bool:
        """Append, unless the version was to be checked and has moved on."""
        fresh = mark == self.version
        if self._settings.checked and not fresh:
            values = {"expected": mark, "actual": self.version}
            self._tell(f"#{number + 1}", "rejected", values)
            return False
        self.version += 1
        self.written += 1
        self.stale += not fresh
        if self.version - self._snapshot == self._settings.snapshot_every:
            self._snapshot = self.version
            self.snapshots += 1
            self._tell("", "snapshot", {"version": self.version})
        return True

    def _tell(self, component: str, kind: str, values: dict[str, object]) -> None:
        self._log.add(self._simulator.now, component, kind, **values)  # type: ignore[arg-type]

    @property
    def right(self) -> int:
        """Events whose writer had read all before them."""
        return self.written - self.stale

    @property
    def overwritten(self) -> int:
        """Nothing is ever written over."""
        return 0


class Bookings:
    """One simulated minute of bookings on one store, and what came of them."""

    def __init__(
        self,
        simulator: Simulator,
        store: Store,
        arrivals: Sequence[Arrival],
        *,
        attempts: int,
        log: EventLog,
    ) -> None:
        self.simulator = simulator
        self.store = store
        self.ledger = Ledger()
        self.loads: list[tuple[float, float]] = []  # when, and seconds of replay
        self.tries: list[float] = []  # when a write was tried
        self.rejections: list[float] = []
        self.refused = 0
        self._arrivals = arrivals
        self._attempts = attempts
        self._log = log
        for number, arrival in enumerate(arrivals):
            simulator.at(arrival.at_s, self._load, (number, 1))
        levels = {"wrong": lambda: float(len(self.tries) - len(self.rejections) - store.right)}
        levels["refused"] = lambda: float(self.refused)
        gauge = Gauge(simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        simulator.run()
        pairs = zip(gauge.samples["wrong"], gauge.samples["refused"], strict=True)
        self.wrong = tuple(wrong + refused for wrong, refused in pairs)

    def _load(self, turn: tuple[int, int]) -> None:
        number, attempt = turn
        mark, replay_s = self.store.read()
        self.loads.append((self.simulator.now, replay_s))
        wait_s = TRIP_S + replay_s + self._arrivals[number].decide_s + TRIP_S
        self.simulator.after(wait_s, self._write, (number, attempt, mark))

    def _write(self, turn: tuple[int, int, object]) -> None:
        number, attempt, mark = turn
        now = self.simulator.now
        self.tries.append(now)
        if self.store.write(number, mark):
            self._enter(number, Outcome.OK)
            return
        self.rejections.append(now)
        if attempt < self._attempts:
            self._load((number, attempt + 1))
            return
        self.refused += 1
        self._log.add(now, f"#{number + 1}", "refused", attempts=attempt)
        self._enter(number, Outcome.REFUSED)

    def _enter(self, number: int, outcome: Outcome) -> None:
        started = self._arrivals[number].at_s
        self.ledger.rows += (number, started, self.simulator.now, outcome)

    @property
    def load_ms(self) -> tuple[float | None, ...]:
        """The mean time of a load in each stretch, in milliseconds, with its round trip."""
        sums, counts = [0.0] * AXIS.count, [0] * AXIS.count
        for at_s, replay_s in self.loads:
            index = int(at_s / AXIS.width_s)
            if index < AXIS.count:
                sums[index] += 1000.0 * (TRIP_S + replay_s)
                counts[index] += 1
        return tuple(a / b if b else None for a, b in zip(sums, counts, strict=True))

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        count, tries = len(self._arrivals), len(self.tries)
        replays_ms = [1000.0 * replay_s for _at_s, replay_s in self.loads] or [0.0]
        return {
            "bookings": float(count),
            "right": 100.0 * self.store.right / count if count else 100.0,
            "wrong": float(count - self.store.right),
            "refused": float(self.refused),
            "tries": float(tries),
            "rejected": float(len(self.rejections)),
            "rejected_share": 100.0 * len(self.rejections) / tries if tries else 0.0,
            "first_replay_ms": replays_ms[0],
            "most_replay_ms": max(replays_ms),
            "mean_replay_ms": sum(replays_ms) / len(replays_ms),
            "p99_ms": p99_ms(self.ledger),
        }


def drawn(seed: int, *, rate: float, decide_s: float) -> tuple[Arrival, ...]:
    """The bookings of one minute: the same for every store and every way to keep it."""
    streams = Streams(seed)
    gap = streams.exponential("arrivals", 1.0 / rate)
    moments = takewhile(lambda at_s: at_s < DURATION_S, accumulate(iter(gap, None)))
    decide = streams.lognormal("decisions", 1.0, SPREAD)
    return tuple(Arrival(at_s, decide_s * decide()) for at_s in moments)


def on_a_row(arrivals: Sequence[Arrival]) -> tuple[Bookings, Row]:
    """The minute with the balance in one row."""
    row = Row()
    simulator = Simulator(max_events=MOST_EVENTS)
    return Bookings(simulator, row, arrivals, attempts=1, log=EventLog()), row


def on_a_stream(
    arrivals: Sequence[Arrival], settings: Streaming, *, attempts: int, log: EventLog
) -> tuple[Bookings, Stream]:
    """The minute with the balance as the sum of its events."""
    simulator = Simulator(max_events=MOST_EVENTS)
    stream = Stream(settings, simulator, log)
    return Bookings(simulator, stream, arrivals, attempts=attempts, log=log), stream
