"""Checkouts in four steps, each with its own database: the model behind the saga lab.

Orders do not compete for anything, so each is followed on its own, try by try, from its arrival
to its end. All luck is drawn per order and step before anything is decided: neither the order
of the steps, nor the tries, nor the undoing shift it.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from simulation import Sampler, Streams, percentile

ORDERS = 1000
GAP_S = 0.05
DOWN_S = 20.0
KILLED_S = 45.0
TAKEOVER_S = 1.0  # until another process has read the saga log and goes on
WRITE_S = 0.01  # one entry in the saga log
FASTEST_S, SLOWEST_S = 0.1, 0.3  # of one try
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 4.0

STOCK, CARD, POINTS, PARCEL = STEPS = ("stock", "card", "points", "parcel")
FOR_GOOD = PARCEL  # what no later action can undo


@dataclass(frozen=True, slots=True)
class Plan:
    """How a checkout is run. Shares are in [0, 1]; `tries` count the first one."""

    refusals: float
    faults: float
    back_s: float
    order: tuple[str, ...]
    tries: int
    undo_tries: int
    undoes: bool
    logged: bool


class Luck(NamedTuple):
    """What chance holds for one order, per step: whatever is drawn, it is drawn at once."""

    refusal: dict[str, float]
    faults: dict[str, float]
    undo_faults: dict[str, float]
    time_s: dict[str, float]


@dataclass(slots=True)
class Order:
    """One order and what became of it; times in seconds since the start of the run."""

    number: int
    arrived: float
    now: float
    in_force: list[str] = field(default_factory=list)
    touched_at: float = inf  # when the first step took effect
    failed_at: str = ""  # the step that ended it
    undone: list[str] = field(default_factory=list)
    forgotten: bool = False

    @property
    def completed(self) -> bool:
        """Whether every step took effect."""
        return len(self.in_force) == len(STEPS)

    @property
    def half_done(self) -> bool:
        """Whether some steps stay in force, but not all."""
        return bool(self.in_force) and not self.completed

    @property
    def parcel_lost(self) -> bool:
        """Whether the parcel is out although the order failed."""
        return self.half_done and FOR_GOOD in self.in_force

    @property
    def settled_at(self) -> float:
        """When it stopped being half-done; never, for some."""
        return inf if self.half_done else self.now


class _Forgotten(Exception):  # noqa: N818 -- it ends an order, nothing went wrong in the model
    """The process that knew about the order was killed."""


def expected_share(plan: Plan) -> float:
    """Share of orders that all steps let through, without the outage and the killed process."""
    lasting = 1.0
    for _try in range(plan.tries):
        lasting *= plan.faults
    share = 1.0
    for _step in STEPS:
        share *= (1.0 - plan.refusals) * (1.0 - lasting)
    return share


def checkouts(seed: int, plan: Plan) -> list[Order]:
    """All orders of a run, each followed to its end."""
    return [
        _follow(Order(number, number * GAP_S, number * GAP_S), luck, plan)
        for number, luck in zip(range(ORDERS), _lucks(Streams(seed)), strict=False)
    ]


def half_done_at(orders: Sequence[Order], times: Sequence[float]) -> tuple[float, ...]:
    """How many orders were half-done at each of the times, on their way or for good."""
    touched = [one for one in orders if one.touched_at < inf]
    return _levels([(one.touched_at, one.settled_at) for one in touched], times)


def undecided_at(orders: Sequence[Order], times: Sequence[float]) -> tuple[float, ...]:
    """How many orders somebody was still working on at each of the times."""
    return _levels([(one.arrived, one.now) for one in orders], times)


def decided_within_ms(orders: Sequence[Order]) -> float:
    """The time within which 99 % of the orders that were not forgotten had ended."""
    spans = sorted(one.now - one.arrived for one in orders if not one.forgotten)
    return 1000.0 * percentile(spans, 0.99)


def _levels(spans: Sequence[tuple[float, float]], times: Sequence[float]) -> tuple[float, ...]:
    begins, ends = sorted(one[0] for one in spans), sorted(one[1] for one in spans)
    return tuple(float(bisect(begins, time_s) - bisect(ends, time_s)) for time_s in times)


def _lucks(streams: Streams) -> Iterator[Luck]:
    sources = [streams.random(name) for name in ("refusals", "faults", "undoing")]
    sources.append(streams.uniform("times", FASTEST_S, SLOWEST_S))
    while True:
        yield Luck(*(_per_step(source) for source in sources))


def _per_step(source: Sampler) -> dict[str, float]:
    return {step: source() for step in STEPS}


def _follow(order: Order, luck: Luck, plan: Plan) -> Order:
    try:
        for step in plan.order:
            if not _takes_effect(order, step, luck, plan):
                order.failed_at = step
                break
        if order.failed_at and plan.undoes:
            _undo(order, luck, plan)
    except _Forgotten:
        order.forgotten = True
    return order


def _takes_effect(order: Order, step: str, luck: Luck, plan: Plan) -> bool:
    if not _reached(order, step, luck, plan, plan.tries, luck.faults[step]):
        return False
    if luck.refusal[step] < plan.refusals:
        return False
    order.in_force.append(step)
    order.touched_at = min(order.touched_at, order.now)
    return True


def _undo(order: Order, luck: Luck, plan: Plan) -> None:
    """Undo in reverse order whatever can be undone; one that fails does not stop the others."""
    for step in reversed(order.in_force.copy()):
        if step == FOR_GOOD:
            continue
        if _reached(order, step, luck, plan, plan.undo_tries, luck.undo_faults[step]):
            order.in_force.remove(step)
            order.undone.append(step)


def _reached(order: Order, step: str, luck: Luck, plan: Plan, tries: int, chance: float) -> bool:
    """Whether one of the tries gets an answer from the step's service, yes or no."""
    bound, wait_s = plan.faults, FIRST_WAIT_S
    for one in range(tries):
        begun = order.now
        _spend(order, luck.time_s[step] + (WRITE_S if plan.logged else 0.0), plan)
        if step == CARD and DOWN_S <= begun < plan.back_s:
            pass
        elif chance < bound:
            bound *= plan.faults  # the number of faults in a row is geometric
        else:
            return True
        if one + 1 < tries:
            _spend(order, wait_s, plan)
            wait_s = min(LONGEST_WAIT_S, 2.0 * wait_s)
    return False


def _spend(order: Order, seconds: float, plan: Plan) -> None:
    """Let time pass for one order; the process that works on it may be killed meanwhile."""
    begun, order.now = order.now, order.now + seconds
    if begun < KILLED_S <= order.now:
        if not plan.logged:
            order.now = KILLED_S
            raise _Forgotten
        order.now += TAKEOVER_S
