"""Customers, an orders service and the stock service it asks: the deadline lab's model.

Stock works on eight calls at a time, 80 ms each on average, so it can do 100 a second. From
6 s to 12 s each takes four times as long. One call in fifty is lost on its way there. Every
customer leaves after a while. Unless a deadline came with the call, nobody further down
learns that a caller has gone.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

import simulation
from labs.readings import Axis, arrived_within, first_row_of, served, served_percent
from simulation import Done, Handler, Outcome, Record, Request, Simulator, Streams
from simulation.policies import Backoff, Retry, deadline, timeout

DURATION_S = 30.0
AXIS = Axis(width_s=0.5, count=60)
SLOW_S, WELL_S = 6.0, 12.0
BEFORE_S = 5.0  # until here, calls end before stock becomes slow
AFTER_S = 20.0  # from here on, all should be normal again
SLOWDOWN = 4.0
WORKERS = 60
WORK_S = 0.002  # of orders itself
STOCK_SERVERS = 8
STOCK_S = 0.08
LOSS = 0.02
BACKOFF_CAP_S = 20.0
IN_A_ROW = 20  # customers served, one after the other, that count as normal again
HAIR_S = 1e-9  # an answer at the last instant is in time
MOST_EVENTS = 60_000  # of the engine; the busiest parameters need a third of that


class Reach(StrEnum):
    """How far the news travels that a caller is going to leave, and when."""

    NOWHERE = "nowhere"  # without the pattern
    ORDERS = "orders"
    STOCK = "stock"
    ATTEMPT = "attempt"  # stock, and the limit of each attempt too


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits how long, in seconds; `reserve_s` is what stock must have left to begin."""

    budget_s: float
    timeout_s: float
    attempts: int
    first_wait_s: float
    reserve_s: float
    reach: Reach

    def asking(self, simulator: Simulator, stock: Handler) -> Handler:
        """Stock as orders calls it: several attempts, each with its limit."""
        limit = deadline if self.reach is Reach.ATTEMPT else timeout
        return self.retrying(simulator, limit(simulator, stock, self.timeout_s))

    def retrying(self, simulator: Simulator, attempt: Handler) -> Handler:
        """`attempt`, made as often as is allowed."""
        return Retry(
            simulator,
            attempt,
            attempts=self.attempts,
            # no jitter, so no chance is drawn: a constant will do
            backoff=Backoff(self.first_wait_s, simulation.constant(0.0), cap_s=BACKOFF_CAP_S),
        )

    def bounded(self, simulator: Simulator, front: Handler) -> Handler:
        """`front` with the customer's deadline on each call, if it goes anywhere."""
        if self.reach is Reach.NOWHERE:
            return front
        return deadline(simulator, front, self.budget_s)


