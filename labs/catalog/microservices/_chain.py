"""Services in a row that each retry, with a database at the end: the retry storm's model.

The database works on two calls at a time, 20 ms each on average, so it can do 100 a second;
its queue is as good as endless. For ten seconds it stalls. Then a standby takes over: every
call that waits fails at that moment, and for five seconds the standby's cold cache makes each
call take four times as long. Whoever calls waits half a second at most, but nobody tells the
database when a caller has gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import simulation
from labs.readings import Axis, arrived_within, p99_served_ms, served, served_percent
from simulation import Handler, Request, Simulator, Streams
from simulation.policies import Backoff, Budget, Jitter, Retry, timeout

DURATION_S = 45.0
AXIS = Axis(width_s=0.5, count=90)
STALL_S, RESTART_S, WARM_S = 10.0, 20.0, 25.0
COLD_FACTOR = 4.0
CALL_TIMEOUT_S = 0.5
PATIENCE_S = 4.0
WAITING_ROOM = 5000
CAPACITY = 100  # calls per second
BACKOFF_CAP_S = 2.0
TOGETHER = 20  # requests, one after the other, that tell whether all is normal again
MOST_EVENTS = 400_000  # of the engine; the busiest parameters need about half of that


@dataclass(frozen=True, slots=True)
class Retrying:
    """How every layer retries; `budget` makes one layer's budget, or is None."""

    attempts: int
    base_s: float
    jitter: Jitter
    budget: Callable[[], Budget] | None


NO_RETRIES = Retrying(attempts=1, base_s=0.0, jitter=Jitter.NONE, budget=None)


class Chain:
    """One simulated stretch of traffic, and the numbers that tiles and challenges need."""

    def __init__(
        self, *, seed: int, rate: float, layers: int, failing: float, retrying: Retrying
    ) -> None:
        """`rate` is requests per second; `failing` the share of calls that fail by chance."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.streams = Streams(seed)
        self.log = simulation.EventLog()
        self.ledger = simulation.Ledger()
        self.calls: list[tuple[float, int]] = []  # when the database was called, for whom
        database = self._database(failing)
        front = timeout(self.simulator, self._counted(database), CALL_TIMEOUT_S)
        for layer in range(layers):
            front = self._layer(layer, front, retrying)
        simulation.OpenLoop(
            self.simulator,
            front,
            self.streams.exponential("arrivals", 1.0 / rate),
            until_s=DURATION_S,
            ledger=self.ledger,
        )
        levels = {"waiting": lambda: float(database.queue_length)}
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run()
        self.waiting = tuple(gauge.samples["waiting"])

    def _database(self, failing: float) -> simulation.Service:
        database = simulation.Service(
            self.simulator,
            "database",
            servers=2,
            service_time=self.streams.exponential("database", 2 / CAPACITY),
            queue_limit=WAITING_ROOM,
            luck=self.streams.random("luck"),
        )
        faults = [
            simulation.stalled(STALL_S, RESTART_S),
            simulation.slow(RESTART_S, WARM_S, factor=COLD_FACTOR),
        ]
        if failing:
            faults.append(simulation.erring(0.0, DURATION_S, rate=failing))
        simulation.schedule(self.simulator, self.log, database, faults)
        return database

    def _counted(self, database: Handler) -> Handler:
        def count(request: Request) -> None:
            self.calls.append((self.simulator.now, request.id))

        return simulation.tapped(database, count)

    def _layer(self, layer: int, target: Handler, retrying: Retrying) -> Handler:
        backoff = Backoff(
            retrying.base_s,
            self.streams.random(f"jitter/{layer}"),
            cap_s=BACKOFF_CAP_S,
            jitter=retrying.jitter,
        )
        bucket = None if retrying.budget is None else retrying.budget()
        return Retry(
            self.simulator, target, attempts=retrying.attempts, backoff=backoff, budget=bucket
        )

    def calls_per_request(self, start_s: float, end_s: float) -> float:
        """Mean calls to the database on behalf of requests that arrived in [start_s, end_s)."""
        requests = {record[0] for record in arrived_within(self.ledger, start_s, end_s)}
        calls = sum(request in requests for _time_s, request in self.calls)
        return calls / len(requests) if requests else 0.0

    def busiest_tenth(self) -> float:
        """The most calls in any tenth of a second in the two seconds after the restart."""
        tenths = Axis(width_s=0.1, count=20)
        rates = tenths.per_second(time_s - RESTART_S for time_s, _ in self.calls_from(RESTART_S))
        return max(rates) * tenths.width_s

    def calls_from(self, start_s: float) -> list[tuple[float, int]]:
        """Calls to the database from `start_s` on."""
        return [call for call in self.calls if call[0] >= start_s]

    def recovery_s(self) -> float:
        """Seconds from the restart until as many are served as when all was well, or nearly.

        That is, until the first request of `TOGETHER` that arrive one after the other and are
        served as often as those before the stall, less a fifth.
        """
        later = arrived_within(self.ledger, RESTART_S, DURATION_S)
        wanted = 0.8 * self.calm_percent() / 100.0 * TOGETHER
        good = [served(one, PATIENCE_S) for one in later]
        for index in range(len(later) - TOGETHER + 1):
            if sum(good[index : index + TOGETHER]) >= wanted:
                return later[index][1] - RESTART_S
        return DURATION_S - RESTART_S

    def calm_percent(self) -> float:
        """Percentage of the requests before the stall that were served."""
        calm = arrived_within(self.ledger, 0.0, STALL_S - PATIENCE_S)
        return served_percent(calm, patience_s=PATIENCE_S)

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        calm = arrived_within(self.ledger, 0.0, STALL_S - PATIENCE_S)
        warm = arrived_within(self.ledger, WARM_S, DURATION_S)
        return {
            "served": served_percent(self.ledger, patience_s=PATIENCE_S),
            "served_normal": served_percent([*calm, *warm], patience_s=PATIENCE_S),
            "requests": float(len(self.ledger)),
            "database_calls": float(len(self.calls)),
            "calls_per_request_down": self.calls_per_request(STALL_S, RESTART_S),
            "calls_per_second_after": len(self.calls_from(RESTART_S)) / (DURATION_S - RESTART_S),
            "busiest_tenth": self.busiest_tenth(),
            "recovery_s": self.recovery_s(),
            "p99_ms": p99_served_ms(self.ledger, patience_s=PATIENCE_S),
        }
