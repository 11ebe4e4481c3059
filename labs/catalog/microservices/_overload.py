"""An API, its customers and a crawler: the rate limiting and load shedding lab's model.

Four servers need 40 ms a request on average (exponential), so they can do 100 requests a
second. Sixty a second come from customers all the time. From 8 s to 18 s a crawler asks too;
from 34 s to 44 s each request takes two and a half times as long, so that 40 a second can be
done. Who is not answered within a second has left, but the API does not know.
"""

from dataclasses import dataclass
from enum import StrEnum

import simulation
from labs.readings import Axis, arrived_within, served, served_percent
from simulation import Handler, Ledger, Outcome, Profile, Request, Simulator, Streams
from simulation.policies import (
    FixedWindow,
    LoadShedder,
    RateLimiter,
    Rule,
    SlidingWindow,
    TokenBucket,
)

DURATION_S = 52.0
AXIS = Axis(width_s=1.0, count=52)
RUSH_S, RUSH_END_S = 8.0, 18.0
SLOW_S, WELL_S = 34.0, 44.0
CALM_S = ((0.0, RUSH_S), (26.0, SLOW_S), (49.0, DURATION_S))
SLOWDOWN = 2.5
SERVERS = 4
WORK_S = 0.04
CAPACITY = 100.0  # requests per second
CUSTOMERS = 60.0
PATIENCE_S = 1.0
TURN_S = 1.0  # on either side of a window's turn, see `through_a_turn`
STEADY_S, STEADY_FACTOR = 5.0, 3  # see `through_steadily`
MOST_EVENTS = 60_000  # of the engine; the busiest parameters need about half of that


class Limit(StrEnum):
    """How requests are counted against a limit."""

    NONE = "none"
    FIXED = "fixed"
    SLIDING = "sliding"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class Guard:
    """`limit` requests per `window_s`, for each client or for all; `room` requests may wait."""

    kind: Limit
    limit: int
    window_s: float
    per_client: bool
    room: int


def rule(kind: Limit, limit: int, window_s: float) -> Rule:
    """A rule that allows `limit` requests per `window_s` on average; a bucket holds `limit`."""
    if kind is Limit.FIXED:
        return FixedWindow(limit, window_s)
    if kind is Limit.SLIDING:
        return SlidingWindow(limit, window_s)
    return TokenBucket(limit / window_s, limit)


def through_a_turn(kind: Limit, limit: int, window_s: float) -> int:
    """How many of twice the limit pass, evenly spread around the turn of a window.

    They come within a second before and after it, or half a window where that is less.
    """
    reach_s = min(TURN_S, window_s / 2)
    asked = rule(kind, limit, window_s)
    gap_s = reach_s / limit
    moments = [window_s - reach_s + gap_s * (index + 0.5) for index in range(2 * limit)]
    return sum(asked.admit(moment) for moment in moments)


def through_steadily(kind: Limit, limit: int, window_s: float) -> tuple[int, int]:
    """How many pass, and of how many, in five seconds at three times the rate of the limit."""
    asked = rule(kind, limit, window_s)
    rate = STEADY_FACTOR * limit / window_s
    count = int(rate * STEADY_S + 1e-9)
    # from second 0 to second 5, both included: over that time a bucket fills by rate × 5 s
    gap_s = STEADY_S / max(1, count - 1)
    return sum(asked.admit(gap_s * index) for index in range(count)), count


