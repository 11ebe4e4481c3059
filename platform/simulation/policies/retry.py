"""Ask again, after a while, a bounded number of times."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.policies.budget import Budget
from simulation.streams import Sampler

FINAL = frozenset({Outcome.OK, Outcome.FALLBACK, Outcome.REFUSED})


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
        "_budget",
        "_final",
        "_simulator",
        "_target",
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
        self._budget = budget
        self._final = frozenset(final)

    def __call__(self, request: Request, done: Done) -> None:
        """Make the first attempt."""
        if self._budget is not None:
            self._budget.first_try()
        self._target(request, _Attempts(self, request, done).settle)

    def again(self, attempts: "_Attempts") -> None:
        """Make one more attempt."""
        self.retries += 1
        self._target(attempts.request, attempts.settle)

    def ends(self, attempts: "_Attempts", outcome: Outcome) -> bool:
        """Whether a call ends with this outcome; if not, one more attempt is on its way."""
        if self._budget is not None:
            self._budget.ended(outcome, attempts.outcome)
        if outcome in self._final or attempts.made >= self._attempts:
            return True
        wait_s = None
        if attempts.request.deadline != inf:
            wait_s = self._backoff.wait(attempts.made)
            if self._simulator.now + wait_s >= attempts.request.deadline:
                self.too_late += 1
                return True
        if self._budget is not None and not self._budget.take(outcome):
            self.unaffordable += 1
            return True
        if wait_s is None:  # chance is drawn only for waits that take place
            wait_s = self._backoff.wait(attempts.made)
        attempts.made += 1
        attempts.outcome = outcome
        # always through the agenda: called directly, nested layers would nest their stacks
        self._simulator.after(wait_s, self.again, attempts)
        return False


class _Attempts:
    """The attempts made for one call, and how the last but one ended."""

    __slots__ = ("_retry", "done", "made", "outcome", "request")

    def __init__(self, retry: Retry, request: Request, done: Done) -> None:
        self._retry = retry
        self.request = request
        self.done = done
        self.made = 1
        self.outcome: Outcome | None = None

    def settle(self, request: Request, outcome: Outcome) -> None:
        if self._retry.ends(self, outcome):
            self.done(request, outcome)
