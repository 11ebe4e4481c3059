"""API gateway: one page from many services, asked in turn or all at once.

*Without the pattern* the client asks every service itself, one after the other over its own
network, waits five seconds for each and never asks twice. *With* it the client asks once, and
the gateway asks the services over a fast network. Both meet the same services with the same
luck: the first attempt at each call draws from the same streams.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
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
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._page import (
    CLIENT_PATIENCE_MS,
    HOP_MS,
    Pages,
    Way,
)
from simulation import EventLog

SERIAL, PARALLEL = "serial", "parallel"
WHOLE, PARTIAL = "whole", "partial"

EVENT_TEXTS = {
    "asks at once": noop("asks all %(services)d services at once"),
    "asks in turn": noop("asks %(services)d services one after the other"),
    "no answer": noop("is given up after %(ms).0f ms"),
    "answers a retry": noop("answers a retry, %(ms).0f ms after the first attempt"),
    "answers late": noop("answers after %(ms).0f ms"),
    "fails": noop("number %(place)d ends with an error: a part is missing"),
    "lacks parts": noop("number %(place)d is sent, parts missing: %(missing)d"),
    "is complete": noop("number %(place)d is complete"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults ask in turn, wait long and give no page away."""

    services: int = parameter(
        20,
        label=lazy("Services on the page"),
        unit="services",
        minimum=2,
        maximum=100,
        step=1,
        help=lazy("Each gives one part of the page; a healthy answer takes 20 ms on average."),
    )
    rtt_ms: int = parameter(
        60,
        label=lazy("Round trip of the client"),
        unit="ms",
        minimum=10,
        maximum=300,
        step=10,
        help=lazy("From the client to the site and back; 10 ms is next door, 300 ms a bad phone."),
    )
    calls: str = parameter(
        SERIAL,
        label=lazy("The gateway asks"),
        choices={
            SERIAL: lazy("one service after the other"),
            PARALLEL: lazy("all services at once"),
        },
        help=lazy("In turn, times add up. At once, the slowest answer counts."),
    )
    slow: float = parameter(
        1.0,
        label=lazy("Slow answers"),
        unit="%",
        minimum=0.0,
        maximum=5.0,
        step=0.1,
        help=lazy("Share of calls that take 0.1 s to 1 s longer; one in ten of them never ends."),
    )
    timeout_ms: int = parameter(
        2000,
        label=lazy("Timeout per call"),
        unit="ms",
        minimum=20,
        maximum=15_000,
        step=10,
        help=lazy("How long the gateway waits for one answer before it gives up the attempt."),
    )
    retries: int = parameter(
        0,
        label=lazy("Retries per call"),
        unit="retries",
        minimum=0,
        maximum=3,
        step=1,
        help=lazy("Further attempts, at once, after an error or a timeout."),
    )
    missing: str = parameter(
        WHOLE,
        label=lazy("When a part is missing"),
        choices={
            WHOLE: lazy("the page fails"),
            PARTIAL: lazy("the page is sent without it"),
        },
        help=lazy("What the gateway sends when a service gave no answer in the end."),
    )


MOSTLY_SHOWN = 75.0  # percent; with fewer, the median says more of errors than of answers


def _way(parameters: Parameters, *, protected: bool) -> Way:
    if not protected:
        return Way(
            page_ms=0.0,
            call_ms=parameters.rtt_ms,
            timeout_ms=CLIENT_PATIENCE_MS,
            retries=0,
            is_parallel=False,
            is_whole=False,
        )
    return Way(
        page_ms=parameters.rtt_ms + HOP_MS,
        call_ms=0.0,
        timeout_ms=parameters.timeout_ms,
        retries=parameters.retries,
        is_parallel=parameters.calls == PARALLEL,
        is_whole=parameters.missing == WHOLE,
    )


def _share_held_up(run: Run) -> str:
    share = run.totals["held_up"]
    return "few" if share < 5.0 else "some" if share < 40.0 else "most" if share < 75.0 else "all"


