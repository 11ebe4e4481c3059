"""Ask again, after a while, a bounded number of times."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappush
from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.policies.budget import Budget
from simulation.streams import Sampler

FINAL = frozenset({Outcome.OK, Outcome.FALLBACK, Outcome.REFUSED})


class Jitter(StrEnum):
    """How chance spreads a wait."""

    NONE = "none"
    FULL = "full"  # over all of it
    EQUAL = "equal"  # over its second half
    FIFTH = "fifth"  # a fifth less to a fifth more, as gRPC does
    HALF = "half"  # half less to half more, as resilience4j does when told to randomise
    DECORRELATED = "decorrelated"  # from the base to three times the wait before


_SPREAD = {  # the least, as a share of the wait, and how far beyond it chance reaches
    Jitter.FULL: (0.0, 1.0),
    Jitter.EQUAL: (0.5, 0.5),
    Jitter.FIFTH: (0.8, 0.4),
    Jitter.HALF: (0.5, 1.0),
}


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits of base · factor^(n−1) seconds before retry n, at most `cap_s`, with jitter.

    Full jitter draws from [0, wait), equal jitter from [wait/2, wait). Decorrelated jitter
    does not count retries: it draws from [base, 3 · the wait before), at most `cap_s`.
    """

    base_s: float
    random: Sampler
    factor: float = 2.0
    cap_s: float = 20.0
    jitter: Jitter = Jitter.NONE

    def wait(self, retry: int, before_s: float = 0.0) -> float:
        """Seconds to wait before this retry, counted from 1; the wait before it was `before_s`."""
        if self.jitter is Jitter.DECORRELATED:
            most = 3.0 * max(before_s, self.base_s)
            return min(self.cap_s, self.base_s + (most - self.base_s) * self.random())
        longest = self.base_s
        for _ in range(retry - 1):
            longest *= self.factor
            if longest > self.cap_s:
                break
        if longest > self.cap_s:
            longest = self.cap_s
        if self.jitter is Jitter.NONE:
            return longest
        low, width = _SPREAD[self.jitter]
        return longest * (low + width * self.random())


class Retry:
    """`target`, tried up to `attempts` times in all; the first call counts.

    Refused calls are not tried again (whoever refuses them has its reasons), unless `final`,
    the outcomes that end a call, says otherwise. No attempt is made that would begin at or
    after the request's deadline. `retries` counts the attempts after the first, `unaffordable`
    those that the budget did not pay, `too_late` those that the deadline forbade.
    """

    __slots__ = (
        "_attempts",
        "_backoff",
        "_simulator",
        "_target",
        "budget",
        "final",
        "retries",
        "too_late",
        "unaffordable",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        *,
        attempts: int,
        backoff: Backoff,
        budget: Budget | None = None,
        final: Collection[Outcome] = FINAL,
    ) -> None:
        self.retries = 0
        self.too_late = 0
        self.unaffordable = 0
        self._simulator = simulator
        self._target = direct(target)
        self._attempts = attempts
        self._backoff = backoff
        self.budget = budget
        self.final = frozenset(final)

    def __call__(self, request: Request, done: Done) -> None:
        """Make the first attempt."""
        if self.budget is not None:
            self.budget.first_try()
        self._target(request, _Attempts(self, request, done).settle)

    def again(self, attempts: "_Attempts") -> None:
        """Make one more attempt."""
        self.retries += 1
        self._target(attempts.request, attempts.settle)

    def ends(self, attempts: "_Attempts", outcome: Outcome) -> bool:
        """Whether a call ends with this outcome; if not, one more attempt is on its way."""
        if self.budget is not None:
            self.budget.ended(outcome, attempts.outcome if attempts.made > 1 else None)
        if outcome in self.final or attempts.made >= self._attempts:
            return True
        wait_s = None
        if attempts.request.deadline != inf:
            wait_s = self._wait(attempts)
            if self._simulator.now + wait_s >= attempts.request.deadline:
                self.too_late += 1
                return True
        if self.budget is not None and not self.budget.take(outcome):
            self.unaffordable += 1
            return True
        if wait_s is None:  # chance is drawn only for waits that take place
            wait_s = self._wait(attempts)
        attempts.made += 1
        attempts.outcome = outcome
        attempts.waited_s = wait_s
        # always through the agenda: called directly, nested layers would nest their stacks
        simulator = self._simulator
        entry = (simulator.now + wait_s, simulator.ticket(), self.again, attempts)
        heappush(simulator.agenda, entry)
        return False

    def _wait(self, attempts: "_Attempts") -> float:
        made = attempts.made
        return self._backoff.wait(made, attempts.waited_s if made > 1 else 0.0)


class _Attempts:
    """The attempts made for one call; once there are two, the end of and wait after the last."""

    __slots__ = ("_retry", "done", "made", "outcome", "request", "waited_s")

    outcome: Outcome
    waited_s: float

    def __init__(self, retry: Retry, request: Request, done: Done) -> None:
        self._retry = retry
        self.request = request
        self.done = done
        self.made = 1

    def settle(self, request: Request, outcome: Outcome) -> None:
        retry = self._retry
        # what `ends` would find too, for the calls that are served at once and without a budget
        if (retry.budget is None and outcome in retry.final) or retry.ends(self, outcome):
            self.done(request, outcome)
