"""Circuit breaker: a shop whose payment provider stops answering for twenty seconds.

Customers ask a shop for catalogue pages and, one time in four, to check out. Both share a
pool of workers; a checkout keeps its worker while it waits for payments. A request counts
as *served* when it is answered within four seconds, either in full or, for a checkout that
the breaker refused, with the fallback “order accepted, charged later”. A call that ran into
the timeout gets no fallback: the card may have been charged, so charging later is not safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Challenge,
    Curve,
    Cut,
    Finding,
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
from labs.catalog.microservices._shop import (
    AXIS,
    BACK_S,
    BLIP_END_S,
    BLIP_S,
    DOWN_S,
    DURATION_S,
    PATIENCE_S,
    WORKERS,
    Shop,
)
from simulation.policies import BreakerSettings

EVENT_TEXTS = {
    "down begins": noop("stops answering"),
    "down ends": noop("answers again"),
    "blip begins": noop("stops answering for one second"),
    "blip ends": noop("answers again"),
    "open": noop("opens: %(failures)d of %(calls)d calls failed"),
    "reopened": noop("opens again: %(failures)d of %(calls)d probes failed"),
    "half-open": noop("half-open: lets probes through"),
    "closed": noop("closes: %(failures)d of %(calls)d probes failed"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are a hesitant breaker behind a patient timeout."""

    rate: int = parameter(
        60,
        label=lazy("Request rate"),
        unit="requests/s",
        minimum=20,
        maximum=200,
        step=10,
        help=lazy("All requests to the shop; one in four is a checkout and calls payments."),
    )
    timeout_s: float = parameter(
        3.0,
        label=lazy("Call timeout"),
        unit="s",
        minimum=0.1,
        maximum=30.0,
        step=0.1,
        help=lazy("How long a checkout waits for payments. A healthy call takes 0.07 s."),
    )
    threshold: int = parameter(
        50,
        label=lazy("Failure threshold"),
        unit="%",
        minimum=5,
        maximum=100,
        step=5,
        help=lazy("Opens when at least this share of the calls in the window failed."),
    )
    minimum_calls: int = parameter(
        20,
        label=lazy("Minimum calls in window"),
        unit="calls",
        minimum=1,
        maximum=100,
        step=1,
        help=lazy("With fewer calls than this in the window it never opens."),
    )
    window_s: float = parameter(
        10.0,
        label=lazy("Window"),
        unit="s",
        minimum=0.5,
        maximum=30.0,
        step=0.5,
        help=lazy("How far back calls count."),
    )
    open_s: float = parameter(
        5.0,
        label=lazy("Open time"),
        unit="s",
        minimum=0.5,
        maximum=60.0,
        step=0.5,
        help=lazy("How long it refuses calls before it lets probes through."),
    )
    probes: int = parameter(
        3,
        label=lazy("Half-open probes"),
        unit="calls",
        minimum=1,
        maximum=20,
        step=1,
        help=lazy("Calls let through to see whether payments has recovered."),
    )


def _settings(parameters: Parameters) -> BreakerSettings:
    return BreakerSettings(
        threshold=parameters.threshold / 100,
        minimum_calls=parameters.minimum_calls,
        window_s=parameters.window_s,
        open_s=parameters.open_s,
        probes=parameters.probes,
    )


def _steady(run: Run) -> Finding:
    steady = run.totals["steady_in_blip"] == 1.0
    return Finding(
        _("The breaker stays closed through the one-second blip at 50 s"),
        _("stayed closed") if steady else _("was open or opened"),
        steady,
    )


def _share_of_catalogue(run: Run) -> str:
    share = run.totals["catalogue_down_without"]
    return "most" if share >= 90.0 else "some" if share >= 50.0 else "few"


