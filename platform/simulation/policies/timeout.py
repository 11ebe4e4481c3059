"""Stop waiting after a while."""

from heapq import heappush

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Entry, Simulator


class Wait:
    """One call that is being waited for; whichever comes first settles it."""

    __slots__ = ("done", "request", "settled")

    def __init__(self, request: Request, done: Done) -> None:
        self.request = request
        self.done = done
        self.settled = False

    def answer(self, _request: Request, outcome: Outcome) -> None:
        """Pass the answer on, if it is still waited for."""
        if not self.settled:
            self.settled = True
            self.done(self.request, outcome)

    def expire(self, _argument: None) -> None:
        """Give up, if there was no answer."""
        if not self.settled:
            self.settled = True
            self.done(self.request, Outcome.TIMEOUT)


def timeout(simulator: Simulator, target: Handler, seconds: float) -> Handler:
    """`target`, given up on after `seconds`. The target is not told and goes on working.

    A request that carries a deadline is given up on at the deadline, if that is earlier.
    """
    target = direct(target)

    def call(request: Request, done: Done) -> None:
        now, deadline = simulator.now, request.deadline
        if deadline <= now:
            done(request, Outcome.TIMEOUT)
            return
        wait = Wait(request, done)
        expiry: Entry = (min(now + seconds, deadline), simulator.ticket(), wait.expire, None)
        heappush(simulator.agenda, expiry)
        target(request, wait.answer)

    return call