class Api:
    """Fifty-two simulated seconds, and the numbers that tiles and challenges need."""

    def __init__(self, *, seed: int, crawler: float, guard: Guard | None) -> None:
        """`crawler` is its requests per second in the rush; no guard: an endless queue."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.log = simulation.EventLog()
        self.customers, self.crawler = Ledger(), Ledger()
        self._is_late = False
        self._waiting_most = self._waiting_slow = 0  # requests, in all the run and while slow
        streams = Streams(seed)
        self._service = simulation.Service(
            self.simulator,
            "API",
            servers=SERVERS,
            service_time=streams.exponential("api", WORK_S),
        )
        slow = simulation.slow(SLOW_S, WELL_S, factor=SLOWDOWN)
        simulation.schedule(self.simulator, self.log, self._service, [slow])
        self._clients(streams, crawler, *self._front(guard))
        levels = {"waiting": self._sampled_queue}
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run()
        self.waiting = gauge.samples["waiting"]
        self._tell_refusals()

    def _front(self, guard: Guard | None) -> tuple[Handler, Handler]:
        """What customers call, and what the crawler calls."""
        service = self._service
        noted = simulation.tapped(service, self._note_queue)
        if guard is None:
            return noted, noted
        shedder = LoadShedder(
            self.simulator,
            noted,
            admit=lambda _: service.busy < SERVERS or service.queue_length < guard.room,
        )
        if guard.kind is Limit.NONE:
            return shedder, shedder
        limiter = RateLimiter(
            self.simulator, shedder, rule(guard.kind, guard.limit, guard.window_s)
        )
        # customers are many and each asks rarely: of single clients only the crawler is limited
        return (shedder if guard.per_client else limiter), limiter

    def _clients(
        self, streams: Streams, crawler: float, for_customers: Handler, for_crawler: Handler
    ) -> None:
        gaps = streams.exponential("customers", 1.0 / CUSTOMERS)
        simulation.OpenLoop(
            self.simulator, for_customers, gaps, until_s=DURATION_S, ledger=self.customers
        )
        rush = Profile([(RUSH_S, 0.0), (RUSH_S, crawler), (RUSH_END_S, crawler), (RUSH_END_S, 0.0)])
        simulation.OpenLoop(
            self.simulator,
            for_crawler,
            streams.exponential("crawler", 1.0),
            until_s=DURATION_S,
            ledger=self.crawler,
            profile=rush,
        )
        self.simulator.at(RUSH_S, self._tell, "rush begins")
        self.simulator.at(RUSH_END_S, self._tell, "rush ends")

    def _tell(self, kind: str) -> None:
        self.log.add(self.simulator.now, "crawler", kind)

    def _note_queue(self, _request: Request) -> None:
        """Keep the length that the queue has once this request is in it."""
        if self._service.busy == SERVERS:
            waiting = self._service.queue_length + 1
            self._waiting_most = max(self._waiting_most, waiting)
            if SLOW_S <= self.simulator.now < WELL_S:
                self._waiting_slow = max(self._waiting_slow, waiting)

    def _sampled_queue(self) -> float:
        """The queue; logs when a newcomer would wait longer than anybody has patience."""
        now, waiting = self.simulator.now, self._service.queue_length
        is_slow = SLOW_S <= now < WELL_S
        wait_s = waiting * (SLOWDOWN if is_slow else 1.0) / CAPACITY
        if (wait_s > PATIENCE_S) is not self._is_late:
            self._is_late = not self._is_late
            kind = "late" if self._is_late else "in time"
            self.log.add(now, "queue", kind, waiting=waiting)
        return float(waiting)

    def _tell_refusals(self) -> None:
        """Log the first request of each kind of client that was refused."""
        for ledger, kind in ((self.customers, "customer"), (self.crawler, "crawler")):
            refused = [one[1] for one in ledger if one[3] is Outcome.REFUSED]
            if refused:
                self.log.add(min(refused), "API", f"refuses {kind}")
        self.log.events.sort(key=lambda one: one.time_s)

    def served_percent(self) -> tuple[float | None, ...]:
        """Percentage of each stretch's requests of customers that were answered in time."""
        return AXIS.served_percent(self.customers, patience_s=PATIENCE_S)

    def goodput(self) -> tuple[float, ...]:
        """Answers that came in time, per second."""
        return AXIS.per_second(self._in_time())

    def refusals(self) -> tuple[float, ...]:
        """Requests refused, per second."""
        return AXIS.per_second(
            one[1] for whose in self._both() for one in whose if one[3] is Outcome.REFUSED
        )

    def _both(self) -> tuple[Ledger, Ledger]:
        return self.customers, self.crawler

    def _in_time(self) -> list[float]:
        return [one[2] for whose in self._both() for one in whose if served(one, PATIENCE_S)]

    def _served(self, *stretches: tuple[float, float]) -> float:
        """Percentage of the customers' requests that came in these stretches and were served."""
        records = [one for part in stretches for one in arrived_within(self.customers, *part)]
        return served_percent(records, patience_s=PATIENCE_S)

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        rush_s = RUSH_END_S - RUSH_S
        crawled = sum(served(one, PATIENCE_S) for one in self.crawler)
        in_rush = sum(RUSH_S <= moment < RUSH_END_S for moment in self._in_time())
        refused = [sum(one[3] is Outcome.REFUSED for one in whose) for whose in self._both()]
        return {
            "customers": float(len(self.customers)),
            "served_rush": self._served((RUSH_S, RUSH_END_S)),
            "served_slow": self._served((SLOW_S, WELL_S)),
            "served_calm": self._served(*CALM_S),
            "goodput_rush": in_rush / rush_s,
            "crawled": float(len(self.crawler)),
            "crawler_per_second": crawled / rush_s,
            "refused_customers": float(refused[0]),
            "refused_crawler": float(refused[1]),
            "waiting_most": float(self._waiting_most),
            "waiting_slow": float(self._waiting_slow),
        }
