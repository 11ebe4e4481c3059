"""Let only so many calls through per time."""

from collections import deque
from collections.abc import Callable
from math import floor
from typing import Protocol, overload

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator

# Sums of floats may fall short of a whole number by a hair, which must not cost a permit.
_HAIR = 1e-9


class Rule(Protocol):
    """Decides which calls are let through. Asked in order of time."""

    def admit(self, now_s: float) -> bool:
        """Whether a call at this moment is let through; if so, it counts."""


class TokenBucket:
    """`rate` tokens a second into a bucket of `burst`, full at first; a call takes one."""

    __slots__ = ("_burst", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = self._tokens = burst
        self._filled_at = 0.0

    def admit(self, now_s: float) -> bool:
        """Take a token, if there is one."""
        self._tokens = min(self._burst, self._tokens + self._rate * (now_s - self._filled_at))
        self._filled_at = now_s
        if self._tokens < 1.0 - _HAIR:
            return False
        self._tokens -= 1.0
        return True


class FixedWindow:
    """`limit` calls in each window of `window_s` seconds; windows begin at multiples of it."""

    __slots__ = ("_admitted", "_limit", "_window", "_window_s")

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._window = 0
        self._admitted = 0

    def admit(self, now_s: float) -> bool:
        """Count a call in the current window, if there is room."""
        window = floor(now_s / self._window_s + _HAIR)
        if window != self._window:
            self._window, self._admitted = window, 0
        if self._admitted >= self._limit:
            return False
        self._admitted += 1
        return True


class SlidingWindow:
    """`limit` calls in any `window_s` seconds, by a log of the calls let through."""

    __slots__ = ("_limit", "_log", "_window_s")

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._log: deque[float] = deque()

    def admit(self, now_s: float) -> bool:
        """Log a call, if fewer than the limit were logged within the window before it."""
        oldest = now_s - self._window_s + _HAIR
        while self._log and self._log[0] <= oldest:
            self._log.popleft()
        if len(self._log) >= self._limit:
            return False
        self._log.append(now_s)
        return True


class RateLimiter:
    """`target` behind a rule; calls that it does not admit end refused.

    With `key`, `rule` makes rules, and each key has its own.
    """

    __slots__ = ("_rule_for", "_rules", "_simulator", "_target", "admitted", "limited")

    @overload
    def __init__(self, simulator: Simulator, target: Handler, rule: Rule) -> None: ...

    @overload
    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        rule: Callable[[], Rule],
        *,
        key: Callable[[Request], str],
    ) -> None: ...

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        rule: Rule | Callable[[], Rule],
        *,
        key: Callable[[Request], str] | None = None,
    ) -> None:
        if callable(rule) is (key is None):
            raise TypeError("Give one rule, or a key and what makes the rule of each key.")
        self.admitted = 0
        self.limited = 0
        self._simulator = simulator
        self._target = direct(target)
        self._rules: dict[str, Rule] = {}
        self._rule_for = _same(rule) if key is None else self._by_key(rule, key)

    def _by_key(
        self, make: Rule | Callable[[], Rule], key: Callable[[Request], str]
    ) -> Callable[[Request], Rule]:
        assert callable(make)  # noqa: S101 -- narrows the type
        rules = self._rules

        def rule_for(request: Request) -> Rule:
            name = key(request)
            if name not in rules:
                rules[name] = make()
            return rules[name]

        return rule_for

    def __call__(self, request: Request, done: Done) -> None:
        """Let the call through or refuse it."""
        if self._rule_for(request).admit(self._simulator.now):
            self.admitted += 1
            self._target(request, done)
        else:
            self.limited += 1
            done(request, Outcome.REFUSED)


def _same(rule: Rule | Callable[[], Rule]) -> Callable[[Request], Rule]:
    assert not callable(rule)  # noqa: S101 -- narrows the type
    return lambda _request: rule
