"""Bulkhead: one slow dependency, and whether it takes every other request with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    Cell,
    Challenge,
    Curve,
    Finding,
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
from labs.catalog.microservices._threads import (
    AXIS,
    SLOW_S,
    THREADS,
    WELL_S,
    WORK_S,
    ThreadPool,
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults keep the others alive and give reviews little."""

    rate: int = parameter(
        500,
        label=lazy("Requests per second"),
        minimum=100,
        maximum=800,
        step=50,
        help=lazy("All requests. Each holds one of 200 threads until it is answered."),
    )
    share: int = parameter(
        20,
        label=lazy("Requests that call reviews"),
        unit="%",
        minimum=5,
        maximum=60,
        step=5,
        help=lazy("The others never call it. All work takes 0.05 s when all is well."),
    )
    slow_ms: int = parameter(
        2000,
        label=lazy("Reviews takes, while slow"),
        unit="ms",
        minimum=50,
        maximum=5000,
        step=50,
        help=lazy("Time of one call to reviews from 2 s to 10 s of the run; otherwise 50 ms."),
    )
    permits: int = parameter(
        50,
        label=lazy("Permits"),
        unit="calls",
        minimum=1,
        maximum=1024,
        step=1,
        help=lazy("Calls to reviews that may be under way at once. 200 or more limit nothing."),
    )
    wait_ms: int = parameter(
        0,
        label=lazy("Wait for a permit"),
        unit="ms",
        minimum=0,
        maximum=5000,
        step=50,
        help=lazy("How long a call may wait for a permit, keeping its thread; 0 refuses at once."),
    )


def _needed(parameters: Parameters) -> tuple[float, float, float]:
    """Threads needed on average (Little’s law): reviews when well, when slow; the others."""
    calls = parameters.rate * parameters.share / 100
    return (
        calls * WORK_S,
        calls * parameters.slow_ms / 1000,
        (parameters.rate - calls) * WORK_S,
    )


def _arithmetic(parameters: Parameters) -> Table:
    """Rate × time, per kind of request."""
    calls = parameters.rate * parameters.share / 100
    well, slow, other = _needed(parameters)
    needed, slow_s = slow + other, parameters.slow_ms / 1000
    return Table(
        "threads",
        noop("Threads needed on average"),
        ("", noop("threads"), noop("rate × time")),
        (
            _row(noop("Others"), parameters.rate - calls, WORK_S, other),
            _row(noop("Reviews, well"), calls, WORK_S, well),
            _row(noop("Reviews, slow"), calls, slow_s, slow),
            (
                Cell(noop("Both, slow")),
                Cell(f"{needed:.0f} / {THREADS}", "bad" if needed > THREADS else "good"),
                Cell("–"),
            ),
        ),
    )


def _row(name: str, rate: float, seconds: float, threads: float) -> tuple[Cell, ...]:
    return Cell(name), Cell(f"{threads:.4g}"), Cell(f"{rate:g}/s × {seconds:g} s")


class _Storm:
    """The criterion that pins the traffic: so much of it, so much of that slow, and how slow."""

    def __init__(self, rate: int, share: int, slow_ms: int) -> None:
        self._least = {"rate": rate, "share": share, "slow_ms": slow_ms}

    def __call__(self, run: Run) -> Finding:
        """Hold the run’s parameters against the least values."""
        sentence = noop(
            "At least %(rate)d requests/s, %(share)d %% of them to reviews, which takes "
            "%(slow_ms)d ms or more"
        )
        measured = noop("%(rate)d requests/s, %(share)d %%, %(slow_ms)d ms")
        passed = all(run.number(name) >= least for name, least in self._least.items())
        return Finding(_(sentence) % self._least, _(measured) % dict(run.parameters), passed)


def _refused(run: Run) -> str:
    percent = run.totals["turned_away_slow_percent"]
    return "many" if percent >= 40.0 else "some" if percent >= 1.0 else "none"


