"""A catalogue in a primary store and copies of it in others: who brings them what has changed.

Either the request itself writes to one store after the other, or it leaves a row in an outbox
and a relay brings every change to every copy, each copy having its own place in the order.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from itertools import accumulate, takewhile
from math import inf
from operator import attrgetter
from typing import NamedTuple

from labs.readings import Axis
from simulation import EventLog, Sampler, Streams, percentile

AXIS = Axis(width_s=0.5, count=120)
END_S, LAST_WRITE_S = 60.0, 55.0
OUTAGE_S = 20.0
RATE = 20.0
PRODUCTS, BESTSELLERS = 5000, 20
BESTSELLER_SHARE = 0.3
DIRECT_S, DIRECT_SPREAD = 0.01, 0.5  # the request's own write to one copy: median, log-normal
DELIVERY_S, DELIVERY_SPREAD = 0.025, 0.5  # the relay's delivery of one change to one copy
LOG_S = 0.05  # from the commit until a reader of the primary's log has the change
TAKEOVER_S = 0.3  # until another instance goes on after a crash
RESENT = 10  # changes a relay may send again after a crash: those since its last mark
INDEX = 0  # the copy that the outage hits
POINTS = 4

type Window = tuple[float, float]


class Write(NamedTuple):
    """One request to change a product; `crash` is the point 1 to 4 it crashes at, or 0."""

    at_s: float
    product: int
    crash: int


class Change(NamedTuple):
    """A committed write: the product's version counts its changes from 1."""

    at_s: float
    product: int
    version: int
    crash: int


class Arrival(NamedTuple):
    """A copy receives a version of a product."""

    at_s: float
    copy: int
    product: int
    version: int


@dataclass(frozen=True, slots=True)
class Relay:
    """How changes get from the primary to the copies; `poll_s` None reads the log instead."""

    poll_s: float | None
    workers: int

    def ready_s(self, at_s: float) -> float:
        """When the relay knows of a change committed now."""
        if self.poll_s is None:
            return at_s + LOG_S
        return (int(at_s / self.poll_s) + 1) * self.poll_s


def drawn(seed: int, *, crashes: float) -> list[Write]:
    """The writes of one run; `crashes` is the share of them that crash."""
    streams = Streams(seed)
    gap = streams.exponential("arrivals", 1.0 / RATE)
    product, crash = streams.random("products"), streams.random("crashes")
    moments = takewhile(lambda at_s: at_s < LAST_WRITE_S, accumulate(iter(gap, None)))
    return [Write(at_s, _product(product), _crash(crash, crashes)) for at_s in moments]


def _product(random: Sampler) -> int:
    group, place = random(), random()
    if group < BESTSELLER_SHARE:
        return int(place * BESTSELLERS)
    return BESTSELLERS + int(place * (PRODUCTS - BESTSELLERS))


def _crash(random: Sampler, share: float) -> int:
    happens, point = random(), random()
    return 1 + int(point * POINTS) if happens < share else 0


def committed(writes: Iterable[Write]) -> list[Change]:
    """What the primary takes: all but the writes that crash before their commit."""
    versions: dict[int, int] = defaultdict(int)
    changes = []
    for at_s, product, crash in writes:
        if crash != 1:
            versions[product] += 1
            changes.append(Change(at_s, product, versions[product], crash))
    return changes


class Missed(NamedTuple):
    """Changes that a copy was never sent, and why."""

    crash: int
    outage: int


def written_directly(
    changes: Sequence[Change], *, seed: int, copies: int, outage_s: float
) -> tuple[list[Arrival], Missed]:
    """Each request writes to one copy after the other; an error is logged and forgotten."""
    streams = Streams(seed)
    times = [streams.lognormal(f"direct/{copy}", DIRECT_S, DIRECT_SPREAD) for copy in range(copies)]
    arrivals, crash, outage = [], 0, 0
    for change in changes:
        at_s = change.at_s
        reached = {2: 0, 3: 1}.get(change.crash, copies)
        for copy, time in enumerate(times):
            at_s += time()
            if copy >= reached:
                crash += 1
            elif copy == INDEX and OUTAGE_S <= at_s < OUTAGE_S + outage_s:
                outage += 1
            else:
                arrivals.append(Arrival(at_s, copy, change.product, change.version))
    return arrivals, Missed(crash, outage)


def relayed(
    changes: Sequence[Change], relay: Relay, *, seed: int, copies: int, outage_s: float
) -> tuple[list[Arrival], int]:
    """The relay brings every change to every copy, some twice; how often that was."""
    streams = Streams(seed)
    stops = _stops(changes, relay)
    arrivals: list[Arrival] = []
    resent = 0
    for copy in range(copies):
        time = streams.lognormal(f"delivery/{copy}", DELIVERY_S, DELIVERY_SPREAD)
        blocked = [*stops]
        if copy == INDEX and outage_s:
            blocked.append((OUTAGE_S, OUTAGE_S + outage_s))
        closed = _merged(blocked)
        free = [0.0] * relay.workers
        heapify(free)
        for change, first in _sent(changes, copy):
            start = _open_from(closed, max(relay.ready_s(change.at_s), free[0]))
            ends = start + time()
            heapreplace(free, ends)
            resent += not first
            arrivals.append(Arrival(ends, copy, change.product, change.version))
    return arrivals, resent


