"""Sidecar: proxies beside every service, what they rescue, and what they cost.

*Without the pattern* there are no proxies: only what the services retry in their own code.
All numbers are expectations; nothing is drawn by lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Cell,
    Challenge,
    Curve,
    Half,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Scale,
    Table,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._mesh import Depth, Retrying, depths, tried
from labs.catalog.microservices._proxies import (
    NO_PROXY,
    NODE,
    PROXIES,
    SIDECAR,
    bill_of,
    bills_table,
)
from labs.catalog.microservices._sidecar_told import bill_sentence, rescue_sentence, storm_sentence
from simulation import EventLog

NO_BUDGET = "none"
MOST_RETRIES = 3
CODE_TRIES = (
    noop("Code tries once"),
    noop("Code tries twice"),
    noop("Code tries 3 times"),
    noop("Code tries 4 times"),
)
SIDECAR_TRIES = (noop("once"), noop("twice"), noop("3 times"), noop("4 times"))

EVENT_TEXTS = {
    "called": noop("calls it gets for one request while the last service is down: %(calls)d"),
    "called on average": noop(
        "calls it gets for one request while the last service is down: %(calls).2f on average"
    ),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults retry once in every layer, without a budget."""

    hops: int = parameter(
        6,
        label=lazy("Services in a row"),
        unit="services",
        minimum=2,
        maximum=8,
        step=1,
        help=lazy("Each calls the next one; each works 5 ms."),
    )
    failing: int = parameter(
        6,
        label=lazy("Calls refused by chance"),
        unit="%",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("Share of tries that fail at once, as while pods restart."),
    )
    proxies: str = parameter(
        SIDECAR,
        label=lazy("Proxies"),
        choices={
            SIDECAR: lazy("a sidecar in every pod"),
            NODE: lazy("one on every node"),
        },
        help=lazy("A sidecar understands requests; a node proxy only connections: no retries."),
    )
    mesh_retries: int = parameter(
        1,
        label=lazy("Retries by the sidecar"),
        unit="retries",
        minimum=0,
        maximum=MOST_RETRIES,
        step=1,
        help=lazy("Further tries per call. Node proxies make none, whatever is set here."),
    )
    budget: str = parameter(
        NO_BUDGET,
        label=lazy("Retry budget of the sidecar"),
        choices={
            NO_BUDGET: lazy("no budget"),
            "10": lazy("10 % of calls"),
            "20": lazy("20 % of calls"),
            "50": lazy("50 % of calls"),
        },
        help=lazy("The most tries a sidecar may add, as a share of the calls it is given."),
    )
    app_retries: int = parameter(
        0,
        label=lazy("Retries in the code"),
        unit="retries",
        minimum=0,
        maximum=MOST_RETRIES,
        step=1,
        help=lazy("Further tries per call by every service itself, on top of its proxy’s."),
    )
    pods: int = parameter(
        500,
        label=lazy("Pods"),
        unit="pods",
        minimum=50,
        maximum=2000,
        step=50,
        help=lazy("All pods of all services, each with 1,000 requests/s; ten share a node."),
    )


def _retrying(parameters: Parameters, *, protected: bool) -> Retrying:
    has_sidecars = protected and parameters.proxies == SIDECAR
    budget = None if parameters.budget == NO_BUDGET else int(parameters.budget) / 100
    return Retrying(
        in_code=parameters.app_retries,
        in_proxy=parameters.mesh_retries if has_sidecars else 0,
        budget=budget,
    )


def _tries_in_a_layer(run: Run) -> str:
    tries = run.totals["tries_down"]
    return "three" if tries < 4 else "five" if tries < 6 else "six" if tries < 9 else "nine"