class ApiGatewayLab(Lab[Parameters]):
    """Twenty answers make one page."""

    slug = "api-gateway"
    title = lazy("Twenty answers make one page")
    pattern = lazy("API gateway")
    group = lazy("Edge")
    version = 3
    summary = lazy(
        "A page needs an answer from each of twenty services. Asked in turn, their times add up; "
        "asked at once, the page waits for the slowest, and among many one is always slow."
    )
    parameters = Parameters
    presets = {
        "spring": Preset(
            lazy("Spring Cloud Gateway"),
            Parameters(calls=PARALLEL, retries=3),
            lazy(
                "The defaults of Spring Cloud Gateway’s Retry filter: three retries without a "
                "wait. The filter repeats GET requests after 5xx answers; this lab also repeats "
                "after a timeout. The timeout and asking at once are this lab’s."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(calls=PARALLEL, timeout_ms=15_000, retries=1),
            lazy(
                "Envoy’s route timeout of 15 s, and one retry as when a retry policy is set. In "
                "Envoy the 15 s cover all attempts of a call, here each of them, and it waits "
                "about 25 ms before the retry. Asking at once is this lab’s."
            ),
        ),
        "phone": Preset(
            lazy("Far away on a phone"),
            Parameters(rtt_ms=300),
            lazy("Nothing changed but the client’s round trip: 300 ms, a figure of this lab."),
        ),
    }
    event_texts = EVENT_TEXTS
    curves = (
        Curve("p95", noop("95 % of pages finished within"), "ms"),
        Curve("held_up", noop("Pages with a slow call"), "%"),
        Curve("complete", noop("Complete pages"), "%"),
        Curve("calls", noop("Calls per page"), noop("calls")),
    )
    readings = (
        Reading("p50_ms", noop("Half of the pages finished within"), "ms", "down"),
        Reading("p95_ms", noop("95 % of pages finished within"), "ms", "down"),
        Reading("p99_ms", noop("99 % of pages finished within"), "ms", "down"),
        Reading("shown", noop("Pages that show something"), "%", "up"),
        Reading("complete", noop("Complete pages"), "%", "up"),
        Reading("calls_per_service", noop("Attempts per service and page"), "×", "down"),
    )
    challenges = (
        Challenge(
            "sum-to-maximum",
            lazy("From the sum to the maximum"),
            lazy(
                "With at least 20 services and 1 % slow answers, answer 95 % of pages within "
                "250 ms, and let at least 99 % of pages show something."
            ),
            "easy",
            (
                at_least("services", 20, "", lazy("At least 20 services on the page")),
                at_least("slow", 1.0, "%", lazy("At least 1 % of answers are slow")),
                at_most("p95_ms", 250.0, "ms", lazy("95 % of pages are answered within 250 ms")),
                at_least("shown", 99.0, "%", lazy("At least 99 % of pages show something")),
            ),
        ),
        Challenge(
            "sixty-services",
            lazy("Sixty services, nothing missing"),
            lazy(
                "With at least 60 services, 2 % slow answers and a round trip of 60 ms, answer "
                "99 % of pages within 300 ms, 99 % of them complete, with at most 1.08 attempts "
                "per service and page."
            ),
            "hard",
            (
                at_least("services", 60, "", lazy("At least 60 services on the page")),
                at_least("slow", 2.0, "%", lazy("At least 2 % of answers are slow")),
                at_least("rtt_ms", 60, "ms", lazy("A round trip of at least 60 ms")),
                at_most("p99_ms", 300.0, "ms", lazy("99 % of pages are answered within 300 ms")),
                at_least("complete", 99.0, "%", lazy("At least 99 % of pages are complete")),
                at_most(
                    "calls_per_service",
                    1.08,
                    "×",
                    lazy("At most 1.08 attempts per service and page"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "The gateway asks 100 services at once, without a timeout that matters, and 1 % of "
            "answers are slow. How many pages have to wait for a slow answer?"
        ),
        (
            Option("few", lazy("Less than 5 %: slow answers are rare")),
            Option("some", lazy("5 % to 40 %")),
            Option("most", lazy("40 % to 75 %")),
            Option("all", lazy("75 % or more")),
        ),
        Parameters(services=100, calls=PARALLEL, missing=PARTIAL),
        _share_held_up,
        lambda run: (
            _(
                "%(share).1f %% of pages waited for a slow answer. All hundred answers are quick "
                "with a chance of 0.99 × 0.99 × … = 37 %%, so 63 %% are to be expected."
            )
            % {"share": run.totals["held_up"]}
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """From one service to as many as the page needs."""
        counts = tuple(float(count) for count in range(1, parameters.services + 1))
        return Scale(noop("Services on the page"), "", counts)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Eight hundred pages, asked for through the gateway or by the client itself."""
        pages = Pages(
            seed=seed,
            services=parameters.services,
            slow_share=parameters.slow / 100,
            way=_way(parameters, protected=protected),
        )
        curves = {
            "p95": [round(ms, 1) for ms in pages.waits_ms(0.95)],
            "held_up": pages.held_up(),
            "complete": pages.complete(),
            "calls": pages.calls(),
        }
        log = EventLog()
        if protected:
            pages.tell(log, share=0.95)
        return Half(curves, _totals(pages, curves), log)

    def explain(self, run: Run) -> Sequence[str]:
        """What the page waited for, what became of slow answers, and what it cost."""
        return [_waiting_sentence(run), _slow_sentence(run), _outcome_sentence(run)]


def _totals(pages: Pages, curves: dict[str, list[float]]) -> dict[str, float]:
    return {
        "p50_ms": pages.waits_ms(0.5)[-1],
        "p95_ms": pages.waits_ms(0.95)[-1],
        "p99_ms": pages.waits_ms(0.99)[-1],
        "mean_ms": pages.mean_ms(),
        "held_up": curves["held_up"][-1],
        "complete": curves["complete"][-1],
        "shown": pages.shown()[-1],
        "calls": curves["calls"][-1],
        "calls_per_service": curves["calls"][-1] / pages.services,
    }


def _waiting_sentence(run: Run) -> str:
    if run.totals["shown"] < MOSTLY_SHOWN:
        return _(
            "%(failed).1f %% of pages ended at their first missing part, so half of all pages were "
            "over within %(with).0f ms. The client on its own took %(without).0f ms and showed "
            "what it got."
        ) % {
            "failed": 100.0 - run.totals["shown"],
            "with": run.totals["p50_ms"],
            "without": run.totals["p50_ms_without"],
        }
    sentence = (
        noop(
            "The gateway asked at once and waited for the slowest of %(services)d answers: half "
            "of the pages took up to %(with).0f ms. The client on its own added them up, with a "
            "round trip of %(rtt)d ms for each: %(without).0f ms."
        )
        if run.parameters["calls"] == PARALLEL
        else noop(
            "The gateway saved round trips of %(rtt)d ms, but it too added up the times of "
            "%(services)d answers: half of the pages took up to %(with).0f ms instead of "
            "%(without).0f ms."
        )
    )
    return _(sentence) % {
        "services": run.parameters["services"],
        "rtt": run.parameters["rtt_ms"],
        "with": run.totals["p50_ms"],
        "without": run.totals["p50_ms_without"],
    }


def _slow_sentence(run: Run) -> str:
    sentence = (
        noop(
            "%(slow)g %% of answers are slow: without the gateway %(without).1f %% of pages had a "
            "call that took more than 0.11 s, and with it %(with).1f %%."
        )
        if run.parameters["slow"]
        else noop(
            "No answer is slow: %(without).1f %% of pages without the gateway and %(with).1f %% "
            "with it had a call that took more than 0.11 s."
        )
    )
    return _(sentence) % {
        "slow": run.parameters["slow"],
        "without": run.totals["held_up_without"],
        "with": run.totals["held_up"],
    }


def _outcome_sentence(run: Run) -> str:
    totals, retries = dict(run.totals), int(run.parameters["retries"])
    complete = _("%(complete).1f %% of pages were complete (%(complete_without).1f %% without)")
    if run.parameters["missing"] == WHOLE:
        rest = _("and %(failed).1f %% ended with an error.")
    else:
        rest = _("and %(shown).1f %% showed at least one part.")
    cost = _("A page took %(calls).1f attempts; nothing was asked twice.")
    if retries:
        cost = ngettext(
            "A page took %(calls).1f attempts, with up to one retry per call.",
            "A page took %(calls).1f attempts, with up to %(retries)d retries per call.",
            retries,
        )
    values = totals | {"failed": 100.0 - totals["shown"], "retries": retries}
    return f"{complete}, {rest} {cost}" % values


LAB = ApiGatewayLab()
