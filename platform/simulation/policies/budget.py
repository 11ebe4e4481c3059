"""How many retries a client can afford, whatever each call would like."""

from typing import Protocol

from simulation.calls import Outcome


class Budget(Protocol):
    """What a `Retry` asks before each retry. One budget may serve many clients."""

    def first_try(self) -> None:
        """Note that a call begins."""

    def ended(self, outcome: Outcome, before: Outcome | None) -> None:
        """Note how an attempt ended, and how the attempt before it did, if there was one."""

    def take(self, outcome: Outcome) -> bool:
        """Whether one more attempt may be made after this outcome; if so, pay for it."""


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
        """Pay in for a call."""
        self.tokens = min(self._burst, self.tokens + self._ratio)

    def ended(self, outcome: Outcome, before: Outcome | None) -> None:
        """Do nothing: outcomes cost nothing here."""

    def take(self, _outcome: Outcome = Outcome.ERROR) -> bool:
        """Take out one retry, if there is one."""
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class RetryThrottle:
    """gRPC's retry throttling (proposal A6): failures take a token, successes give `ratio`.

    The count stays within [0, `tokens`]; while it is at or below half of that, nothing is
    retried. Every attempt counts, so retries stop once more than ratio / (1 + ratio) of the
    attempts fail.
    """

    __slots__ = ("_most", "_ratio", "tokens")

    def __init__(self, tokens: float, ratio: float) -> None:
        self.tokens = tokens
        self._most = tokens
        self._ratio = ratio

    def first_try(self) -> None:
        """Do nothing: only outcomes count here."""

    def ended(self, outcome: Outcome, before: Outcome | None) -> None:
        """Count a success or a failure."""
        if outcome.served:
            self.tokens = min(self._most, self.tokens + self._ratio)
        else:
            self.tokens = max(0.0, self.tokens - 1.0)

    def take(self, _outcome: Outcome = Outcome.ERROR) -> bool:
        """Whether more than half of the tokens are there."""
        return self.tokens > self._most / 2


class RetryQuota:
    """The retry quota of the AWS SDKs' standard mode (before the mode of 2026).

    A retry costs 5 of the `capacity`, after a timeout 10. A call that succeeds at first try
    pays in 1; one that succeeds by a retry gets back what that retry cost.
    """

    __slots__ = ("_after_timeout", "_capacity", "_cost", "tokens")

    def __init__(
        self, capacity: float = 500.0, *, cost: float = 5.0, after_timeout: float = 10.0
    ) -> None:
        self.tokens = capacity
        self._capacity = capacity
        self._cost = cost
        self._after_timeout = after_timeout

    def first_try(self) -> None:
        """Do nothing: only success pays in."""

    def ended(self, outcome: Outcome, before: Outcome | None) -> None:
        """Pay in for a success."""
        if outcome.served:
            paid = 1.0 if before is None else self._price(before)
            self.tokens = min(self._capacity, self.tokens + paid)

    def take(self, outcome: Outcome = Outcome.ERROR) -> bool:
        """Pay for one retry, if there is enough."""
        price = self._price(outcome)
        if self.tokens < price:
            return False
        self.tokens -= price
        return True

    def _price(self, outcome: Outcome) -> float:
        return self._after_timeout if outcome is Outcome.TIMEOUT else self._cost
