"""Timeout and deadline propagation: who goes on working after the customer has left.

*Without the pattern* every timeout is as set, but no deadline goes along: orders tries to
the end, and stock works on whatever was once asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    TO_THE_END,
    Cell,
    Challenge,
    Curve,
    Cut,
    Half,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Table,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._deadlines import (
    AXIS,
    DURATION_S,
    SLOW_S,
    WELL_S,
    Reach,
    Shop,
    Waiting,
    unanswered_call,
)
from labs.catalog.microservices._timeout_deadline_told import (
    arithmetic_sentence,
    recovery_sentence,
    waste_sentence,
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; by default the customer's deadline travels, but no attempt's limit."""

    rate: int = parameter(
        40,
        label=lazy("Customers"),
        unit="requests/s",
        minimum=10,
        maximum=60,
        step=5,
        help=lazy("Stock can do 100 calls a second when it is well, 25 when it is slow."),
    )
    budget_ms: int = parameter(
        1000,
        label=lazy("Budget"),
        unit="ms",
        minimum=200,
        maximum=5000,
        step=50,
        help=lazy("How long a customer waits; with the pattern, the deadline each call carries."),
    )
    timeout_ms: int = parameter(
        300,
        label=lazy("Timeout per attempt"),
        unit="ms",
        minimum=50,
        maximum=60_000,
        step=50,
        help=lazy("How long orders waits for stock each time. Stock takes 80 ms on average."),
    )
    attempts: int = parameter(
        3,
        label=lazy("Attempts"),
        unit="attempts",
        minimum=1,
        maximum=4,
        step=1,
        help=lazy("How often orders calls stock at most; the first call counts."),
    )
    first_wait_ms: int = parameter(
        50,
        label=lazy("First wait"),
        unit="ms",
        minimum=0,
        maximum=2000,
        step=25,
        help=lazy("Wait before the second attempt; doubles with each further one."),
    )
    reach: str = parameter(
        Reach.STOCK.value,
        label=lazy("How far the deadline travels"),
        choices={
            Reach.ORDERS.value: lazy("to orders"),
            Reach.STOCK.value: lazy("to stock"),
            Reach.ATTEMPT.value: lazy("to stock, with each attempt’s limit"),
        },
        help=lazy("Whoever knows the deadline begins nothing after it."),
    )
    reserve_ms: int = parameter(
        0,
        label=lazy("Time kept back"),
        unit="ms",
        minimum=0,
        maximum=900,
        step=50,
        help=lazy("Stock begins no call that has less than this left. Needs a deadline to go by."),
    )


def _waiting(parameters: Parameters, *, protected: bool) -> Waiting:
    return Waiting(
        budget_s=parameters.budget_ms / 1000,
        timeout_s=parameters.timeout_ms / 1000,
        attempts=parameters.attempts,
        first_wait_s=parameters.first_wait_ms / 1000,
        reserve_s=parameters.reserve_ms / 1000,
        reach=Reach(parameters.reach) if protected else Reach.NOWHERE,
    )