class Shop:
    """Half a simulated minute, and the numbers that tiles and challenges need."""

    def __init__(self, *, seed: int, rate: float, waiting: Waiting) -> None:
        """`rate` is customers per second."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.calls: list[float] = []  # when stock was called
        self.answers: list[tuple[float, bool]] = []  # when stock was done, and if for nobody
        self._unanswered: dict[int, float] = {}  # when those came who have no answer, by id
        self._waiting = waiting
        self._streams = Streams(seed)
        self._patience_s = waiting.budget_s + HAIR_S
        stock = self._stock()
        orders = self._orders(waiting.asking(self.simulator, self._called(stock)))
        self._customers(waiting.bounded(self.simulator, orders), rate)
        levels = {
            "busy": lambda: float(orders.busy),
            "queue": lambda: float(stock.queue_length),
        }
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run(DURATION_S + waiting.budget_s)
        self.busy, self.queue = gauge.samples["busy"], gauge.samples["queue"]
        for number, arrived in self._unanswered.items():
            self.ledger.rows += (number, arrived, inf, Outcome.LOST)
        self._tell_turns()

    def _tell_turns(self) -> None:
        """Add to the log what can only be said in hindsight."""
        in_vain = [moment for moment, in_vain in self.answers if in_vain and moment >= SLOW_S]
        if in_vain:
            self.log.add(in_vain[0], "stock", "in vain")
        recovery_s = self._recovery_s()
        if recovery_s < DURATION_S - WELL_S:
            self.log.add(WELL_S + recovery_s, "customers", "served again")
        self.log.events.sort(key=lambda one: one.time_s)

    def _stock(self) -> simulation.Service:
        stock = simulation.Service(
            self.simulator,
            "stock",
            servers=STOCK_SERVERS,
            service_time=self._streams.exponential("stock", STOCK_S),
            drops_expired=self._waiting.reach in (Reach.STOCK, Reach.ATTEMPT),
        )
        slow = simulation.slow(SLOW_S, WELL_S, factor=SLOWDOWN)
        simulation.schedule(self.simulator, self.log, stock, [slow])
        return stock

    def _called(self, stock: Handler) -> Handler:
        """Stock over a network that loses calls; notes what it is asked and does in vain."""
        luck = self._streams.random("luck")
        waiting = self._waiting

        def call(request: Request, done: Done) -> None:
            now = self.simulator.now
            self.calls.append(now)
            if luck() < LOSS:
                return
            gone = min(now + waiting.timeout_s, request.started_at + waiting.budget_s) + HAIR_S

            def answer(_request: Request, outcome: Outcome) -> None:
                if outcome is Outcome.OK:
                    self.answers.append((self.simulator.now, self.simulator.now > gone))
                done(request, outcome)

            stock(request.child(deadline=request.deadline - waiting.reserve_s), answer)

        return call

    def _orders(self, asking: Handler) -> simulation.Service:
        return simulation.Service(
            self.simulator,
            "orders",
            servers=WORKERS,
            service_time=simulation.constant(WORK_S),
            downstream=asking,
            drops_expired=self._waiting.reach is not Reach.NOWHERE,
        )

    def _customers(self, front: Handler, rate: float) -> None:
        unanswered = self._unanswered

        def ask(request: Request, done: Done) -> None:
            unanswered[request.id] = request.started_at

            def answer(_request: Request, outcome: Outcome) -> None:
                del unanswered[request.id]
                done(request, outcome)

            front(request, answer)

        gaps = self._streams.exponential("arrivals", 1.0 / rate)
        simulation.OpenLoop(self.simulator, ask, gaps, until_s=DURATION_S, ledger=self.ledger)

    def served_percent(self) -> tuple[float | None, ...]:
        """Percentage of each stretch's customers who were served before they left."""
        return AXIS.served_percent(self.ledger, patience_s=self._patience_s)

    def wasted_percent(self) -> tuple[float | None, ...]:
        """Percentage of the calls stock finished in each stretch that nobody waited for."""
        done = AXIS.per_second(moment for moment, _ in self.answers)
        wasted = AXIS.per_second(moment for moment, in_vain in self.answers if in_vain)
        return tuple(
            100.0 * part / whole if whole else None
            for part, whole in zip(wasted, done, strict=True)
        )

    def _recovery_s(self) -> float:
        """Seconds from stock's recovery until twenty customers in a row are served."""
        later = arrived_within(self.ledger, WELL_S, DURATION_S)
        first = first_row_of(IN_A_ROW, later, lambda one: served(one, self._patience_s))
        return (DURATION_S if first is None else first) - WELL_S

    def _served(self, records: list[Record]) -> float:
        return served_percent(records, patience_s=self._patience_s)

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        slow = arrived_within(self.ledger, SLOW_S, WELL_S)
        before = arrived_within(self.ledger, 0.0, BEFORE_S)
        after = arrived_within(self.ledger, AFTER_S, DURATION_S)
        wasted = sum(in_vain for _moment, in_vain in self.answers)
        calls_slow = sum(SLOW_S <= moment < WELL_S for moment in self.calls)
        return {
            "customers": float(len(self.ledger)),
            "served_slow": self._served(slow),
            "served_calm": self._served([*before, *after]),
            "served_after": self._served(after),
            "recovery_s": self._recovery_s(),
            "stock_calls": float(len(self.calls)),
            "stock_done": float(len(self.answers)),
            "wasted": float(wasted),
            "wasted_percent": 100.0 * wasted / len(self.answers) if self.answers else 0.0,
            "calls_per_customer_slow": calls_slow / len(slow) if slow else 0.0,
            "busy_most": max(self.busy),
        }


def unanswered_call(waiting: Waiting) -> list[tuple[float, float]]:
    """When each attempt of one call begins and ends if stock never answers, in seconds."""
    simulator = Simulator(max_events=1_000)
    attempts: list[tuple[float, float]] = []

    def noted(handler: Handler) -> Handler:
        def call(request: Request, done: Done) -> None:
            began = simulator.now

            def answer(request: Request, outcome: Outcome) -> None:
                attempts.append((began, simulator.now))
                done(request, outcome)

            handler(request, answer)

        return call

    asking = waiting.retrying(simulator, noted(timeout(simulator, _silent, waiting.timeout_s)))
    waiting.bounded(simulator, asking)(Request(0, 0.0, ""), _silent_end)
    simulator.run()
    return attempts


def _silent(_request: Request, _done: Done) -> None:
    """Never answer."""


def _silent_end(_request: Request, _outcome: Outcome) -> None:
    """Take the end of the call for granted."""