class CircuitBreakerLab(Lab[Parameters]):
    """Payments goes away for twenty seconds, and once more for one."""

    slug = "circuit-breaker"
    title = lazy("Payments goes away for twenty seconds")
    pattern = lazy("Circuit breaker")
    group = lazy("Resilience")
    version = 2
    summary = lazy(
        "A shop keeps calling a payment provider that no longer answers. Watch waiting spread "
        "to pages that never call payments, then set a breaker that stops it."
    )
    parameters = Parameters
    presets = {
        "hystrix": Preset(
            lazy("Hystrix"),
            Parameters(
                timeout_s=1.0, threshold=50, minimum_calls=20, window_s=10.0, open_s=5.0, probes=1
            ),
            lazy(
                "Defaults of Hystrix, in maintenance since 1.5.18. Hystrix judges its window at "
                "most every 500 ms, this lab after every call."
            ),
        ),
        "resilience4j": Preset(
            lazy("resilience4j"),
            Parameters(
                timeout_s=1.0, threshold=50, minimum_calls=100, window_s=8.0, open_s=60.0, probes=10
            ),
            lazy(
                "Defaults of resilience4j with its TimeLimiter. Its window is the last 100 calls; "
                "8 s of checkouts at 60 requests/s are about as many."
            ),
        ),
        "polly": Preset(
            lazy("Polly"),
            Parameters(timeout_s=30.0, threshold=10, minimum_calls=100, window_s=30.0, open_s=5.0),
            lazy(
                "Defaults of Polly v8’s circuit breaker and timeout; the number of probes is "
                "this lab’s own."
            ),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("busy", noop("Workers busy"), noop("workers")),
        Curve("calls", noop("Calls to payments"), "calls/s"),
        Curve("p95", noop("95 % answered within"), "ms"),
    )
    readings = (
        Reading("served_down", noop("Requests served while payments is down"), "%", "up"),
        Reading("catalogue_down", noop("Catalogue pages served meanwhile"), "%", "up"),
        Reading("calls_down", noop("Calls to payments while down"), "", "down"),
        Reading("recovery_s", noop("Normal again after the recovery"), "s", "down"),
        Reading("p99_ms", noop("99 % of those served, within"), "ms", "down"),
        Reading("charged_later", noop("Orders accepted, charged later"), ""),
    )
    challenges = (
        Challenge(
            "through-the-outage",
            lazy("Open in time"),
            lazy("Serve at least 99 % of requests while payments is down for 20 s."),
            "easy",
            (
                at_least(
                    "served_down",
                    99.0,
                    "%",
                    lazy("At least 99 % of requests are served while payments is down"),
                ),
            ),
        ),
        Challenge(
            "not-on-a-blip",
            lazy("Open in time, but not too soon"),
            lazy(
                "Serve at least 96 % while payments is down, keep the breaker closed through "
                "the one-second blip at 50 s, and be back to normal within 3 s of the recovery."
            ),
            "hard",
            (
                at_least(
                    "served_down",
                    96.0,
                    "%",
                    lazy("At least 96 % of requests are served while payments is down"),
                ),
                _steady,
                at_most(
                    "recovery_s",
                    3.0,
                    "s",
                    lazy("Checkouts are charged at once again within 3 s of the recovery"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Cut the call timeout from 3 s to 0.3 s. How many catalogue pages, which never call "
            "payments, are then served while payments is down, even without a breaker?"
        ),
        (
            Option("most", lazy("Nearly all: 90 % or more")),
            Option("some", lazy("Between 50 % and 90 %")),
            Option("few", lazy("Less than half")),
        ),
        Parameters(timeout_s=0.3),
        _share_of_catalogue,
        lambda run: (
            _("Without a breaker %(share).1f %% of catalogue pages were served.")
            % {"share": run.totals["catalogue_down_without"]}
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The outage and the blip."""
        return (
            Interval(DOWN_S, BACK_S, noop("payments down")),
            Interval(BLIP_S, BLIP_END_S, noop("blip")),
        )

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the recovery."""
        return {"recovery_s": Cut(DURATION_S - BACK_S)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute of the shop with the breaker or without it."""
        shop = Shop(
            seed=seed,
            rate=parameters.rate,
            timeout_s=parameters.timeout_s,
            breaker=_settings(parameters) if protected else None,
        )
        curves = {
            "served": AXIS.served_percent(shop.ledger, patience_s=PATIENCE_S),
            "busy": shop.busy,
            "calls": AXIS.per_second(shop.calls),
            "p95": AXIS.p95_ms(shop.ledger),
        }
        return Half(curves, shop.totals(), shop.log)

    def explain(self, run: Run) -> Sequence[str]:
        """When it opened, what that spared the rest of the shop, and what the blip did."""
        totals = dict(run.totals)
        return [_opening_sentence(run), _contagion_sentence(totals), _after_sentence(totals)]


def _opening_sentence(run: Run) -> str:
    totals = dict(run.totals)
    if totals["openings_down"]:
        return (
            _(
                "The breaker opened %(opened_after_s).1f s into the outage; %(checkouts_lost)d of "
                "%(checkouts_down)d checkouts made while payments was down were lost."
            )
            % totals
        )
    if totals["open_before"]:
        return (
            _(
                "The breaker was open before the outage began and did not close until it was "
                "over; %(checkouts_lost)d of %(checkouts_down)d checkouts made while payments was "
                "down were lost."
            )
            % totals
        )
    return _(
        "The breaker did not open during the outage: its %(window)g s window never held "
        "%(minimum)d ended calls of which %(threshold)d %% had failed, and %(lost)d of "
        "%(checkouts)d checkouts were lost."
    ) % {
        "window": run.parameters["window_s"],
        "minimum": run.parameters["minimum_calls"],
        "threshold": run.parameters["threshold"],
        "lost": totals["checkouts_lost"],
        "checkouts": totals["checkouts_down"],
    }


def _contagion_sentence(totals: dict[str, float]) -> str:
    if totals["busy_most_without"] < WORKERS:
        sentence = noop(
            "The timeout alone kept workers free: without a breaker %(without).1f %% of "
            "catalogue pages were served (with it %(with).1f %%)."
        )
    elif totals["catalogue_down_without"] < 95.0:
        sentence = noop(
            "Without it, waiting checkouts held all %(workers)d workers, and of the catalogue "
            "pages, which never call payments, only %(without).1f %% were served (with it "
            "%(with).1f %%)."
        )
    else:
        sentence = noop(
            "Without it, all %(workers)d workers were busy at times, but the waiting room was "
            "large enough: %(without).1f %% of catalogue pages were served (with it %(with).1f %%)."
        )
    return _(sentence) % {
        "workers": WORKERS,
        "without": totals["catalogue_down_without"],
        "with": totals["catalogue_down"],
    }


def _after_sentence(totals: dict[str, float]) -> str:
    if totals["recovery_s"] < DURATION_S - BACK_S:
        recovered = noop(
            "%(recovery_s).1f s after its recovery checkouts were charged at once again"
        )
    else:
        recovered = noop("before the run ended checkouts were not charged at once again")
    if totals["steady_in_blip"]:
        blip = noop("and the blip at 50 s did not open the breaker")
    else:
        blip = noop("and at the one-second blip at 50 s the breaker was open or opened")
    called = noop(
        "Payments was called %(calls_down)d times while down instead of %(calls_down_without)d"
    )
    return f"{_(called)}; {_(recovered)}, {_(blip)}." % totals


LAB = CircuitBreakerLab()
