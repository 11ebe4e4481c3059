"""Stop waiting after a while."""

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator


class _Wait:
    """One call that is being waited for; whichever comes first settles it."""

    __slots__ = ("done", "request", "settled")

    def __init__(self, request: Request, done: Done) -> None:
        self.request = request
        self.done = done
        self.settled = False

    def answer(self, request: Request, outcome: Outcome) -> None:
        if not self.settled:
            self.settled = True
            self.done(request, outcome)

    def expire(self, _argument: None) -> None:
        if not self.settled:
            self.settled = True
            self.done(self.request, Outcome.TIMEOUT)


def timeout(simulator: Simulator, target: Handler, seconds: float) -> Handler:
    """`target`, given up on after `seconds`. The target is not told and goes on working."""

    target = direct(target)

    def call(request: Request, done: Done) -> None:
        wait = _Wait(request, done)
        simulator.after(seconds, wait.expire)
        target(request, wait.answer)

    return call
