"""Services: places where a limited number of calls are worked on and others wait."""

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappush
from math import inf
from sys import maxsize

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.faults import HEALTHY, Health
from simulation.kernel import Entry, Simulator
from simulation.metrics import Ledger
from simulation.streams import Sampler

type _Job = tuple[Request, Done, float]  # a call inside a service, and when it arrived

_OK = Outcome.OK


class Service:
    """`servers` calls at once, the others in a first-in-first-out queue of `queue_limit`.

    A call takes a time drawn from `service_time` (seconds) and then, if `downstream` is
    given, keeps its server until the call to `downstream` has ended: so waiting spreads.

    `wasted` counts calls that were worked on to the end although their deadline had passed.
    With `drops_expired`, calls whose deadline has passed when their turn comes are not begun
    but end with a timeout; `expired` counts them.
    """

    __slots__ = (
        "_busy_sum",
        "_calling",
        "_downstream",
        "_draw",
        "_drops_expired",
        "_enter",
        "_error_rate",
        "_luck",
        "_open_servers",
        "_queue_limit",
        "_queue_sum",
        "_selective",
        "_server_sum",
        "_service_time",
        "_silent",
        "_simulator",
        "_take",
        "_waiting",
        "_worked",
        "busy",
        "expired",
        "health",
        "name",
        "offered",
        "servers",
        "wasted",
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
        lifo: bool = False,
        drops_expired: bool = False,
    ) -> None:
        """`luck` gives the uniform numbers that decide which calls an error rate hits.

        `lifo` takes the call that came last out of the queue first.
        """
        self.name = name
        self.servers = servers
        self.health = HEALTHY
        self._simulator = simulator
        self._service_time = self._draw = service_time
        # a whole number: comparing one with the float infinity takes several times as long
        self._queue_limit = int(min(queue_limit, maxsize))
        self._luck = luck or _never
        self._enter = None if ledger is None else ledger.rows.extend
        self._downstream = downstream
        self._worked = self._answer if downstream is None else self._call_downstream
        self._open_servers = servers
        self._waiting: deque[_Job] = deque()
        self._take = self._waiting.pop if lifo else self._waiting.popleft
        self._drops_expired = self._selective = drops_expired
        self._silent = False
        self._error_rate = 0.0
        self._calling: dict[int, _Job] = {}
        self._count_from_zero()

    def _count_from_zero(self) -> None:
        self.busy = 0
        self.offered = 0
        self.expired = 0
        self.wasted = 0
        self._busy_sum = 0.0
        self._queue_sum = 0.0
        self._server_sum = 0.0

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

    @property
    def server_area(self) -> float:
        """Server-seconds kept ready so far: the time integral of `servers`."""
        return self._server_sum + self.servers * self._simulator.now

    def __call__(self, request: Request, done: Done) -> None:
        """Take a call in, at once or into the queue, or turn it away."""
        simulator = self._simulator
        now = simulator.now
        self.offered += 1
        if self._selective and self._turns_away(request, done):
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
        dropped = list(self._waiting)
        self._waiting.clear()
        self._queue_sum += len(dropped) * self._simulator.now
        for job in dropped:
            self._leave(job, Outcome.ERROR)

    def crash(self) -> None:
        """Lose all work under way and the queue: those calls end with an error now.

        It comes right after the present event, which may be an answer of this very service.
        """
        self._simulator.after(0.0, self._lose_all)

    def _lose_all(self, _argument: None) -> None:
        lost = self._withdraw_begun() + list(self._calling.values())
        self._calling.clear()
        self._busy_sum += self.busy * self._simulator.now
        self.busy = 0
        for job in lost:
            self._leave(job, Outcome.ERROR)
        self.reset()

    def set_health(self, health: Health) -> None:
        """Change how the service fares. Work that was begun goes on at the old pace."""
        self.health = health
        draw, slowdown = self._service_time, health.slowdown
        self._draw = draw if slowdown == 1.0 else lambda: draw() * slowdown
        # read out once here, not each time a call comes or ends
        self._selective = health.silent or health.refusing or self._drops_expired
        self._silent = health.silent
        self._error_rate = health.error_rate
        self._open()

    def set_servers(self, servers: int) -> None:
        """Add or take away servers; a server that is taken away first ends its work."""
        self._server_sum += (self.servers - servers) * self._simulator.now
        self.servers = servers
        self._open()

    def _open(self) -> None:
        """Let waiting calls begin where servers have become free for them."""
        self._open_servers = 0 if self.health.stalled else self.servers
        while self._waiting and self.busy < self._open_servers:
            self.busy += 1
            self._busy_sum -= self._simulator.now
            self._begin_next()

    def _withdraw_begun(self) -> list[_Job]:
        """Take the ends of all work out of the agenda; only crashes pay for this search."""
        agenda = self._simulator.agenda
        begun = [entry for entry in agenda if entry[2] is self._worked]
        agenda[:] = [entry for entry in agenda if entry[2] is not self._worked]
        heapify(agenda)
        return [job for _time, _ticket, _action, job in sorted(begun, key=_ticket_of)]

    def _turns_away(self, request: Request, done: Done) -> bool:
        """Whether ill health or a passed deadline ends an arriving call before it gets in."""
        job = (request, done, self._simulator.now)
        if self.health.silent:
            self._note(job, inf, Outcome.LOST)
        elif self.health.refusing:
            self._leave(job, Outcome.ERROR)
        elif self._drops_expired and request.deadline <= self._simulator.now:
            self.expired += 1
            self._leave(job, Outcome.TIMEOUT)
        else:
            return False
        return True

    def _begin_next(self) -> None:
        """Give a server that is counted as busy to the call whose turn it is."""
        simulator = self._simulator
        now = simulator.now
        job: _Job | None = self._take()
        self._queue_sum += now
        if self._drops_expired:
            job = self._first_unexpired(job)
        if job is None:
            self.busy -= 1
            self._busy_sum += now
        else:
            heappush(simulator.agenda, (now + self._draw(), simulator.ticket(), self._worked, job))

    def _first_unexpired(self, job: _Job | None) -> _Job | None:
        """The job or, after dropping those that nobody waits for, one from the queue."""
        now = self._simulator.now
        while job is not None and job[0].deadline <= now:
            self.expired += 1
            self._leave(job, Outcome.TIMEOUT)
            job = None
            if self._waiting:
                job = self._take()
                self._queue_sum += now
        return job

    def _call_downstream(self, job: _Job) -> None:
        assert self._downstream is not None  # noqa: S101 -- narrows the type
        calling, finish, number = self._calling, self._finish, id(job)
        calling[number] = job

        def answer(_request: Request, outcome: Outcome) -> None:
            if calling.pop(number, None) is not None:  # a crash may have lost it
                finish(job, outcome)

        self._downstream(job[0], answer)

    def _answer(self, job: _Job) -> None:
        # what _finish and _begin_next do, written out: half of all events end here
        outcome = _OK
        if self._error_rate and self._luck() < self._error_rate:
            outcome = Outcome.ERROR
        if self._silent:
            self._finish(job, outcome)
            return
        request, done, arrived = job
        simulator = self._simulator
        now = simulator.now
        if now >= request.deadline:
            self.wasted += 1
        if self._enter is not None:
            self._enter((request.id, arrived, now, outcome))
        done(request, outcome)
        if not self._waiting or self.busy > self._open_servers:
            self.busy -= 1
            self._busy_sum += now
        elif self._drops_expired:
            self._begin_next()
        else:
            self._queue_sum += now
            entry = (now + self._draw(), simulator.ticket(), self._worked, self._take())
            heappush(simulator.agenda, entry)

    def _finish(self, job: _Job, outcome: Outcome) -> None:
        if self._simulator.now >= job[0].deadline:
            self.wasted += 1
        if self._silent:
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
        if self._enter is not None:
            self._enter((request.id, arrived, left_at, outcome))


def _never() -> float:
    """Stand in for luck: no error rate reaches it."""
    return 1.0


def _ticket_of(entry: Entry) -> float:
    return entry[1]


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
