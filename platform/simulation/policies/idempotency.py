"""Do a thing once, however often it is asked for."""

from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class IdempotencyStore:
    """`target`, called once per `request.key`; requests without a key pass through.

    A key that was served is answered from the store for `ttl_s` seconds after that. A key in
    progress waits for the first call and shares its outcome; a failure is not stored, so the
    next call tries again. A first call that has not ended within `lock_s` seconds, because
    whoever worked on it is gone, no longer keeps others from trying.
    """

    __slots__ = (
        "_lock_s",
        "_locks",
        "_served",
        "_simulator",
        "_target",
        "_ttl_s",
        "executed",
        "repeated",
    )

    def __init__(
        self, simulator: Simulator, target: Handler, *, ttl_s: float = inf, lock_s: float = inf
    ) -> None:
        self.repeated = 0
        self.executed = 0
        self._simulator = simulator
        self._target = direct(target)
        self._ttl_s = ttl_s
        self._lock_s = lock_s
        self._served: dict[str, tuple[float, Outcome]] = {}  # until when, and how
        self._locks: dict[str, _Lock] = {}

    def __call__(self, request: Request, done: Done) -> None:
        """Answer from the store, wait for the first call, or be the first."""
        now = self._simulator.now
        until_s, outcome = self._served.get(request.key, (0.0, Outcome.OK))
        lock = self._locks.get(request.key)
        if now < until_s:
            self.repeated += 1
            done(request, outcome)
        elif lock is not None and now < lock.until_s:
            self.repeated += 1
            lock.waiting.append((request, done))
        else:
            self._execute(request, done)

    def _execute(self, request: Request, done: Done) -> None:
        self.executed += 1
        if not request.key:
            self._target(request, done)
            return
        lock = _Lock(self._simulator.now + self._lock_s, request, done)
        self._locks[request.key] = lock

        def settle(_request: Request, outcome: Outcome) -> None:
            self._settle(request.key, lock, outcome)

        self._target(request, settle)

    def _settle(self, key: str, lock: "_Lock", outcome: Outcome) -> None:
        if outcome.served:
            self._served[key] = (self._simulator.now + self._ttl_s, outcome)
        if self._locks.get(key) is lock:  # it may have been taken over
            del self._locks[key]
        for request, done in lock.waiting:
            done(request, outcome)


class _Lock:
    """A key in progress, and who waits for it, the first call included."""

    __slots__ = ("until_s", "waiting")

    def __init__(self, until_s: float, request: Request, done: Done) -> None:
        self.until_s = until_s
        self.waiting = [(request, done)]
