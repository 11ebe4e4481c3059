"""One call that needs the answers of several others."""

from collections.abc import Sequence

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


def fan_out(
    simulator: Simulator,
    targets: Sequence[Handler],
    *,
    needed: int | None = None,
    serial: bool = False,
) -> Handler:
    """A call to all `targets`, at once or one after the other, that is served by `needed` of them.

    Without `needed`, all must serve. The call ends as soon as enough have, as a fallback if
    one of them answered with a fallback; and with an error as soon as too many have failed.
    In series, nothing further is called from then on; in parallel, what was sent goes on.
    """
    enough = len(targets) if needed is None else needed
    if not 1 <= enough <= len(targets):
        raise ValueError(f"{enough} of {len(targets)} answers can never be had.")
    plan = [direct(target) for target in targets]

    def call(request: Request, done: Done) -> None:
        parts = _Parts(request, done, enough, spare=len(plan) - enough)
        if serial:
            _Series(simulator, plan, parts).next(None)
            return
        for target in plan:
            target(request, parts.settle)

    return call


class _Parts:
    """The answers to one call, counted."""

    __slots__ = ("_done", "_missing", "_outcome", "_request", "_spare", "settled")

    def __init__(self, request: Request, done: Done, enough: int, *, spare: int) -> None:
        self.settled = False
        self._request = request
        self._done = done
        self._missing = enough
        self._spare = spare
        self._outcome = Outcome.OK

    def settle(self, _request: Request, outcome: Outcome) -> None:
        if self.settled:
            return
        if not outcome.served:
            self._spare -= 1
            if self._spare < 0:
                self._end(Outcome.ERROR)
            return
        if outcome is Outcome.FALLBACK:
            self._outcome = outcome
        self._missing -= 1
        if not self._missing:
            self._end(self._outcome)

    def _end(self, outcome: Outcome) -> None:
        self.settled = True
        self._done(self._request, outcome)

    @property
    def request(self) -> Request:
        return self._request


class _Series:
    """Calls that wait for each other."""

    __slots__ = ("_begun", "_parts", "_plan", "_simulator")

    def __init__(self, simulator: Simulator, plan: Sequence[Handler], parts: _Parts) -> None:
        self._simulator = simulator
        self._plan = plan
        self._parts = parts
        self._begun = 0

    def next(self, _argument: None) -> None:
        target = self._plan[self._begun]
        self._begun += 1
        target(self._parts.request, self._settle)

    def _settle(self, request: Request, outcome: Outcome) -> None:
        self._parts.settle(request, outcome)
        if not self._parts.settled:
            # through the agenda: the server that has just answered is not free before
            self._simulator.after(0.0, self.next)
