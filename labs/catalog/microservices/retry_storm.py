"""Retry storm: retries in several layers turn a ten-second outage into one that stays.

A request counts as *served* when it is answered within four seconds. *Without the pattern*
nobody retries at all, so the comparison shows both what retries gain and what they cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
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
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._chain import (
    AXIS,
    CAPACITY,
    DURATION_S,
    NO_RETRIES,
    PATIENCE_S,
    RESTART_S,
    STALL_S,
    WARM_S,
    Chain,
    Retrying,
)
from simulation.policies import Budget, Jitter, RetryBudget, RetryQuota, RetryThrottle

NO_BUDGET = "none"
GRPC, AWS = "grpc", "aws"
BUDGET_BURST = 10.0

EVENT_TEXTS = {
    "stalled begins": noop("stalls: calls wait, none is worked on"),
    "stalled ends": noop("restarts: every waiting call fails"),
    "slow begins": noop("has a cold cache: calls take four times as long"),
    "slow ends": noop("is warm again"),
    "erring begins": noop("fails a share of calls by chance, all the time"),
    "erring ends": noop("fails no more calls by chance"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults retry at once, in every layer, without limit."""

    rate: int = parameter(
        10,
        label=lazy("Request rate"),
        unit="requests/s",
        minimum=2,
        maximum=16,
        step=1,
        help=lazy("What customers ask for. The database can do 100 calls a second."),
    )
    layers: int = parameter(
        3,
        label=lazy("Layers that retry"),
        unit="layers",
        minimum=1,
        maximum=3,
        step=1,
        help=lazy("Services in a row, each of which retries what fails behind it."),
    )
    attempts: int = parameter(
        3,
        label=lazy("Attempts per layer"),
        unit="attempts",
        minimum=1,
        maximum=4,
        step=1,
        help=lazy("How often a layer calls at most; the first call counts."),
    )
    failing: int = parameter(
        5,
        label=lazy("Calls that fail by chance"),
        unit="%",
        minimum=0,
        maximum=30,
        step=1,
        help=lazy("Share of database calls that fail even when all is well."),
    )
    backoff_ms: int = parameter(
        0,
        label=lazy("First wait"),
        unit="ms",
        minimum=0,
        maximum=2000,
        step=25,
        help=lazy("Wait before the first retry; doubles with each further one, up to 2 s."),
    )
    jitter: str = parameter(
        Jitter.NONE.value,
        label=lazy("Jitter"),
        choices={
            Jitter.NONE.value: lazy("none"),
            Jitter.FIFTH.value: lazy("a fifth more or less"),
            Jitter.EQUAL.value: lazy("equal: half fixed, half by chance"),
            Jitter.FULL.value: lazy("full: anything up to the wait"),
        },
        help=lazy(
            "Chance in the wait, so that callers do not return together. No effect without a wait."
        ),
    )
    budget: str = parameter(
        NO_BUDGET,
        label=lazy("Retry budget"),
        choices={
            NO_BUDGET: lazy("no budget"),
            "5": lazy("5 % of requests"),
            "10": lazy("10 % of requests"),
            "20": lazy("20 % of requests"),
            "50": lazy("50 % of requests"),
            GRPC: lazy("gRPC: 10 tokens, ratio 0.1"),
            AWS: lazy("AWS: 500 tokens"),
        },
        help=lazy(
            "What each layer may retry: a share of its requests, of which ten can be saved up, or "
            "the token buckets of gRPC and the AWS SDKs."
        ),
    )


def _retrying(parameters: Parameters) -> Retrying:
    return Retrying(
        attempts=parameters.attempts,
        base_s=parameters.backoff_ms / 1000,
        jitter=Jitter(parameters.jitter),
        budget=None if parameters.budget == NO_BUDGET else partial(_budget, parameters.budget),
    )