class BulkheadLab(Lab[Parameters]):
    """One slow service and two hundred threads."""

    slug = "bulkhead"
    title = lazy("One slow service and two hundred threads")
    pattern = lazy("Bulkhead")
    group = lazy("Resilience")
    version = 1
    summary = lazy(
        "One request in five calls a reviews service that becomes slow. Its calls take the "
        "threads of all the others; a bulkhead decides how many they may have."
    )
    parameters = Parameters
    presets = {
        "hystrix": Preset(
            lazy("Hystrix"),
            Parameters(permits=10),
            lazy(
                "Hystrix (in maintenance since 1.5.18): ten threads per dependency and no queue. "
                "Its threads are its own; here a call keeps its caller’s thread."
            ),
        ),
        "resilience4j": Preset(
            lazy("resilience4j"),
            Parameters(permits=25),
            lazy("resilience4j’s semaphore bulkhead: 25 calls at once, no wait."),
        ),
        "polly": Preset(
            lazy("Polly"),
            Parameters(permits=1000),
            lazy(
                "Polly v8’s default limiter: 1,000 calls at once, no queue. With 200 threads it "
                "never has to refuse."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(permits=1024),
            lazy(
                "Envoy’s default of 1,024 requests per cluster. Made for a proxy without a "
                "thread per request; with 200 threads it never has to refuse."
            ),
        ),
    }
    axis = AXIS
    event_texts = {
        "slow begins": noop("becomes slow"),
        "slow ends": noop("is well again"),
        "full": noop("all %(threads)d threads are in use, %(held)d for reviews"),
        "free": noop("%(free)d of %(threads)d threads are free again"),
        "refuses": noop("refuses its first call"),
    }
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("other", noop("Other requests served"), "%"),
        Curve("held", noop("Threads held for reviews"), noop("threads")),
        Curve("busy", noop("Threads in use"), noop("threads")),
    )
    readings = (
        Reading("served_slow", noop("Requests served while reviews is slow"), "%", "up"),
        Reading("other_late", noop("Other requests served in its last 3 s"), "%", "up"),
        Reading("reviews_per_second", noop("Reviews served a second, from 4 s on"), "", "up"),
        Reading("held_most", noop("Most threads held for reviews"), noop("threads"), "down"),
        Reading("other_wait_ms", noop("99 % of others then waited at most"), "ms", "down"),
        Reading("served_calm", noop("Requests served before, all well"), "%", "up"),
    )
    challenges = (
        Challenge(
            "size-it",
            lazy("Size the bulkhead"),
            lazy(
                "With at least 500 requests/s, 20 % of them to reviews and 2,000 ms per call, "
                "serve at least 95 % of all requests while reviews is slow, and at least 99 % of "
                "the other requests."
            ),
            "easy",
            (
                _Storm(500, 20, 2000),
                at_least(
                    "served_slow",
                    95.0,
                    "%",
                    lazy("At least 95 % of all requests are served while reviews is slow"),
                ),
                at_least(
                    "other_slow",
                    99.0,
                    "%",
                    lazy("At least 99 % of the other requests are served meanwhile"),
                ),
            ),
        ),
        Challenge(
            "small-but-kind",
            lazy("Small, and yet not strict"),
            lazy(
                "Now at least 40 % of 500 requests/s or more go to reviews, and it allows you 12 "
                "calls at once. "
                "Serve at least 99.5 % of them before it becomes slow, and at least 99 % of the "
                "other requests while it takes 2,000 ms or more."
            ),
            "hard",
            (
                _Storm(500, 40, 2000),
                at_most("permits", 12, noop("calls"), lazy("At most 12 permits")),
                at_least(
                    "reviews_calm",
                    99.5,
                    "%",
                    lazy("At least 99.5 % of requests for reviews are served before it is slow"),
                ),
                at_least(
                    "other_slow",
                    99.0,
                    "%",
                    lazy("At least 99 % of the other requests are served while it is slow"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Reviews only becomes four times as slow: 200 ms instead of 50 ms. It is called 100 "
            "times a second and has 50 permits. How many calls are refused meanwhile?"
        ),
        (
            Option("many", lazy("About half of them: 40 % or more")),
            Option("some", lazy("From 1 % to 40 %")),
            Option("none", lazy("Next to none: below 1 %")),
        ),
        Parameters(slow_ms=200),
        _refused,
        lambda run: (
            _(
                "%(percent).1f %% were refused: permits limit calls at once, not calls a second. "
                "100 calls/s × 0.2 s are 20 at once."
            )
            % {"percent": run.totals["turned_away_slow_percent"]}
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """When reviews is slow."""
        return (Interval(SLOW_S, WELL_S, noop("reviews slow")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Twelve seconds with the bulkhead or without it."""
        pool = ThreadPool(
            seed=seed,
            rate=parameters.rate,
            share=parameters.share,
            slow_s=parameters.slow_ms / 1000,
            permits=parameters.permits if protected else None,
            wait_s=parameters.wait_ms / 1000,
        )
        curves = {
            "served": pool.served_percent(),
            "other": pool.other_percent(),
            "held": pool.held,
            "busy": pool.busy,
        }
        return Half(curves, pool.totals(), pool.log, (_arithmetic(parameters),))

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """The threads that Little’s law asks for."""
        well, slow, other = _needed(parameters)
        return {"needed_well": well, "needed_slow": slow, "needed_other": other}

    def explain(self, run: Run) -> Sequence[str]:
        """The arithmetic, what became of the others, and what the bulkhead refused."""
        return [_needs_sentence(run), _others_sentence(run.totals), _refusals_sentence(run)]


def _needs_sentence(run: Run) -> str:
    totals = run.totals
    needed = totals["needed_slow"] + totals["needed_other"]
    sentence = (
        noop(
            "While slow, reviews needs %(slow).4g of the threads on average, and the other "
            "requests %(other).4g: %(needed).4g in all, more than the %(threads)d there are."
        )
        if needed > THREADS
        else noop(
            "While slow, reviews needs %(slow).4g of the threads on average, and the other "
            "requests %(other).4g: %(needed).4g in all, of the %(threads)d there are."
        )
    )
    return _(sentence) % {
        "slow": totals["needed_slow"],
        "other": totals["needed_other"],
        "needed": needed,
        "threads": THREADS,
    }


def _others_sentence(totals: Mapping[str, float]) -> str:
    return _(
        "Of the other requests, which never call reviews, %(without).1f %% were served in the "
        "last 3 s of the slow time without a bulkhead, and %(with).1f %% with it."
    ) % {"without": totals["other_late_without"], "with": totals["other_late"]}


def _refusals_sentence(run: Run) -> str:
    totals, permits = run.totals, int(run.parameters["permits"])
    if permits >= THREADS:
        return _(
            "A bulkhead of %(permits)d permits refuses nothing: a pool of %(threads)d threads "
            "never makes more than %(threads)d calls at once."
        ) % {"permits": permits, "threads": THREADS}
    refused = int(totals["turned_away"])
    if not refused:
        return _("The bulkhead itself refused none of the %(calls)d requests for reviews.") % {
            "calls": totals["reviews_calls"]
        }
    sentence = ngettext(
        "With %(permits)d permit, a reviews service that takes %(slow_s)g s can answer about "
        "%(most).1f calls a second. Calls refused in all: %(refused)d, of these before it became "
        "slow: %(calm)d.",
        "With %(permits)d permits, a reviews service that takes %(slow_s)g s can answer about "
        "%(most).1f calls a second. Calls refused in all: %(refused)d, of these before it became "
        "slow: %(calm)d.",
        permits,
    )
    if totals["held_most"] > permits:
        sentence = ngettext(
            "Calls that waited for the only permit kept their threads: up to %(held)d were held "
            "for reviews. Calls refused in all: %(refused)d, of these before it became slow: "
            "%(calm)d.",
            "Calls that waited for one of the %(permits)d permits kept their threads: up to "
            "%(held)d were held for reviews. Calls refused in all: %(refused)d, of these before "
            "it became slow: %(calm)d.",
            permits,
        )
    return sentence % {
        "permits": permits,
        "slow_s": run.number("slow_ms") / 1000,
        "most": permits / (run.number("slow_ms") / 1000),
        "held": totals["held_most"],
        "refused": refused,
        "calm": totals["turned_away_calm"],
    }


LAB = BulkheadLab()
