"""Let only so many calls through at once, so that one dependency cannot take all there is."""

from collections import deque
from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class Bulkhead:
    """`target` behind a semaphore of `permits`.

    A call beyond the permits waits in a first-in-first-out queue of `queue_limit`, at most
    `max_wait_s` seconds; a call that finds the queue full, or waited that long, ends refused.
    """

    __slots__ = (
        "_admitting",
        "_max_wait_s",
        "_permits",
        "_queue",
        "_queue_limit",
        "_simulator",
        "_target",
        "in_use",
        "rejected",
        "waiting",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        *,
        permits: int,
        queue_limit: int = 0,
        max_wait_s: float = inf,
    ) -> None:
        self.in_use = 0
        self.waiting = 0
        self.rejected = 0
        self._simulator = simulator
        self._target = direct(target)
        self._permits = permits
        self._queue_limit = queue_limit
        self._max_wait_s = max_wait_s
        self._queue: deque[_Guest] = deque()
        self._admitting = False

    def __call__(self, request: Request, done: Done) -> None:
        """Let the call through, let it wait, or refuse it."""
        if self.in_use < self._permits and not self.waiting:
            self._begin(request, done)
        elif self.waiting < self._queue_limit:
            self._queue_up(_Guest(request, done))
        else:
            self.rejected += 1
            done(request, Outcome.REFUSED)

    def _queue_up(self, guest: "_Guest") -> None:
        self.waiting += 1
        self._queue.append(guest)
        if self._max_wait_s != inf:
            self._simulator.after(self._max_wait_s, self._lose_patience, guest)

    def _lose_patience(self, guest: "_Guest") -> None:
        if guest.waits:
            guest.waits = False
            self.waiting -= 1
            self.rejected += 1
            guest.done(guest.request, Outcome.REFUSED)

    def _begin(self, request: Request, done: Done) -> None:
        self.in_use += 1

        def settle(request: Request, outcome: Outcome) -> None:
            self.in_use -= 1
            self._admit_waiting()
            done(request, outcome)

        self._target(request, settle)

    def _admit_waiting(self) -> None:
        """Hand free permits on; a loop, for calls that end at once would nest their stacks."""
        if self._admitting:
            return
        self._admitting = True
        while self._queue and self.in_use < self._permits:
            guest = self._queue.popleft()
            if guest.waits:
                guest.waits = False
                self.waiting -= 1
                self._begin(guest.request, guest.done)
        self._admitting = False


class _Guest:
    """A call that waits for a permit, until it gets one or gives up."""

    __slots__ = ("done", "request", "waits")

    def __init__(self, request: Request, done: Done) -> None:
        self.request = request
        self.done = done
        self.waits = True
