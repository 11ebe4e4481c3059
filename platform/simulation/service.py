"""Services: places where a limited number of calls are worked on and others wait."""

from collections import deque
from collections.abc import Callable
from heapq import heappush
from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.faults import HEALTHY, Health
from simulation.kernel import Simulator
from simulation.metrics import Ledger
from simulation.streams import Sampler

type _Job = tuple[Request, Done, float]  # a call inside a service, and when it arrived

_OK = Outcome.OK


class Service:
    """`servers` calls at once, the others in a first-in-first-out queue of `queue_limit`.

    A call takes a time drawn from `service_time` (seconds) and then, if `downstream` is
    given, keeps its server until the call to `downstream` has ended: so waiting spreads.
    """

    __slots__ = (
        "_busy_sum",
        "_downstream",
        "_draw",
        "_ledger",
        "_luck",
        "_open_servers",
        "_queue_limit",
        "_queue_sum",
        "_service_time",
        "_simulator",
        "_waiting",
        "_worked",
        "busy",
        "health",
        "name",
        "offered",
        "servers",
    )

    def __init__(
        self,
        simulator: Simulator,
        name: str,
        *,
        servers: int,
        service_time: Sampler,
        queue_limit: float = inf,
        downstream: Handler | None = None,
        luck: Sampler | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """`luck` gives the uniform numbers that decide which calls an error rate hits."""
        self.name = name
        self.servers = servers
        self.busy = 0
        self.offered = 0
        self.health = HEALTHY
        self._simulator = simulator
        self._service_time = self._draw = service_time
        self._queue_limit = queue_limit
        self._luck = luck
        self._ledger = ledger
        self._downstream = downstream
        self._worked = self._answer if downstream is None else self._call_downstream
        self._open_servers = servers
        self._waiting: deque[_Job] = deque()
        self._busy_sum = 0.0
        self._queue_sum = 0.0

    @property
    def queue_length(self) -> int:
        """Calls waiting for a server."""
        return len(self._waiting)

    # The time integral of a level that steps up at times u and down at times d is
    # sum(d) − sum(u) + level · now; keeping that sum costs one addition per step.

    @property
    def busy_area(self) -> float:
        """Server-seconds in use so far: the time integral of `busy`."""
        return self._busy_sum + self.busy * self._simulator.now

    @property
    def queue_area(self) -> float:
        """Seconds waited so far by all calls together: the time integral of the queue."""
        return self._queue_sum + len(self._waiting) * self._simulator.now

    def __call__(self, request: Request, done: Done) -> None:
        """Take a call in, at once or into the queue, or turn it away."""
        simulator = self._simulator
        now = simulator.now
        self.offered += 1
        if self.health is not HEALTHY and self._turns_away(request, done):
            return
        if self.busy < self._open_servers:
            self.busy += 1
            self._busy_sum -= now
            entry = (now + self._draw(), simulator.ticket(), self._worked, (request, done, now))
            heappush(simulator.agenda, entry)
        elif len(self._waiting) < self._queue_limit:
            self._waiting.append((request, done, now))
            self._queue_sum -= now
        else:
            self._leave((request, done, now), Outcome.REJECTED)

    def reset(self) -> None:
        """Drop every waiting call with an error, as a restart does."""
        dropped, self._waiting = self._waiting, deque()
        self._queue_sum += len(dropped) * self._simulator.now
        for job in dropped:
            self._leave(job, Outcome.ERROR)

    def set_health(self, health: Health) -> None:
        """Change how the service fares. Work that was begun goes on at the old pace."""
        self.health = health
        draw, slowdown = self._service_time, health.slowdown
        self._draw = draw if slowdown == 1.0 else lambda: draw() * slowdown
        self._open_servers = 0 if health.stalled else self.servers
        while self._waiting and self.busy < self._open_servers:
            self.busy += 1
            self._busy_sum -= self._simulator.now
            self._begin_next()

    def _turns_away(self, request: Request, done: Done) -> bool:
        """Whether ill health ends an arriving call before it gets in."""
        job = (request, done, self._simulator.now)
        if self.health.silent:
            self._note(job, inf, Outcome.LOST)
        elif self.health.refusing:
            self._leave(job, Outcome.ERROR)
        return self.health.silent or self.health.refusing

    def _begin_next(self) -> None:
        """Give a server that is counted as busy to the call that has waited longest."""
        simulator = self._simulator
        now = simulator.now
        self._queue_sum += now
        entry = (now + self._draw(), simulator.ticket(), self._worked, self._waiting.popleft())
        heappush(simulator.agenda, entry)

    def _call_downstream(self, job: _Job) -> None:
        assert self._downstream is not None  # noqa: S101 -- narrows the type
        finish = self._finish
        self._downstream(job[0], lambda _request, outcome: finish(job, outcome))

    def _answer(self, job: _Job) -> None:
        # what _finish does, written out for the common case: half of all events end here
        if self.health is not HEALTHY:
            self._finish(job, self._ill_outcome())
            return
        request, done, arrived = job
        now = self._simulator.now
        if self._ledger is not None:
            self._ledger.rows += (request.id, arrived, now, _OK)
        done(request, _OK)
        if self._waiting:
            self._begin_next()
        else:
            self.busy -= 1
            self._busy_sum += now

    def _ill_outcome(self) -> Outcome:
        rate = self.health.error_rate
        fails = rate > 0.0 and self._luck is not None and self._luck() < rate
        return Outcome.ERROR if fails else _OK

    def _finish(self, job: _Job, outcome: Outcome) -> None:
        if self.health.silent:
            self._note(job, inf, Outcome.LOST)
        else:
            self._leave(job, outcome)
        if self._waiting and self.busy <= self._open_servers:
            self._begin_next()
        else:
            self.busy -= 1
            self._busy_sum += self._simulator.now

    def _leave(self, job: _Job, outcome: Outcome) -> None:
        self._note(job, self._simulator.now, outcome)
        job[1](job[0], outcome)

    def _note(self, job: _Job, left_at: float, outcome: Outcome) -> None:
        request, _done, arrived = job
        if self._ledger is not None:
            self._ledger.rows += (request.id, arrived, left_at, outcome)


def network(simulator: Simulator, target: Handler, one_way: Sampler) -> Handler:
    """`target` behind a network that takes `one_way` seconds there and again back."""
    target = direct(target)

    def call(request: Request, done: Done) -> None:
        def answer(_request: Request, outcome: Outcome) -> None:
            simulator.after(one_way(), lambda _: done(request, outcome))

        simulator.after(one_way(), lambda _: target(request, answer))

    return call


def tapped(target: Handler, tap: Callable[[Request], None]) -> Handler:
    """`target`, telling `tap` of each request that reaches it."""
    target = direct(target)

    def call(request: Request, done: Done) -> None:
        tap(request)
        target(request, done)

    return call
