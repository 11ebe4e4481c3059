"""A pool of threads shared by two kinds of requests: the bulkhead lab's model.

Every request holds one of 200 threads until it is answered. One kind calls the reviews
service, which slows down for a while; the other kind calls nothing that does. 200 more
requests may wait for a thread. A request that waits for a permit of the bulkhead keeps its
thread meanwhile, as a semaphore makes it.

Requests arrive by chance, but the share that wants reviews is kept exactly (every fifth, for
20 %): twelve seconds are too short for chance to even out.
"""

from collections.abc import Iterable

import simulation
from labs.readings import Axis
from simulation import Done, Outcome, Request, Simulator, Streams, percentile
from simulation.policies import Bulkhead

DURATION_S = 12.0
AXIS = Axis(width_s=0.25, count=48)
SLOW_S, WELL_S = 2.0, 10.0
SETTLED_S = 4.0  # from here to WELL_S, threads taken before the slowness are free again
LATE_S = 7.0  # from here to WELL_S, what the slowness leads to has come about
THREADS = 200
WAITING_ROOM = 200
WORK_S = 0.05  # on average, for either kind, when all is well
SPREAD = 0.25  # the work of a request is within 25 % of its average
PATIENCE_S = 0.2  # of waiting, for a thread and a permit together
NEVER_FULL = 10_000  # places to wait for a permit; time ends the wait, not the room
CALM_SHARE = 0.9  # of the threads: with fewer in use, the pool is no longer called full
MOST_EVENTS = 120_000  # of the engine; the busiest parameters need about half of that

REVIEWS, OTHER = "reviews", "other"


class Verdicts:
    """How the requests of one kind, in one stretch of time, fared."""

    __slots__ = ("offered", "served", "waits_s")

    def __init__(self) -> None:
        self.offered = 0
        self.served = 0
        self.waits_s: list[float] = []

    @property
    def percent(self) -> float:
        """Percentage of requests served; 100 when there were none."""
        return 100.0 * self.served / self.offered if self.offered else 100.0


def together(parts: Iterable[Verdicts]) -> Verdicts:
    """The verdicts of several stretches or kinds."""
    whole = Verdicts()
    for part in parts:
        whole.offered += part.offered
        whole.served += part.served
        whole.waits_s += part.waits_s
    return whole