class SidecarLab(Lab[Parameters]):
    """Proxies beside six services in a row."""

    slug = "sidecar"
    title = lazy("A proxy beside every service")
    pattern = lazy("Sidecar")
    group = lazy("Edge")
    version = 3
    summary = lazy(
        "Services in a row, any of which may refuse a call. Sidecars retry for all of them in "
        "whatever language they are written, and send a bill: time, memory, and more calls."
    )
    parameters = Parameters
    is_exact = True
    clock = "step"
    presets = {
        "istio": Preset(
            lazy("Istio 1.24, sidecars"),
            Parameters(mesh_retries=2),
            lazy(
                "Istio retries a failed HTTP request twice by default. 0.20 vCPU and 60 MB per "
                "sidecar are Istio 1.24’s figures at 1,000 requests/s of 1 KB; the time in a "
                "proxy is this lab’s."
            ),
        ),
        "ztunnel": Preset(
            lazy("Istio 1.24, ztunnel"),
            Parameters(proxies=NODE, mesh_retries=0),
            lazy(
                "Istio’s ambient mode with ztunnels alone: 0.06 vCPU per 1,000 requests/s, and "
                "12 MB. Ten pods to a node, and that processor time goes with the requests, are "
                "this lab’s assumptions."
            ),
        ),
        "polly": Preset(
            lazy("Istio and Polly together"),
            Parameters(mesh_retries=2, app_retries=3),
            lazy(
                "Istio’s two retries below the three of Polly v8: 3 × 4 tries in every layer. "
                "Polly waits two seconds before each; this lab has no waits."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy with a budget"),
            Parameters(mesh_retries=1, budget="20"),
            lazy(
                "Envoy’s one retry when a retry policy is set, and its budget option of 20 %, "
                "which Envoy counts from the requests under way and never sets below three."
            ),
        ),
    }
    event_texts = EVENT_TEXTS
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("calls_down", noop("Calls to a last service that is down"), noop("calls")),
        Curve("time", noop("Mean time of a request"), "ms"),
        Curve("proxy", noop("Time of a request spent in proxies"), "ms"),
    )
    readings = (
        Reading("served", noop("Requests served"), "%", "up"),
        Reading(
            "calls_down", noop("Calls per request to a last service that is down"), "×", "down"
        ),
        Reading("calls_per_service", noop("Calls per service in normal times"), "×", "down"),
        Reading("time_ms", noop("Mean time of a request"), "ms", "down"),
        Reading("proxy_ms", noop("Of that spent in proxies"), "ms", "down"),
        Reading("vcpu", noop("Processors for proxies"), "vCPU", "down"),
    )
    challenges = (
        Challenge(
            "what-you-need",
            lazy("Pay for what you need"),
            lazy(
                "With at least 500 pods, 6 services in a row and 6 % of calls refused, serve 99 % "
                "of requests for at most 40 vCPU."
            ),
            "easy",
            (
                at_least("pods", 500, "", lazy("At least 500 pods")),
                at_least("hops", 6, "", lazy("At least 6 services in a row")),
                at_least("failing", 6, "%", lazy("At least 6 % of calls are refused")),
                at_least("served", 99.0, "%", lazy("At least 99 % of requests are served")),
                at_most("vcpu", 40.0, "vCPU", lazy("At most 40 vCPU for proxies")),
            ),
        ),
        Challenge(
            "no-storm",
            lazy("Rescue without a storm"),
            lazy(
                "With at least 6 services in a row and 10 % of calls refused, serve 99 % of "
                "requests, and let at most 4 calls per request reach the last service while it is "
                "down."
            ),
            "hard",
            (
                at_least("hops", 6, "", lazy("At least 6 services in a row")),
                at_least("failing", 10, "%", lazy("At least 10 % of calls are refused")),
                at_least("served", 99.0, "%", lazy("At least 99 % of requests are served")),
                at_most(
                    "calls_down",
                    4.0,
                    "×",
                    lazy("At most 4 calls per request reach a last service that is down"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Sidecars retry a failed call twice, and so does the code of every service. One "
            "service calls another that is down: how many calls does it get for one request?"
        ),
        (
            Option("three", lazy("Up to three: the two agree")),
            Option("five", lazy("Four or five: one call and four retries")),
            Option("six", lazy("Six to eight")),
            Option("nine", lazy("Nine or more")),
        ),
        Parameters(hops=2, mesh_retries=2, app_retries=2),
        _tries_in_a_layer,
        lambda run: (
            _(
                "%(tries)d: each of the three tries in the code is three tries in the sidecar. "
                "Two layers in a row make it %(calls)d."
            )
            % {"tries": run.totals["tries_down"], "calls": run.totals["calls_down"]}
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """From one service to as many as stand in a row."""
        counts = tuple(float(count) for count in range(1, parameters.hops + 1))
        names = tuple(f"{count:.0f}" for count in counts)
        return Scale(noop("Services in a row"), "", counts, names)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """The chain with proxies or without; `seed` changes nothing."""
        proxy = PROXIES[parameters.proxies] if protected else NO_PROXY
        retrying = _retrying(parameters, protected=protected)
        found = depths(
            parameters.hops,
            refused=parameters.failing / 100,
            retrying=retrying,
            pass_ms=proxy.pass_ms,
        )
        curves = {
            "served": [100.0 * depth.served for depth in found],
            "calls_down": [depth.calls_down for depth in found],
            "time": [depth.time_ms for depth in found],
            "proxy": [depth.proxy_ms for depth in found],
        }
        totals = _totals(found, retrying, bill_of(proxy, parameters.pods))
        return Half(
            curves,
            totals,
            _told(found),
            (bills_table(parameters.proxies, parameters.pods), _layer(retrying)),
        )

    def explain(self, run: Run) -> Sequence[str]:
        """What the proxies rescue, what they multiply, and what they cost."""
        return [rescue_sentence(run), storm_sentence(run), bill_sentence(run)]


def _totals(
    found: Sequence[Depth], retrying: Retrying, bill: tuple[float, float, float]
) -> dict[str, float]:
    last = found[-1]
    return {
        "served": 100.0 * last.served,
        "calls": last.calls,
        "calls_per_service": last.calls / len(found),
        "calls_down": last.calls_down,
        "tries_down": tried(1.0, retrying).tries,
        "time_ms": last.time_ms,
        "proxy_ms": last.proxy_ms,
        "proxies": bill[0],
        "vcpu": bill[1],
        "memory_gb": bill[2] / 1000,
    }


def _told(found: Sequence[Depth]) -> EventLog:
    """How calls multiply from layer to layer."""
    log = EventLog()
    for layer, depth in enumerate(found, start=1):
        calls = depth.calls_down
        is_whole = abs(calls - round(calls)) < 0.005
        kind = "called" if is_whole else "called on average"
        log.add(layer, f"service {layer}", kind, calls=round(calls) if is_whole else calls)
    return log


def _layer(retrying: Retrying) -> Table:
    """What a call to a dead service becomes in one layer, without a budget."""
    here = (retrying.in_code + 1, retrying.in_proxy + 1)
    rows = tuple(
        (Cell(name), *(_product(code, proxy, here) for proxy in range(1, MOST_RETRIES + 2)))
        for code, name in enumerate(CODE_TRIES, start=1)
    )
    caption = noop("Calls to a dead service in one layer, without a budget")
    return Table("layer", caption, (noop("Sidecar tries"), *SIDECAR_TRIES), rows)


def _product(code: int, proxy: int, here: tuple[int, int]) -> Cell:
    is_here = (code, proxy) == here
    return Cell(f"{code * proxy}", ("bad" if code * proxy > 1 else "good") if is_here else "")


LAB = SidecarLab()