def _milliseconds(attempts: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Whole milliseconds; an attempt that has none, by a rounding error, is none."""
    rounded = [(round(1000 * began), round(1000 * ended)) for began, ended in attempts]
    return [(began, ended) for began, ended in rounded if ended > began]


def _shortened(bounded: Sequence[tuple[int, int]], index: int, full: int) -> Cell:
    """How long an attempt may take with the deadline, if it begins at all."""
    if index >= len(bounded):
        return Cell("–", "good")
    began, ended = bounded[index]
    return Cell(f"{ended - began:,} ms", "good" if ended - began < full else "")


def _timetable(parameters: Parameters) -> Table:
    """One call to a stock service that never answers, attempt by attempt."""
    budget = parameters.budget_ms
    bounded, free = (
        _milliseconds(unanswered_call(_waiting(parameters, protected=protected)))
        for protected in (True, False)
    )
    rows = [
        (
            Cell(f"{began:,} ms"),
            _shortened(bounded, index, ended - began),
            Cell(f"{ended - began:,} ms", "bad" if ended > budget else ""),
        )
        for index, (began, ended) in enumerate(free)
    ]
    last = Cell(f"{free[-1][1]:,} ms", "bad" if free[-1][1] > budget else "")
    rows.append((Cell(noop("Ends at")), Cell(f"{bounded[-1][1]:,} ms"), last))
    return Table(
        "attempts",
        noop("One call, if stock never answers"),
        (noop("Attempt at"), noop("may take"), noop("without")),
        tuple(rows),
    )


RATE = at_least("rate", 40, "requests/s", lazy("At least 40 customers a second"))
BUDGET = at_most("budget_ms", 1000, "ms", lazy("A budget of at most 1,000 ms"))
CALM = at_least(
    "served_calm",
    99.0,
    "%",
    lazy("At least 99 % of customers are served before 5 s and from 20 s on"),
)
RECOVERED = at_most(
    "recovery_s", 1.0, "s", lazy("Customers are served again within 1 s of stock’s recovery")
)


def _attempts_made(run: Run) -> str:
    if run.totals["attempts_begun"] >= 3.0:
        return "three"
    if run.totals["attempts_begun"] < 2.0:
        return "one"
    return "two-cut" if run.totals["last_attempt_ms"] < run.number("timeout_ms") else "two"


class TimeoutDeadlineLab(Lab[Parameters]):
    """A stock service that works for customers who have left."""

    slug = "timeout-deadline"
    title = lazy("Working for customers who have left")
    pattern = lazy("Timeout & deadline propagation")
    group = lazy("Resilience")
    version = 2
    summary = lazy(
        "Customers wait one second for an orders service, which asks stock up to three times. "
        "Stock is slow for six seconds. See who goes on working for whom, and for how long."
    )
    parameters = Parameters
    presets = {
        "grpc": Preset(
            lazy("gRPC"),
            Parameters(timeout_ms=60_000, attempts=1, reach=Reach.ATTEMPT.value),
            lazy(
                "gRPC sets no deadline and no retry by itself: 60 s outlasts the run. A deadline "
                "that you do set travels along, as it does here with the pattern."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(timeout_ms=15_000, attempts=2, first_wait_ms=25),
            lazy(
                "Envoy’s route timeout of 15 s and one retry after 25 ms, as with a retry policy "
                "but no per-try timeout: the first try may use up all of it. This lab adds no "
                "jitter."
            ),
        ),
        "hystrix": Preset(
            lazy("Hystrix"),
            Parameters(timeout_ms=1000, attempts=1),
            lazy("Hystrix (in maintenance since 1.5.18): one call, given up on after 1 s."),
        ),
        "resilience4j": Preset(
            lazy("resilience4j"),
            Parameters(timeout_ms=1000, attempts=3, first_wait_ms=500),
            lazy(
                "resilience4j’s TimeLimiter of 1 s inside its Retry: three attempts, half a second "
                "apart. This lab doubles the second wait."
            ),
        ),
        "polly": Preset(
            lazy("Polly"),
            Parameters(timeout_ms=30_000, attempts=4, first_wait_ms=2000),
            lazy(
                "Polly v8’s timeout of 30 s inside its retry: three retries, two seconds apart. "
                "This lab doubles the later waits."
            ),
        ),
    }
    axis = AXIS
    event_texts = {
        "slow begins": noop("becomes four times as slow"),
        "slow ends": noop("is well again"),
        "in vain": noop("finishes a call that nobody waits for any more"),
        "served again": noop("are served again, twenty in a row"),
    }
    curves = (
        Curve("served", noop("Customers served in time"), "%"),
        Curve("wasted", noop("Stock’s work for nobody"), "%"),
        Curve("queue", noop("Calls waiting at stock"), noop("calls")),
        Curve("busy", noop("Orders’ workers in use"), noop("workers")),
    )
    readings = (
        Reading("served_slow", noop("Customers served while stock is slow"), "%", "up"),
        Reading("recovery_s", noop("Not served again after recovery for"), "s", "down"),
        Reading("wasted_percent", noop("Stock’s work for nobody"), "%", "down"),
        Reading("served_calm", noop("Customers served before 5 s, after 20 s"), "%", "up"),
        Reading("last_attempt_ms", noop("Last attempt may take"), "ms"),
        Reading("gives_up_ms", noop("Orders gives up at the latest after"), "ms", "down"),
    )
    challenges = (
        Challenge(
            "stop-in-time",
            lazy("Stop in time"),
            lazy(
                "With 40 customers a second or more and a budget of 1,000 ms or less, serve twenty "
                "in a row again within 1 s of stock’s recovery, serve 99 % before 5 s and from "
                "20 s on, and let stock do at most 13 % of its work for nobody."
            ),
            "easy",
            (
                RATE,
                BUDGET,
                CALM,
                RECOVERED,
                at_most("wasted_percent", 13.0, "%", lazy("At most 13 % of stock’s work wasted")),
            ),
        ),
        Challenge(
            "spend-it-well",
            lazy("Spend the second well"),
            lazy(
                "With 40 customers a second or more and a budget of 1,000 ms or less, serve at "
                "least 28 % of customers even while stock is slow, and 99 % before 5 s and from 20 "
                "s on, when one call in fifty is lost; serve twenty in a row again within 1 s of "
                "stock’s recovery, with at most 6.5 % of its work for nobody."
            ),
            "hard",
            (
                RATE,
                BUDGET,
                at_least(
                    "served_slow",
                    28.0,
                    "%",
                    lazy("At least 28 % of customers are served while stock is slow"),
                ),
                CALM,
                RECOVERED,
                at_most("wasted_percent", 6.5, "%", lazy("At most 6.5 % of stock’s work wasted")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Double the timeout per attempt to 600 ms; still three attempts within 1,000 ms, "
            "50 ms and 100 ms apart. Stock never answers. What does orders do with the deadline?"
        ),
        (
            Option("three", lazy("Three attempts")),
            Option("two", lazy("Two attempts of 600 ms")),
            Option("two-cut", lazy("Two attempts, the second one cut short")),
            Option("one", lazy("One attempt")),
        ),
        Parameters(timeout_ms=600),
        _attempts_made,
        arithmetic_sentence,
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """When stock is slow."""
        return (Interval(SLOW_S, WELL_S, noop("stock slow")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the recovery."""
        return {"recovery_s": Cut(DURATION_S - WELL_S, TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Half a minute with the deadline or without it."""
        waiting = _waiting(parameters, protected=protected)
        shop = Shop(seed=seed, rate=parameters.rate, waiting=waiting)
        attempts = _milliseconds(unanswered_call(waiting))
        curves = {
            "served": shop.served_percent(),
            "wasted": shop.wasted_percent(),
            "queue": shop.queue,
            "busy": shop.busy,
        }
        totals = shop.totals() | {
            "attempts_begun": float(len(attempts)),
            "last_attempt_ms": float(attempts[-1][1] - attempts[-1][0]),
            "gives_up_ms": float(attempts[-1][1]),
        }
        return Half(curves, totals, shop.log, (_timetable(parameters),))

    def explain(self, run: Run) -> Sequence[str]:
        """What fits into the budget, what was done in vain, and when it was over."""
        return [
            arithmetic_sentence(run),
            waste_sentence(run.totals),
            recovery_sentence(run.totals),
        ]


LAB = TimeoutDeadlineLab()
