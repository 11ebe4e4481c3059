"""The clock and the agenda: what happens next, in one total order."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count, repeat
from math import inf
from operator import length_hint
from typing import Any

type Action = Callable[[Any], None]
type Entry = tuple[float, float, Action, Any]  # time, ticket, action, argument

DEFAULT_MAX_EVENTS = 1_000_000


class TooManyEventsError(RuntimeError):
    """A run reached its bound on events before it came to its end."""


class Simulator:
    """A discrete-event loop. Times are seconds since the start of the run.

    Events at the same time happen in the order in which they were scheduled, so a run
    depends on nothing but its inputs. There is no cancelling: an action that has become
    pointless must see so by itself when it is called.

    `agenda` and `ticket` are open to components that schedule one event per call: they push
    `(time, ticket(), action, argument)` themselves and save the cost of `at`.
    """

    __slots__ = ("agenda", "events", "max_events", "now", "ticket")

    def __init__(self, *, max_events: int = DEFAULT_MAX_EVENTS) -> None:
        self.now = 0.0
        self.events = 0
        self.max_events = max_events
        self.agenda: list[Entry] = []
        self.ticket = count().__next__

    def at(self, time_s: float, action: Action, argument: Any = None) -> None:
        """Call `action(argument)` at `time_s`, which must not lie in the past."""
        heappush(self.agenda, (time_s, self.ticket(), action, argument))

    def after(self, delay_s: float, action: Action, argument: Any = None) -> None:
        """Call `action(argument)` once `delay_s` (not negative) has passed."""
        heappush(self.agenda, (self.now + delay_s, self.ticket(), action, argument))

    def run(self, until_s: float = inf) -> None:
        """Work through the agenda up to and including `until_s`, or until it is empty.

        Raises TooManyEventsError when the bound given at construction is reached.
        """
        agenda, pop, halt = self.agenda, heappop, _halt
        end: Entry = (until_s, inf, halt, None)  # comes after all else at its time
        heappush(agenda, end)
        left = repeat(None, self.max_events - self.events)  # counts without making numbers
        for _ in left:
            time_s, _ticket, action, argument = pop(agenda)
            if action is halt:
                self.events = self.max_events - length_hint(left) - 1
                break
            self.now = time_s
            action(argument)
        else:
            self.events = self.max_events
            if pop(agenda)[2] is not halt:
                raise TooManyEventsError(f"more than {self.max_events:,} events in one run")
        if until_s != inf:
            self.now = max(self.now, until_s)


def _halt(_argument: None) -> None:
    """Mark the end of a run on the agenda."""
