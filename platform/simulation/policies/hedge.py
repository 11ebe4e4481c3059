"""Ask a second time before the first answer is overdue, and take what comes first."""

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class Hedge:
    """`target`, asked again after `after_s` seconds without an answer, up to `most` times.

    The first answer that serves the caller wins; the other copies are not told and go on. A
    failure counts once every copy that was sent has failed: hedging is no retry.
    """

    __slots__ = ("_after_s", "_most", "_simulator", "_target", "calls", "hedges")

    def __init__(
        self, simulator: Simulator, target: Handler, *, after_s: float, most: int = 1
    ) -> None:
        self.calls = 0
        self.hedges = 0
        self._simulator = simulator
        self._target = direct(target)
        self._after_s = after_s
        self._most = most

    def __call__(self, request: Request, done: Done) -> None:
        """Send the first copy."""
        copies = _Copies(request, done)
        self._send(copies)

    def _send(self, copies: "_Copies") -> None:
        self.calls += 1
        copies.sent += 1
        copies.under_way += 1
        if copies.sent <= self._most:
            self._simulator.after(self._after_s, self._send_another, copies)
        self._target(copies.request, copies.settle)

    def _send_another(self, copies: "_Copies") -> None:
        if not copies.settled and self._simulator.now < copies.request.deadline:
            self.hedges += 1
            self._send(copies)


class _Copies:
    """The copies of one call."""

    __slots__ = ("done", "request", "sent", "settled", "under_way")

    def __init__(self, request: Request, done: Done) -> None:
        self.request = request
        self.done = done
        self.sent = 0
        self.under_way = 0
        self.settled = False

    def settle(self, _request: Request, outcome: Outcome) -> None:
        self.under_way -= 1
        if not self.settled and (outcome.served or not self.under_way):
            self.settled = True
            self.done(self.request, outcome)
