"""Ask again, after a while, a bounded number of times."""

from dataclasses import dataclass
from enum import StrEnum

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.streams import Sampler

_FINAL = frozenset({Outcome.OK, Outcome.FALLBACK, Outcome.REFUSED})


class Jitter(StrEnum):
    """How chance spreads a wait: not at all, over all of it, or over its second half."""

    NONE = "none"
    FULL = "full"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits of base · factor^(n−1) seconds before retry n, at most `cap_s`, with jitter.

    Full jitter draws from [0, wait), equal jitter from [wait/2, wait); both use `random`.
    """

    base_s: float
    random: Sampler
    factor: float = 2.0
    cap_s: float = 20.0
    jitter: Jitter = Jitter.NONE

    def wait(self, retry: int) -> float:
        """Seconds to wait before retry number `retry`, counted from 1."""
        longest = self.base_s
        for _ in range(retry - 1):
            longest = min(longest * self.factor, self.cap_s)
        longest = min(longest, self.cap_s)
        if self.jitter is Jitter.NONE:
            return longest
        if self.jitter is Jitter.FULL:
            return longest * self.random()
        return longest * (0.5 + 0.5 * self.random())


class RetryBudget:
    """A token bucket: each first try pays in `ratio`, each retry takes out 1.

    Over time there are at most `ratio` retries per request; `burst` tokens can be saved up,
    and the bucket begins full.
    """

    __slots__ = ("_burst", "_ratio", "tokens")

    def __init__(self, ratio: float, *, burst: float) -> None:
        self.tokens = burst
        self._ratio = ratio
        self._burst = burst

    def first_try(self) -> None:
        """Pay in for a request."""
        self.tokens = min(self._burst, self.tokens + self._ratio)

    def take(self) -> bool:
        """Take out one retry, if there is one."""
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class Retry:
    """`target`, tried up to `attempts` times in all; the first call counts.

    Refused calls are not tried again: whoever refuses them has its reasons.
    """

    __slots__ = (
        "_attempts",
        "_backoff",
        "_budget",
        "_simulator",
        "_target",
        "retries",
        "unaffordable",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        *,
        attempts: int,
        backoff: Backoff,
        budget: RetryBudget | None = None,
    ) -> None:
        self.retries = 0
        self.unaffordable = 0
        self._simulator = simulator
        self._target = direct(target)
        self._attempts = attempts
        self._backoff = backoff
        self._budget = budget

    def __call__(self, request: Request, done: Done) -> None:
        """Make the first attempt."""
        if self._budget is not None:
            self._budget.first_try()
        self._target(request, _Attempts(self, request, done).settle)

    def again(self, attempts: "_Attempts") -> None:
        """Make one more attempt."""
        self.retries += 1
        self._target(attempts.request, attempts.settle)

    def plan(self, attempts: "_Attempts") -> bool:
        """Schedule one more attempt if number and budget allow."""
        if attempts.made >= self._attempts:
            return False
        if self._budget is not None and not self._budget.take():
            self.unaffordable += 1
            return False
        # always through the agenda: called directly, nested layers would nest their stacks
        self._simulator.after(self._backoff.wait(attempts.made), self.again, attempts)
        attempts.made += 1
        return True


class _Attempts:
    """The attempts made for one call."""

    __slots__ = ("_retry", "done", "made", "request")

    def __init__(self, retry: Retry, request: Request, done: Done) -> None:
        self._retry = retry
        self.request = request
        self.done = done
        self.made = 1

    def settle(self, request: Request, outcome: Outcome) -> None:
        if outcome in _FINAL or not self._retry.plan(self):
            self.done(request, outcome)
