"""Turn calls away before they cost anything, by whatever test fits."""

from collections.abc import Callable

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class LoadShedder:
    """`target`, asked only where `admit(request)` says so; other calls end refused.

    `admit` may look at anything: a service's queue, the request's kind, a priority.
    """

    __slots__ = ("_admit", "_simulator", "_target", "shed")

    def __init__(
        self, simulator: Simulator, target: Handler, *, admit: Callable[[Request], bool]
    ) -> None:
        self.shed = 0
        self._simulator = simulator
        self._target = direct(target)
        self._admit = admit

    def __call__(self, request: Request, done: Done) -> None:
        """Let the call through or refuse it."""
        if self._admit(request):
            self._target(request, done)
        else:
            self.shed += 1
            done(request, Outcome.REFUSED)
