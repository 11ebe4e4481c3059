"""What is measured: finished calls, levels over time, and changes of state."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from operator import sub
from typing import Any, NamedTuple, cast

from simulation.calls import Outcome
from simulation.kernel import Simulator

type Record = tuple[int, float, float, Outcome]  # request id, arrived at, left at, outcome
type Level = Callable[[], float]

_COLUMNS = 4


class Ledger:
    """Finished calls in the order of their ends; a call that got no answer left at infinity.

    `rows` holds all columns of all records one after the other: an object per record would
    cost more in garbage collection than the rest of the bookkeeping.
    """

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def __len__(self) -> int:
        return len(self.rows) // _COLUMNS

    def __iter__(self) -> Iterator[Record]:
        rows = iter(self.rows)
        return cast("Iterator[Record]", zip(rows, rows, rows, rows, strict=True))

    def latencies(self) -> list[float]:
        """Seconds from arrival to end of every call that ended, sorted."""
        ordered = sorted(map(sub, self.rows[2::_COLUMNS], self.rows[1::_COLUMNS]))
        return ordered[: bisect_left(ordered, inf)]


class LoggedEvent(NamedTuple):
    """A change of state: its kind, and the numbers that belong to it."""

    time_s: float
    component: str
    kind: str
    values: Mapping[str, float]


class EventLog:
    """Changes of state in the order in which they happened, the first `limit` of them."""

    __slots__ = ("events", "left_out", "limit")

    def __init__(self, limit: int = 10_000) -> None:
        self.events: list[LoggedEvent] = []
        self.left_out = 0
        self.limit = limit

    def add(self, time_s: float, component: str, kind: str, **values: float) -> None:
        """Write one event down, or count it when the log is full."""
        if len(self.events) < self.limit:
            self.events.append(LoggedEvent(time_s, component, kind, values))
        else:
            self.left_out += 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """What became of the calls that arrived in one stretch of time; latencies in seconds."""

    offered: int
    ok: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None

    @property
    def ok_share(self) -> float | None:
        """The share of calls that were served, or None without calls."""
        return self.ok / self.offered if self.offered else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank).

    `ordered` must be sorted and not empty; `share` is in (0, 1].
    """
    # share * n may land a hair above a whole number, which must not move the rank up
    return ordered[max(0, ceil(share * len(ordered) - 1e-9) - 1)]


def buckets(ledger: Ledger, *, width_s: float, count: int) -> tuple[Bucket, ...]:
    """Calls by time of arrival, in `count` stretches of `width_s`; later ones are left out."""
    latencies: list[list[float]] = [[] for _ in range(count)]
    offered, served = [0] * count, [0] * count
    for _id, arrived, left, outcome in ledger:
        index = int(arrived / width_s)
        if index < count:
            offered[index] += 1
            served[index] += outcome.served
            if left != inf:
                latencies[index].append(left - arrived)
    return tuple(map(_bucket, offered, served, latencies))


def _bucket(offered: int, served: int, latencies: list[float]) -> Bucket:
    latencies.sort()
    points = [percentile(latencies, share) if latencies else None for share in (0.5, 0.95, 0.99)]
    return Bucket(offered, served, offered - served, *points)


def outcomes(ledger: Ledger, *, width_s: float, count: int) -> dict[Outcome, list[int]]:
    """How many calls ended in which way, by time of arrival, in `count` stretches of `width_s`."""
    series = {outcome: [0] * count for outcome in Outcome}
    for _id, arrived, _left, outcome in ledger:
        index = int(arrived / width_s)
        if index < count:
            series[outcome][index] += 1
    return series


class Gauge:
    """Samples levels (servers busy, queue length …) at the end of each stretch of time.

    Counters (`shed`, `retries`) and areas (`busy_area`) can be sampled too: `steps` gives
    what each stretch added to them.
    """

    __slots__ = ("_levels", "samples")

    def __init__(
        self, simulator: Simulator, levels: Mapping[str, Level], *, width_s: float, count: int
    ) -> None:
        self.samples: dict[str, list[float]] = {name: [] for name in levels}
        self._levels = dict(levels)
        for index in range(1, count + 1):
            simulator.at(index * width_s, self._sample)

    def steps(self, name: str) -> list[float]:
        """By how much a level changed in each stretch; it is taken to begin at 0."""
        samples = self.samples[name]
        return list(map(sub, samples, [0.0, *samples]))

    def _sample(self, _argument: None) -> None:
        for name, level in self._levels.items():
            self.samples[name].append(level())