class ThreadPool:
    """Twelve simulated seconds of the pool, and the numbers that tiles and challenges need."""

    def __init__(
        self,
        *,
        seed: int,
        rate: float,
        share: int,
        slow_s: float,
        permits: int | None,
        wait_s: float,
    ) -> None:
        """`share` % of the `rate` requests per second want reviews; None permits: no bulkhead."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.turned_away: list[float] = []  # when the bulkhead refused a call
        self._is_reviews: list[bool] = []  # by request id
        self._worked_s: list[float] = []  # by request id, without any waiting
        self._slow_s = slow_s
        self._held = self.held_most = 0  # threads, by requests for reviews
        self._full = False
        streams = Streams(seed)
        self._reviews_spread = streams.uniform("reviews", 1.0 - SPREAD, 1.0 + SPREAD)
        self._other_work = streams.uniform(
            "other", WORK_S * (1.0 - SPREAD), WORK_S * (1.0 + SPREAD)
        )
        self._bulkhead = Bulkhead(
            self.simulator,
            self._call,
            permits=THREADS if permits is None else permits,
            queue_limit=NEVER_FULL if wait_s and permits is not None else 0,
            max_wait_s=wait_s,
        )
        self._pool = Bulkhead(
            self.simulator, self._route, permits=THREADS, queue_limit=WAITING_ROOM
        )
        self._arrivals(streams, rate, share)
        self._watch()
        self.simulator.run()
        self.cells = self._judged()

    def _arrivals(self, streams: Streams, rate: float, share: int) -> None:
        owed = int(100 * streams.random("kinds")())

        def kind() -> str:
            nonlocal owed
            owed += share
            wants_reviews = owed >= 100
            owed -= 100 * wants_reviews
            self._is_reviews.append(wants_reviews)
            self._worked_s.append(0.0)
            return REVIEWS if wants_reviews else OTHER

        gaps = streams.exponential("arrivals", 1.0 / rate)
        simulation.OpenLoop(
            self.simulator, self._pool, gaps, until_s=DURATION_S, kinds=kind, ledger=self.ledger
        )

    def _watch(self) -> None:
        self.simulator.at(SLOW_S, self._tell, "slow begins")
        self.simulator.at(WELL_S, self._tell, "slow ends")
        levels = {"held": lambda: float(self._held), "busy": self._busy_now}
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.held, self.busy = gauge.samples["held"], gauge.samples["busy"]

    def _tell(self, kind: str) -> None:
        self.log.add(self.simulator.now, "reviews", kind)

    def _busy_now(self) -> float:
        busy = self._pool.in_use
        if busy == THREADS and not self._full:
            self._full = True
            self.log.add(self.simulator.now, "pool", "full", held=self._held, threads=THREADS)
        elif busy < CALM_SHARE * THREADS and self._full:
            self._full = False
            self.log.add(self.simulator.now, "pool", "free", free=THREADS - busy, threads=THREADS)
        return float(busy)

    def _route(self, request: Request, done: Done) -> None:
        if request.kind is OTHER:
            self._work(request, done, self._other_work())
            return

        def settle(request: Request, outcome: Outcome) -> None:
            self._held -= 1
            if outcome is Outcome.REFUSED:
                self._note_refusal()
            done(request, outcome)

        self._held += 1
        self._bulkhead(request, settle)
        self.held_most = max(self.held_most, self._held)  # not counting a call refused at once

    def _note_refusal(self) -> None:
        if not self.turned_away:
            self.log.add(self.simulator.now, "bulkhead", "refuses")
        self.turned_away.append(self.simulator.now)

    def _call(self, request: Request, done: Done) -> None:
        """Call reviews: a call that begins while it is slow is slow to its end."""
        is_slow = SLOW_S <= self.simulator.now < WELL_S
        self._work(request, done, (self._slow_s if is_slow else WORK_S) * self._reviews_spread())

    def _work(self, request: Request, done: Done, seconds: float) -> None:
        self._worked_s[request.id] = seconds
        self.simulator.after(seconds, self._answer, (request, done))

    def _answer(self, call: tuple[Request, Done]) -> None:
        call[1](call[0], Outcome.OK)

    def _judged(self) -> list[tuple[Verdicts, Verdicts]]:
        """Verdicts on other requests and on those for reviews, per stretch of the axis."""
        cells = [(Verdicts(), Verdicts()) for _ in range(AXIS.count)]
        is_reviews, worked, last = self._is_reviews, self._worked_s, AXIS.count - 1
        for number, arrived, left, outcome in self.ledger:
            verdicts = cells[min(int(arrived / AXIS.width_s), last)][is_reviews[number]]
            waited = left - arrived - worked[number]
            verdicts.offered += 1
            verdicts.waits_s.append(waited)
            if outcome is Outcome.OK and waited <= PATIENCE_S:
                verdicts.served += 1
        return cells

    def between(self, start_s: float, end_s: float) -> list[tuple[Verdicts, Verdicts]]:
        """Verdicts on what arrived in [start_s, end_s), which must be ends of stretches."""
        return self.cells[round(start_s / AXIS.width_s) : round(end_s / AXIS.width_s)]

    def served_percent(self) -> tuple[float | None, ...]:
        """Percentage of all requests served, per stretch."""
        both = (together(cell) for cell in self.cells)
        return tuple(one.percent if one.offered else None for one in both)

    def other_percent(self) -> tuple[float | None, ...]:
        """Percentage of the other requests served, per stretch."""
        return tuple(other.percent if other.offered else None for other, _reviews in self.cells)

    def turned_away_slow_percent(self) -> float:
        """Percentage of the calls to reviews made while it is slow that the bulkhead refused."""
        calls = sum(reviews.offered for _other, reviews in self.between(SLOW_S, WELL_S))
        refused = sum(SLOW_S <= moment < WELL_S for moment in self.turned_away)
        return 100.0 * refused / calls if calls else 0.0

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        slow = self.between(SLOW_S, WELL_S)
        calm = self.between(0.0, SLOW_S)
        late = self.between(LATE_S, WELL_S)
        other_late = together(other for other, _reviews in late)
        settled = together(reviews for _other, reviews in self.between(SETTLED_S, WELL_S))
        reviews_calm = together(reviews for _other, reviews in calm)
        waits_s = sorted(other_late.waits_s)
        return {
            "served_slow": together(one for cell in slow for one in cell).percent,
            "served_calm": together(one for cell in calm for one in cell).percent,
            "reviews_calm": reviews_calm.percent,
            "other_slow": together(other for other, _reviews in slow).percent,
            "other_late": other_late.percent,
            "reviews_per_second": settled.served / (WELL_S - SETTLED_S),
            "other_wait_ms": 1000.0 * percentile(waits_s, 0.99) if waits_s else 0.0,
            "held_most": float(self.held_most),
            "busy_most": max(self.busy),
            "reviews_calls": float(sum(self._is_reviews)),
            "turned_away": float(len(self.turned_away)),
            "turned_away_slow_percent": self.turned_away_slow_percent(),
            "turned_away_calm": float(sum(moment < SLOW_S for moment in self.turned_away)),
        }