def _budget(name: str) -> Budget:
    if name == GRPC:
        return RetryThrottle(tokens=10.0, ratio=0.1)
    if name == AWS:
        return RetryQuota()
    return RetryBudget(int(name) / 100, burst=BUDGET_BURST)


SERVED = at_least(
    "served_normal",
    99.0,
    "%",
    lazy("At least 99 % of requests are served before the outage and from 25 s on"),
)
RECOVERED = at_most(
    "recovery_s", 4.0, "s", lazy("Requests are served again within 4 s of the restart")
)


def _fate(run: Run) -> str:
    recovery_s = run.totals["recovery_s"]
    return "soon" if recovery_s <= 2.0 else "late" if recovery_s < DURATION_S - RESTART_S else "not"


class RetryStormLab(Lab[Parameters]):
    """Retries in every layer keep a database down that is long back."""

    slug = "retry-storm"
    title = lazy("The outage that retries keep alive")
    pattern = lazy("Retry")
    group = lazy("Resilience")
    version = 2
    summary = lazy(
        "Three services in a row retry what fails. When the database stalls for ten seconds, "
        "each request becomes dozens of calls, and the calls outlive the outage."
    )
    parameters = Parameters
    presets = {
        "resilience4j": Preset(
            lazy("resilience4j"),
            Parameters(attempts=3, backoff_ms=500),
            lazy(
                "resilience4j’s Retry: three attempts in all, half a second apart. This lab "
                "doubles the second wait; resilience4j keeps it unless told otherwise."
            ),
        ),
        "polly": Preset(
            lazy("Polly"),
            Parameters(attempts=4, backoff_ms=2000),
            lazy("Polly v8’s retry: three retries after the first call, two seconds apart."),
        ),
        "google-sre": Preset(
            lazy("Google SRE book"),
            Parameters(attempts=3, budget="10"),
            lazy("At most three tries per request, and retries below 10 % of requests."),
        ),
        "grpc": Preset(
            lazy("gRPC"),
            Parameters(attempts=4, backoff_ms=100, jitter=Jitter.FIFTH.value, budget=GRPC),
            lazy(
                "The example policy of gRPC’s retry design: four attempts, waits of 0.1 s that "
                "double, and throttling with 10 tokens and a ratio of 0.1. Here the cap is 2 s."
            ),
        ),
        "aws-sdk": Preset(
            lazy("AWS SDK"),
            Parameters(attempts=3, backoff_ms=100, budget=AWS),
            lazy(
                "Standard mode of the AWS SDKs before the change of 2026: three attempts, waits "
                "from 100 ms, a quota of 500 tokens for each client. Here the cap is 2 s, not 20."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(attempts=2, backoff_ms=25, budget="20"),
            lazy(
                "Envoy’s one retry after 25 ms and its budget option of 20 %, which Envoy counts "
                "from the requests under way rather than from all."
            ),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("calls", noop("Calls to the database"), "calls/s"),
        Curve("served", noop("Requests served"), "%"),
        Curve("waiting", noop("Calls waiting at the database"), noop("calls")),
        Curve("p95", noop("95 % answered within"), "ms"),
    )
    readings = (
        Reading(
            "calls_per_request_down",
            noop("Database calls per request made in the outage"),
            "×",
            "down",
        ),
        Reading("recovery_s", noop("Normal again after the restart"), "s", "down"),
        Reading("served_normal", noop("Requests served before and after"), "%", "up"),
        Reading("served", noop("Requests served in all"), "%", "up"),
        Reading("busiest_tenth", noop("Busiest 0.1 s after the restart"), noop("calls"), "down"),
        Reading("database_calls", noop("Database calls in all"), "", "down"),
    )
    challenges = (
        Challenge(
            "stop-the-storm",
            lazy("Stop the storm"),
            lazy(
                "With at least 10 % of calls failing by chance, serve 99 % of requests in normal "
                "times and be back within 4 s of the restart."
            ),
            "easy",
            (
                at_least("failing", 10, "%", lazy("At least 10 % of calls fail by chance")),
                SERVED,
                RECOVERED,
            ),
        ),
        Challenge(
            "gain-without-pain",
            lazy("All the gain, little of the pain"),
            lazy(
                "Now 25 % of calls fail by chance. Serve 99 % of requests in normal times, be back "
                "within 4 s, and send the stalled database at most 1.7 calls per request."
            ),
            "hard",
            (
                at_least("failing", 25, "%", lazy("At least 25 % of calls fail by chance")),
                SERVED,
                RECOVERED,
                at_most(
                    "calls_per_request_down",
                    1.7,
                    "×",
                    lazy("At most 1.7 database calls per request made in the outage"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Retry in one layer instead of three, still three attempts, at once and without a "
            "budget. When will customers be served again?"
        ),
        (
            Option("soon", lazy("Within 2 s of the restart")),
            Option("late", lazy("Later, but before the run ends at 45 s")),
            Option("not", lazy("Not before the run ends")),
        ),
        Parameters(layers=1),
        _fate,
        lambda run: _recovery_sentence(dict(run.totals)),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The stall and the cold cache."""
        return (
            Interval(STALL_S, RESTART_S, noop("database stalled")),
            Interval(RESTART_S, WARM_S, noop("cold cache")),
        )

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the restart."""
        return {"recovery_s": Cut(DURATION_S - RESTART_S)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Forty-five seconds with these retries or with none."""
        chain = Chain(
            seed=seed,
            rate=parameters.rate,
            layers=parameters.layers,
            failing=parameters.failing / 100,
            retrying=_retrying(parameters) if protected else NO_RETRIES,
        )
        curves = {
            "calls": AXIS.per_second(time_s for time_s, _request in chain.calls),
            "served": AXIS.served_percent(chain.ledger, patience_s=PATIENCE_S),
            "waiting": chain.waiting,
            "p95": AXIS.p95_ms(chain.ledger),
        }
        return Half(curves, chain.totals(), chain.log)

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """How often one request can reach the database at most."""
        return {"amplification": float(parameters.attempts**parameters.layers)}

    def explain(self, run: Run) -> Sequence[str]:
        """How far calls were multiplied, when it ended, and what retries bought."""
        totals = dict(run.totals)
        multiplied = _multiplied_sentence(totals | dict(run.parameters))
        bought = _(
            "In normal times %(served_normal).1f %% of requests were served, against "
            "%(served_normal_without).1f %% without any retry."
        )
        return [multiplied, _recovery_sentence(totals), bought % totals]


def _multiplied_sentence(numbers: Mapping[str, Any]) -> str:
    if numbers["attempts"] == 1:
        return _(
            "With one attempt there are no retries: a request made during the outage reached the "
            "database at most once."
        )
    sentence = ngettext(
        "A request made during the outage reached the database %(calls_per_request_down).1f "
        "times; %(attempts)d attempts in one layer allow up to %(amplification)d.",
        "A request made during the outage reached the database %(calls_per_request_down).1f "
        "times; %(attempts)d attempts in each of %(layers)d layers allow up to "
        "%(amplification)d.",
        int(numbers["layers"]),
    )
    return sentence % numbers


def _recovery_sentence(totals: dict[str, float]) -> str:
    never = DURATION_S - RESTART_S
    load = {"capacity": CAPACITY} | totals
    if totals["recovery_s"] >= never:
        return (
            _(
                "The database was back at 20 s, but was sent %(calls_per_second_after)d calls a "
                "second, of which it can do %(capacity)d: customers were not served as before "
                "until the run ended."
            )
            % load
        )
    if totals["recovery_s_without"] >= never:
        return (
            _(
                "Requests were served again %(recovery_s).1f s after the restart; without retries "
                "not before the run ended."
            )
            % load
        )
    return (
        _(
            "Requests were served again %(recovery_s).1f s after the restart (without retries "
            "%(recovery_s_without).1f s)."
        )
        % load
    )


LAB = RetryStormLab()
