"""Stop asking what does not answer, and check now and then whether it does again."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.metrics import EventLog


class BreakerState(StrEnum):
    """Closed lets calls through, open refuses them, half-open lets a few through to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When to open and when to close.

    Opens when, within the last `window_s` seconds, at least `minimum_calls` ended and at
    least the share `threshold` (in (0, 1]) of them failed. After `open_s` seconds the next
    `probes` calls are let through; when all have ended, the same threshold decides.
    """

    threshold: float
    minimum_calls: int
    window_s: float
    open_s: float
    probes: int


class CircuitBreaker:
    """`target` behind a breaker. Results that come in after a change of state are ignored."""

    __slots__ = (
        "_ended",
        "_failures",
        "_generation",
        "_log",
        "_opened_at",
        "_probes_sent",
        "_settings",
        "_simulator",
        "_target",
        "name",
        "refused",
        "state",
    )

    def __init__(
        self,
        simulator: Simulator,
        target: Handler,
        settings: BreakerSettings,
        *,
        name: str,
        log: EventLog,
    ) -> None:
        self.name = name
        self.state = BreakerState.CLOSED
        self.refused = 0
        self._simulator = simulator
        self._target = direct(target)
        self._settings = settings
        self._log = log
        self._generation = 0
        self._ended: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._opened_at = 0.0
        self._probes_sent = 0

    def __call__(self, request: Request, done: Done) -> None:
        """Let the call through or refuse it, as the state says."""
        if self.state is not BreakerState.CLOSED and not self._lets_probe():
            self.refused += 1
            done(request, Outcome.REFUSED)
            return
        generation = self._generation

        def settle(request: Request, outcome: Outcome) -> None:
            if generation == self._generation:
                self._note(failed=not outcome.served)
            done(request, outcome)

        self._target(request, settle)

    def _lets_probe(self) -> bool:
        """Whether a call that meets a breaker that is not closed may go through."""
        if self.state is BreakerState.OPEN:
            if self._simulator.now < self._opened_at + self._settings.open_s:
                return False
            self._change(BreakerState.HALF_OPEN)
        if self._probes_sent >= self._settings.probes:
            return False
        self._probes_sent += 1
        return True

    def _note(self, *, failed: bool) -> None:
        self._ended.append((self._simulator.now, failed))
        self._failures += failed
        if self.state is BreakerState.HALF_OPEN:
            self._judge_probes()
        elif failed:
            self._judge_window()

    def _judge_window(self) -> None:
        ended, oldest = self._ended, self._simulator.now - self._settings.window_s
        while ended[0][0] < oldest:
            self._failures -= ended.popleft()[1]
        enough = len(ended) >= self._settings.minimum_calls
        if enough and self._failures >= self._settings.threshold * len(ended):
            self._change(BreakerState.OPEN, failures=self._failures, calls=len(ended))

    def _judge_probes(self) -> None:
        calls, failures = len(self._ended), self._failures
        if calls < self._settings.probes:
            return
        failed = failures >= self._settings.threshold * calls
        state = BreakerState.OPEN if failed else BreakerState.CLOSED
        self._change(state, failures=failures, calls=calls)

    def _change(self, state: BreakerState, **values: float) -> None:
        previous, self.state = self.state, state
        self._generation += 1
        self._ended.clear()
        self._failures = 0
        self._probes_sent = 0
        if state is BreakerState.OPEN:
            self._opened_at = self._simulator.now
        kind = "reopened" if (previous, state) == (BreakerState.HALF_OPEN, "open") else state.value
        self._log.add(self._simulator.now, self.name, kind, **values)
