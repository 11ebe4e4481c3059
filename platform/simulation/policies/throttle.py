"""Hold calls back in the client when the backend turns many away."""

from collections import deque

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.streams import Sampler


class AdaptiveThrottle:
    """The client-side throttle of Google's SRE book (chapter 21, "Handling Overload").

    A call is refused in the client with probability
    max(0, (requests − k · accepts) / (requests + 1)), where `requests` are the calls wanted
    within the last `window_s` seconds, refused ones included, and `accepts` those that the
    backend served in that time. `random` gives one uniform number per call.
    """

    __slots__ = (
        "_accepts",
        "_k",
        "_random",
        "_requests",
        "_simulator",
        "_target",
        "_window_s",
        "throttled",
    )

    def __init__(
        self, simulator: Simulator, target: Handler, *, k: float, window_s: float, random: Sampler
    ) -> None:
        self.throttled = 0
        self._simulator = simulator
        self._target = direct(target)
        self._k = k
        self._window_s = window_s
        self._random = random
        self._requests: deque[float] = deque()
        self._accepts: deque[float] = deque()

    @property
    def requests(self) -> int:
        """Calls wanted within the window."""
        return self._count(self._requests)

    @property
    def accepts(self) -> int:
        """Calls served within the window."""
        return self._count(self._accepts)

    @property
    def refusal(self) -> float:
        """The probability with which a call would be refused now."""
        requests = self.requests
        return max(0.0, (requests - self._k * self.accepts) / (requests + 1))

    def __call__(self, request: Request, done: Done) -> None:
        """Let the call through or, by chance, refuse it."""
        refused = self._random() < self.refusal
        self._requests.append(self._simulator.now)
        if refused:
            self.throttled += 1
            done(request, Outcome.REFUSED)
            return

        def settle(request: Request, outcome: Outcome) -> None:
            if outcome.served:
                self._accepts.append(self._simulator.now)
            done(request, outcome)

        self._target(request, settle)

    def _count(self, moments: deque[float]) -> int:
        oldest = self._simulator.now - self._window_s
        while moments and moments[0] <= oldest:
            moments.popleft()
        return len(moments)
