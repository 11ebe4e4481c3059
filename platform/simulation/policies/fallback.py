"""Answer with the second best when the best cannot be had."""

from collections.abc import Collection

from simulation.calls import Done, Handler, Outcome, Request, direct


def fallback(target: Handler, *, when: Collection[Outcome]) -> Handler:
    """`target`, with a fallback answer in place of the outcomes in `when`."""
    target, replaced = direct(target), frozenset(when)

    def call(request: Request, done: Done) -> None:
        def answer(request: Request, outcome: Outcome) -> None:
            done(request, Outcome.FALLBACK if outcome in replaced else outcome)

        target(request, answer)

    return call
