"""Retry storm: retries in several layers turn a ten-second outage into one that stays.

A request counts as *served* when it is answered within four seconds. *Without the pattern*
nobody retries at all, so the comparison shows both what retries gain and what they cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    Challenge,
    Finding,
    Good,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Run,
    Series,
    Tile,
    parameter,
    values,
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
from labs.readings import told
from simulation.policies import Jitter

NO_BUDGET = "none"

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
        maximum=20,
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
        },
        help=lazy("Retries each layer may make, as a share of its requests; ten can be saved up."),
    )


def _retrying(parameters: Parameters) -> Retrying:
    budget = None if parameters.budget == NO_BUDGET else int(parameters.budget) / 100
    return Retrying(
        attempts=parameters.attempts,
        base_s=parameters.backoff_ms / 1000,
        jitter=Jitter(parameters.jitter),
        budget=budget,
    )


def _tiles(totals: dict[str, float]) -> tuple[Tile, ...]:
    def tile(name: str, label: str, unit: str, good: Good) -> Tile:
        return Tile(name, label, totals[name], unit, totals[f"{name}_without"], good)

    per_request = noop("Database calls per request made in the outage")
    return (
        tile("calls_per_request_down", per_request, "×", "down"),
        tile("recovery_s", noop("Normal again after the restart"), "s", "down"),
        tile("served_normal", noop("Requests served before and after"), "%", "up"),
        tile("served", noop("Requests served in all"), "%", "up"),
        tile("busiest_tenth", noop("Busiest 0.1 s after the restart"), noop("calls"), "down"),
        tile("database_calls", noop("Database calls in all"), "", "down"),
    )


def _series(retrying: Chain, bare: Chain) -> tuple[Series, ...]:
    halves = (retrying, bare)
    calls = (AXIS.per_second(time_s for time_s, _request in half.calls) for half in halves)
    served = (AXIS.served_percent(half.ledger, patience_s=PATIENCE_S) for half in halves)
    waits = (AXIS.p95_ms(half.ledger) for half in halves)
    waiting = noop("Calls waiting at the database")
    return (
        Series("calls", noop("Calls to the database"), "calls/s", *calls),
        Series("served", noop("Requests served"), "%", *served),
        Series("waiting", waiting, noop("calls"), retrying.waiting, bare.waiting),
        Series("p95", noop("95 % answered within"), "ms", *waits),
    )


def _failing_criterion(run: Run, percent: int) -> Finding:
    failing = run.parameters["failing"]
    return Finding(
        _("At least %(percent)d %% of calls fail by chance") % {"percent": percent},
        f"{failing} %",
        float(failing) >= percent,
    )


def _served_criterion(run: Run) -> Finding:
    share = run.totals["served_normal"]
    criterion = _("At least 99 % of requests are served before the outage and from 25 s on")
    return Finding(criterion, f"{share:.2f} %", share >= 99.0)


def _recovery_criterion(run: Run) -> Finding:
    recovery_s = run.totals["recovery_s"]
    criterion = _("Requests are served again within 4 s of the restart")
    return Finding(criterion, f"{recovery_s:.1f} s", recovery_s <= 4.0)


def _check_easy(run: Run) -> list[Finding]:
    return [_failing_criterion(run, 10), _served_criterion(run), _recovery_criterion(run)]


def _check_hard(run: Run) -> list[Finding]:
    calls = run.totals["calls_per_request_down"]
    load = Finding(
        _("At most 1.7 database calls per request made in the outage"),
        f"{calls:.2f}",
        calls <= 1.7,
    )
    return [
        _failing_criterion(run, 25),
        _served_criterion(run),
        _recovery_criterion(run),
        load,
    ]


def _fate(run: Run) -> str:
    recovery_s = run.totals["recovery_s"]
    return "soon" if recovery_s <= 2.0 else "late" if recovery_s < DURATION_S - RESTART_S else "not"


class RetryStormLab(Lab[Parameters]):
    """Retries in every layer keep a database down that is long back."""

    slug = "retry-storm"
    title = lazy("The outage that retries keep alive")
    pattern = lazy("Retry")
    group = lazy("Resilience")
    version = 1
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
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(attempts=2, backoff_ms=25, budget="20"),
            lazy(
                "Envoy’s one retry after 25 ms and its budget option of 20 %, which Envoy counts "
                "from the requests under way rather than from all."
            ),
        ),
    }
    challenges = (
        Challenge(
            "stop-the-storm",
            lazy("Stop the storm"),
            lazy(
                "With at least 10 % of calls failing by chance, serve 99 % of requests in normal "
                "times and be back within 4 s of the restart."
            ),
            "easy",
            _check_easy,
        ),
        Challenge(
            "gain-without-pain",
            lazy("All the gain, little of the pain"),
            lazy(
                "Now 25 % of calls fail by chance. Serve 99 % of requests in normal times, be back "
                "within 4 s, and send the stalled database at most 1.7 calls per request."
            ),
            "hard",
            _check_hard,
        ),
    )
    prediction = Prediction(
        lazy(
            "The database is back after 20 s and can do 100 calls a second. When will "
            "customers be served again?"
        ),
        (
            Option("soon", lazy("Within 2 s of the restart")),
            Option("late", lazy("Later, but before the run ends at 45 s")),
            Option("not", lazy("Not before the run ends")),
        ),
        _fate,
        lambda run: _recovery_sentence(dict(run.totals)),
    )

    def simulate(self, parameters: Parameters, *, seed: int) -> Run:
        """Forty-five seconds with these retries and with none, on the same arrivals."""
        rate, layers, failing = parameters.rate, parameters.layers, parameters.failing / 100
        settings = _retrying(parameters)
        stormy = Chain(seed=seed, rate=rate, layers=layers, failing=failing, retrying=settings)
        bare = Chain(seed=seed, rate=rate, layers=layers, failing=failing, retrying=NO_RETRIES)
        totals = stormy.totals() | {f"{name}_without": n for name, n in bare.totals().items()}
        totals["amplification"] = float(parameters.attempts**layers)
        events, left_out = told(stormy.log, EVENT_TEXTS)
        return Run(
            slug=self.slug,
            version=self.version,
            seed=seed,
            parameters=values(parameters),
            duration_s=DURATION_S,
            time_s=AXIS.times,
            series=_series(stormy, bare),
            faults=(
                Interval(STALL_S, RESTART_S, noop("database stalled")),
                Interval(RESTART_S, WARM_S, noop("cold cache")),
            ),
            tiles=_tiles(totals),
            events=events,
            events_left_out=left_out,
            totals=totals,
        )

    def explain(self, run: Run) -> Sequence[str]:
        """How far calls were multiplied, when it ended, and what retries bought."""
        totals = dict(run.totals)
        multiplied = ngettext(
            "A request made during the outage reached the database %(calls_per_request_down).1f "
            "times; %(attempts)d attempts in one layer allow up to %(amplification)d.",
            "A request made during the outage reached the database %(calls_per_request_down).1f "
            "times; %(attempts)d attempts in each of %(layers)d layers allow up to "
            "%(amplification)d.",
            int(run.parameters["layers"]),
        ) % (totals | dict(run.parameters))
        bought = _(
            "In normal times %(served_normal).1f %% of requests were served, against "
            "%(served_normal_without).1f %% without any retry."
        )
        return [multiplied, _recovery_sentence(totals), bought % totals]


def _recovery_sentence(totals: dict[str, float]) -> str:
    load = {"capacity": CAPACITY} | totals
    if totals["recovery_s"] < DURATION_S - RESTART_S:
        return (
            _(
                "Requests were served again %(recovery_s).1f s after the restart (without retries "
                "%(recovery_s_without).1f s)."
            )
            % load
        )
    return (
        _(
            "The database was back at 20 s, but retries kept sending it %(calls_per_second_after)d "
            "calls a second, of which it can do %(capacity)d: customers were not served again "
            "before the run ended."
        )
        % load
    )


LAB = RetryStormLab()
