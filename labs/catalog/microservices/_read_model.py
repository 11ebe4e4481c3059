"""A shop's orders and the list that shows them: one model for both, or a read model behind.

Every customer orders and, a little later, looks whether the order is in the list. The primary
works on one job at a time in order of arrival, so its waiting follows from the jobs before
(Lindley's recursion) and needs no agenda; so does that of the projection.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf
from operator import itemgetter
from typing import NamedTuple

from labs.readings import Axis, percent_of
from simulation import EventLog, Profile, Streams
from simulation.streams import natural_exp

AXIS = Axis(width_s=1.0, count=60)
DURATION_S = 60.0
BURST_S, CALM_S = 15.0, 25.0
BUSY_END_S = 35.0
WRITE_S, LIST_S = 0.005, 0.012  # of the primary's time, for an order and for a list
READ_S = 0.002  # of a reader's time, for a list from the read model
TRANSPORT_S = 0.2  # from the primary's log to the projection
BROWSE_S = 5.0  # other reads follow an order within this time
PATIENCE_S = 1.0
FULL_S = 2.0  # with more work than this before it, the primary refuses
OTHER_DEVICE = 0.2  # share of looks from a device that knows nothing of the order


class Strategy(Enum):
    """Where a customer's look goes who has just ordered."""

    NONE = "none"
    DEVICE = "device"
    PIN = "pin"
    TOKEN = "token"  # noqa: S105 -- a version, not a secret


