"""Answer from memory what was asked a moment ago."""

from collections.abc import Callable

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class Cache:
    """`target` behind a read-through cache: good answers are kept for `ttl_s` seconds per key.

    A hit takes `hit_s` seconds. Concurrent misses of a key each go through; with `coalesce`
    the later ones wait for the first and share its answer, good or bad (put a timeout around
    a target that may stay silent: nobody else asks for that key meanwhile). An answer that was
    asked for before its key was forgotten is still kept when it comes: caches race like that.
    """

    __slots__ = (
        "_asked",
        "_coalesce",
        "_expires",
        "_hit_s",
        "_key",
        "_simulator",
        "_target",
        "_ttl_s",
        "coalesced",
        "hits",
        "misses",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        *,
        ttl_s: float,
        key: Callable[[Request], str],
        hit_s: float = 0.0,
        coalesce: bool = False,
    ) -> None:
        self.hits = 0
        self.misses = 0
        self.coalesced = 0  # misses that did not reach the target
        self._simulator = simulator
        self._target = direct(target)
        self._ttl_s = ttl_s
        self._key = key
        self._hit_s = hit_s
        self._coalesce = coalesce
        self._expires: dict[str, float] = {}
        self._asked: dict[str, list[tuple[Request, Done]]] = {}

    def __call__(self, request: Request, done: Done) -> None:
        """Answer from the cache, or ask and keep the answer."""
        key = self._key(request)
        if self._expires.get(key, 0.0) > self._simulator.now:
            self.hits += 1
            self._answer(request, done)
            return
        self.misses += 1
        if self._coalesce:
            self._ask_once(key, request, done)
        else:
            self._ask(key, request, done)

    def __contains__(self, key: str) -> bool:
        return self._expires.get(key, 0.0) > self._simulator.now

    def clear(self) -> None:
        """Forget everything, as a restart does."""
        self._expires.clear()

    def forget(self, key: str) -> None:
        """Forget one key, as an invalidation does."""
        self._expires.pop(key, None)

    def _answer(self, request: Request, done: Done) -> None:
        if self._hit_s:
            self._simulator.after(self._hit_s, lambda _: done(request, Outcome.OK))
        else:
            done(request, Outcome.OK)

    def _ask(self, key: str, request: Request, done: Done) -> None:
        def keep(request: Request, outcome: Outcome) -> None:
            if outcome is Outcome.OK:
                self._expires[key] = self._simulator.now + self._ttl_s
            done(request, outcome)

        self._target(request, keep)

    def _ask_once(self, key: str, request: Request, done: Done) -> None:
        if key in self._asked:
            self.coalesced += 1
            self._asked[key].append((request, done))
            return
        self._asked[key] = [(request, done)]

        def share(_request: Request, outcome: Outcome) -> None:
            for one, waiting in self._asked.pop(key):
                waiting(one, outcome)

        self._ask(key, request, share)