def _sent(changes: Sequence[Change], copy: int) -> Iterable[tuple[Change, bool]]:
    """What goes to one copy in order, and whether for the first time.

    A relay that crashes at point 3 has sent to the first copy and marked nothing, at point 4
    to all of them: whoever takes over sends the last changes again.
    """
    for place, change in enumerate(changes):
        yield change, True
        if change.crash == 4 or (change.crash == 3 and copy == INDEX):
            for again in changes[max(0, place + 1 - RESENT) : place + 1]:
                yield again, False


def _stops(changes: Iterable[Change], relay: Relay) -> list[Window]:
    """When no relay runs: it is part of the service that crashes, until another takes over."""
    stops = []
    for change in changes:
        if change.crash:
            begins = change.at_s if change.crash == 2 else relay.ready_s(change.at_s)
            stops.append((begins, begins + TAKEOVER_S))
    return stops


def _merged(windows: Iterable[Window]) -> list[Window]:
    found: list[Window] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _open_from(closed: Sequence[Window], at_s: float) -> float:
    """The first moment from `at_s` on that lies in none of the windows."""
    index = bisect_right(closed, (at_s, inf)) - 1
    return max(at_s, closed[index][1]) if index >= 0 else at_s


class Catalogue:
    """The primary and its copies as the changes reach them, and what a reader would notice.

    With `only_newer` a copy takes no version older than its own.
    """

    def __init__(
        self,
        changes: Sequence[Change],
        arrivals: Iterable[Arrival],
        *,
        copies: int,
        only_newer: bool,
    ) -> None:
        self.differing: list[float] = []  # product copies unlike the primary, by stretch
        self.steps_back: list[Arrival] = []
        self.waits: list[tuple[float, float]] = []  # for each change and copy: when, how long
        self._only_newer = only_newer
        self._primary: dict[int, int] = defaultdict(int)
        self._held = [defaultdict[int, int](int) for _copy in range(copies)]
        self._wanted = [defaultdict[int, list[Change]](list) for _copy in range(copies)]
        self._wrong = 0
        self._go_through(changes, sorted(arrivals, key=attrgetter("at_s")))
        self.unsent = self._settle()

    def _go_through(self, changes: Sequence[Change], arrivals: Sequence[Arrival]) -> None:
        come, gone = iter((*changes, None)), iter((*arrivals, None))
        change, arrival = next(come), next(gone)
        for until_s in AXIS.times:
            while True:
                commit_s = change.at_s if change else inf
                reach_s = arrival.at_s if arrival else inf
                if min(commit_s, reach_s) > until_s:
                    break
                if commit_s <= reach_s and change:
                    self._commit(change)
                    change = next(come)
                elif arrival:
                    self._reach(arrival)
                    arrival = next(gone)
            self.differing.append(float(self._wrong))

    def _commit(self, change: Change) -> None:
        before = self._primary[change.product]
        self._primary[change.product] = change.version
        for held, wanted in zip(self._held, self._wanted, strict=True):
            self._wrong += held[change.product] == before
            wanted[change.product].append(change)

    def _reach(self, arrival: Arrival) -> None:
        at_s, copy, product, version = arrival
        held, newest = self._held[copy], self._primary[product]
        before = held[product]
        if version < before:
            if self._only_newer:
                return
            self.steps_back.append(arrival)
        held[product] = version
        self._wrong += (version != newest) - (before != newest)
        wanted = self._wanted[copy][product]
        while wanted and wanted[0].version <= version:
            committed_s = wanted.pop(0).at_s
            self.waits.append((committed_s, at_s - committed_s))

    def _settle(self) -> int:
        """Count what was never held by the end of the run, and as waiting until then."""
        left = [one.at_s for wanted in self._wanted for some in wanted.values() for one in some]
        self.waits += [(at_s, END_S - at_s) for at_s in left]
        return len(left)

    @property
    def wrong(self) -> int:
        """Product copies that differ from the primary at the end of the run."""
        return self._wrong

    def within_s(self, share: float, *, until_s: float) -> float:
        """The wait that this share of changes made before `until_s` stays within."""
        waits = sorted(wait_s for at_s, wait_s in self.waits if at_s < until_s)
        return percentile(waits, share) if waits else 0.0

    def recovery_s(self, outage_s: float) -> float:
        """How long after the outage the last change made during it has reached every copy."""
        back_s = OUTAGE_S + outage_s
        reached = [at_s + wait_s for at_s, wait_s in self.waits if OUTAGE_S <= at_s < back_s]
        return max([back_s, *reached]) - back_s

    def mean_wait_ms(self) -> tuple[float | None, ...]:
        """The mean wait of the changes of each stretch, in milliseconds."""
        sums, counts = [0.0] * AXIS.count, [0] * AXIS.count
        for at_s, wait_s in self.waits:
            index = int(at_s / AXIS.width_s)
            sums[index] += 1000.0 * wait_s
            counts[index] += 1
        return tuple(a / b if b else None for a, b in zip(sums, counts, strict=True))


def tell(log: EventLog, writes: Iterable[Write], *, outage_s: float) -> None:
    """Write down the crashes and the outage."""
    moments = [(one.at_s, "request", f"crash {one.crash}") for one in writes if one.crash]
    if outage_s:
        moments += [(OUTAGE_S, "search index", "down"), (OUTAGE_S + outage_s, "search index", "up")]
    for at_s, component, kind in sorted(moments):
        log.add(at_s, component, kind)
