"""Tell everyone further down how long the caller will wait in all."""

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.kernel import Simulator
from simulation.policies.timeout import Wait


def deadline(simulator: Simulator, target: Handler, budget_s: float) -> Handler:
    """`target`, with `budget_s` seconds for all that it does; then the call times out.

    The request that goes on carries the deadline (the caller's own, if that is earlier):
    retries begin no attempt after it, timeouts inside end with it, and services made with
    `drops_expired` do not begin what nobody waits for.
    """
    target = direct(target)

    def call(request: Request, done: Done) -> None:
        now = simulator.now
        bounded = request.child(deadline=now + budget_s)
        if bounded.deadline <= now:
            done(request, Outcome.TIMEOUT)
            return
        wait = Wait(request, done)
        simulator.at(bounded.deadline, wait.expire)
        target(bounded, wait.answer)

    return call