class Customer(NamedTuple):
    """One order, when its customer looks for it, from where, and reads of other people."""

    at_s: float
    look_s: float
    elsewhere: bool
    others_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How orders get into the read model, and how looks are served."""

    projection: float  # events a second
    strategy: Strategy
    limit_s: float


def customers(
    seed: int, *, rate: float, burst: float, look_delay_s: float, others: int
) -> list[Customer]:
    """One minute of customers: the same for every way to serve them."""
    streams = Streams(seed)
    profile = _profile(rate, burst)
    gap = streams.exponential("arrivals", 1.0)
    delay = streams.exponential("looks", look_delay_s)
    device, browse = streams.random("devices"), streams.random("others")
    found: list[Customer] = []
    expected = gap()
    while (at_s := profile.when(expected)) < DURATION_S:
        reads = tuple(at_s + BROWSE_S * browse() for _ in range(others))
        found.append(Customer(at_s, at_s + delay(), device() < OTHER_DEVICE, reads))
        expected += gap()
    return found


def _profile(rate: float, burst: float) -> Profile:
    busy = rate * burst
    return Profile([(0.0, rate), (BURST_S, rate), (BURST_S, busy), (CALM_S, busy), (CALM_S, rate)])


class Shop:
    """One minute of orders and looks; without `reading` the primary serves everything.

    By customer: when the order was kept and when the list showed it (infinity: never), when
    the look was answered (infinity: refused), and whether it showed the order.
    """

    def __init__(self, people: Sequence[Customer], reading: Reading | None) -> None:
        count = len(people)
        self.people = people
        self.kept_s = [inf] * count
        self.shown_s = [inf] * count
        self.answered_s = [inf] * count
        self.right = [False] * count
        self.waits: list[tuple[float, float]] = []  # at the primary: when, and how long
        self.refusals: list[float] = []
        self.primary_looks = 0
        self._reading = reading
        self._free_s = 0.0
        self._projected_s = 0.0
        for at_s, kind, number in sorted(self._jobs(), key=itemgetter(0)):
            kind(at_s, number)

    def _jobs(self) -> Iterable[tuple[float, Callable[[float, int], None], int]]:
        """Everything that may reach the primary, and when."""
        reading = self._reading
        look = self._look_at_primary if reading is None else _looks(self, reading.strategy)
        token = reading is not None and reading.strategy is Strategy.TOKEN
        later_s = reading.limit_s if reading is not None and token else 0.0
        for number, one in enumerate(self.people):
            yield one.at_s, self._order, number
            yield one.look_s + later_s, look, number
            if reading is None:
                for at_s in one.others_s:
                    yield at_s, self._browse, number

    def _work(self, at_s: float, cost_s: float) -> float:
        """When the primary has done a job that comes now; infinity when it refuses it."""
        wait_s = max(0.0, self._free_s - at_s)
        self.waits.append((at_s, wait_s))
        if wait_s > FULL_S:
            self.refusals.append(at_s)
            return inf
        self._free_s = at_s + wait_s + cost_s
        return self._free_s

    def _order(self, at_s: float, number: int) -> None:
        kept = self.kept_s[number] = self._work(at_s, WRITE_S)
        if kept == inf:
            return
        if self._reading is None:
            self.shown_s[number] = kept
            return
        begins = max(self._projected_s, kept + TRANSPORT_S)
        self._projected_s = self.shown_s[number] = begins + 1.0 / self._reading.projection

    def _browse(self, at_s: float, _number: int) -> None:
        self._work(at_s, LIST_S)

    def _look_at_primary(self, at_s: float, number: int) -> None:
        self.primary_looks += 1
        self._answer(number, self._work(at_s, LIST_S), right=self.kept_s[number] < inf)

    def _look_at_read_model(self, at_s: float, number: int) -> None:
        self._answer(number, at_s + READ_S, right=self.shown_s[number] <= at_s)

    def _look_on_device(self, at_s: float, number: int) -> None:
        own = not self.people[number].elsewhere and self.kept_s[number] <= at_s
        self._answer(number, at_s + READ_S, right=own or self.shown_s[number] <= at_s)

    def _look_pinned(self, at_s: float, number: int) -> None:
        assert self._reading is not None  # noqa: S101 -- narrows the type
        recent = at_s - self.people[number].at_s < self._reading.limit_s
        (self._look_at_primary if recent else self._look_at_read_model)(at_s, number)

    def _look_with_token(self, at_s: float, number: int) -> None:
        """Called when patience with the read model ends."""
        shown = self.shown_s[number]
        if shown <= at_s:
            begun = max(self.people[number].look_s, shown)
            self._answer(number, begun + READ_S, right=True)
        else:
            self._look_at_primary(at_s, number)

    def _answer(self, number: int, at_s: float, *, right: bool) -> None:
        self.answered_s[number] = at_s
        self.right[number] = right and at_s < inf

    def in_time(self, number: int) -> bool:
        """Whether the order was kept before its customer lost patience."""
        return self.kept_s[number] - self.people[number].at_s <= PATIENCE_S

    def good(self, number: int) -> bool:
        """Whether the order was taken in time, and seen in time when its customer looked."""
        late_s = self.answered_s[number] - self.people[number].look_s
        return self.right[number] and late_s <= PATIENCE_S and self.in_time(number)

    def behind(self, number: int) -> bool:
        """Whether the look came before the list that readers get could show the order."""
        return self.people[number].look_s < self.shown_s[number] < inf


def _looks(shop: Shop, strategy: Strategy) -> Callable[[float, int], None]:
    return {
        Strategy.NONE: shop._look_at_read_model,  # noqa: SLF001
        Strategy.DEVICE: shop._look_on_device,  # noqa: SLF001
        Strategy.PIN: shop._look_pinned,  # noqa: SLF001
        Strategy.TOKEN: shop._look_with_token,  # noqa: SLF001
    }[strategy]


class Measures:
    """What a minute of the shop comes to."""

    def __init__(self, shop: Shop, *, projection: float, look_delay_s: float) -> None:
        self._shop = shop
        self._projection = projection
        self._look_delay_s = look_delay_s
        self._kept = [n for n, kept in enumerate(shop.kept_s) if kept < inf]
        self._shown_order = [shop.shown_s[n] for n in self._kept]
        self._arrivals = [shop.kept_s[n] + TRANSPORT_S for n in self._kept]

    def waiting(self, at_s: float) -> int:
        """Events that have reached the projection and are not yet in the read model."""
        return max(0, bisect_right(self._arrivals, at_s) - bisect_right(self._shown_order, at_s))

    def not_listed(self, at_s: float) -> int:
        """Orders made by then that the list shows only later."""
        people, shown = self._shop.people, self._shop.shown_s
        return sum(people[n].at_s <= at_s < shown[n] for n in self._kept)

    def curves(self, *, projected: bool) -> dict[str, Sequence[float | None]]:
        """Points for the charts; `projected` is False without a read model."""
        shop = self._shop
        lags = ((shop.people[n].at_s, shop.shown_s[n] - shop.people[n].at_s) for n in self._kept)
        good = ((one.at_s, 100.0 * shop.good(n)) for n, one in enumerate(shop.people))
        waits = ((at_s, 1000.0 * wait_s) for at_s, wait_s in shop.waits)
        queue = [float(self.waiting(at_s)) if projected else 0.0 for at_s in AXIS.times]
        return {"good": _mean(good), "lag": _mean(lags), "queue": queue, "wait": _mean(waits)}

    def totals(self, *, projected: bool) -> dict[str, float]:
        """The raw numbers, by name."""
        shop, people = self._shop, self._shop.people
        busy = [n for n, one in enumerate(people) if BURST_S <= one.at_s < BUSY_END_S]
        lags = [shop.shown_s[n] - people[n].at_s for n in self._kept]
        wrong = sum(not shop.right[n] for n in self._kept)
        caught_up_s = self._caught_up_s() if projected else 0.0
        return {
            "orders": float(len(people)),
            "kept": float(len(self._kept)),
            "good": percent_of([shop.good(n) for n in range(len(people))]),
            "good_busy": percent_of([shop.good(n) for n in busy]),
            "in_time": percent_of([shop.in_time(n) for n in range(len(people))]),
            "behind": percent_of([shop.behind(n) for n in self._kept], otherwise=0.0),
            "behind_law": 100.0 * sum(map(self._stale, lags)) / len(lags) if lags else 0.0,
            "missed": percent_of([not shop.right[n] for n in self._kept], otherwise=0.0),
            "missed_count": float(wrong),
            "lag_most_s": max(lags, default=0.0),
            "not_listed": float(self.not_listed(CALM_S)),
            "caught_up_s": min(caught_up_s, DURATION_S - CALM_S),
            "caught_up": float(caught_up_s < DURATION_S - CALM_S),
            "primary_looks": 100.0 * shop.primary_looks / max(1, len(people)),
        }

    def _stale(self, lag_s: float) -> float:
        """The chance that an exponential delay is shorter than this lag."""
        return 1.0 - natural_exp(-min(500.0, lag_s / self._look_delay_s))

    def _caught_up_s(self) -> float:
        """Seconds after the burst until an event finds no other before it; infinity if never."""
        alone_s = 1.0 / self._projection + 1e-9
        pairs = zip(self._arrivals, self._shown_order, strict=True)
        found = (
            come - CALM_S for come, shown in pairs if come >= CALM_S and shown - come <= alone_s
        )
        return next(found, inf)

    def tell(self, log: EventLog, *, rate: float, burst: float) -> None:
        """Write down the burst, and what primary and projection went through."""
        moments: list[tuple[float, str, str, dict[str, float]]] = []
        if burst != 1.0:
            moments += [(BURST_S, "", "burst", {"rate": rate * burst}), (CALM_S, "", "calm", {})]
        waiting = self.waiting(CALM_S)
        moments.append((CALM_S, "projection", "queue", {"waiting": waiting}))
        caught_up_s = self._caught_up_s()
        if waiting and CALM_S + caught_up_s < DURATION_S:
            moments.append((CALM_S + caught_up_s, "projection", "caught up", {}))
        if self._shop.refusals:
            count = len(self._shop.refusals)
            moments.append((self._shop.refusals[0], "primary", "refuses", {"count": count}))
        for at_s, component, kind, numbers in sorted(moments, key=itemgetter(0)):
            log.add(at_s, component, kind, **numbers)


def _mean(points: Iterable[tuple[float, float]]) -> tuple[float | None, ...]:
    """The mean of the values in each stretch of the axis."""
    sums, counts = [0.0] * AXIS.count, [0] * AXIS.count
    for at_s, value in points:
        index = int(at_s / AXIS.width_s)
        if index < AXIS.count:
            sums[index] += value
            counts[index] += 1
    return tuple(a / b if b else None for a, b in zip(sums, counts, strict=True))
