"""What the sidecar lab says of a run."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from labs.base import Run

SEEN = 0.005  # percentage points that two decimals show


def rescue_sentence(run: Run) -> str:
    """How many more requests are served with the proxies."""
    served, bare = run.totals["served"], run.totals["served_without"]
    if 0.0 < served - bare < SEEN:
        return _(
            "The proxies rescued hardly anything: with and without them %(served).2f %% of "
            "requests through %(hops)d services in a row were served."
        ) % {"hops": run.parameters["hops"], "served": served}
    sentence = (
        noop(
            "Of requests through %(hops)d services in a row, %(served).2f %% were served, against "
            "%(bare).2f %% without proxies."
        )
        if served > bare
        else noop(
            "The proxies rescued nothing: %(served).2f %% of requests through %(hops)d services "
            "in a row were served, as without them."
        )
    )
    return _(sentence) % {"hops": run.parameters["hops"], "served": served, "bare": bare}


def storm_sentence(run: Run) -> str:
    """How often a dead service is called."""
    tries = run.totals["tries_down"]
    if tries == 1.0:
        return _(
            "Nobody repeats a call, so a request reaches the last service once while it is down."
        )
    sentence = noop(
        "While the last service is down, %(tries)g tries in each of %(hops)d layers let a request "
        "reach it %(calls)s times (without proxies %(bare)s)."
    )
    return _(sentence) % {
        "tries": round(tries, 2),
        "hops": run.parameters["hops"],
        "calls": _times(run.totals["calls_down"]),
        "bare": _times(run.totals["calls_down_without"]),
    }


def _times(count: float) -> str:
    """A number of calls, with a decimal only where there is one to show."""
    return f"{count:,.1f}".removesuffix(".0")


def bill_sentence(run: Run) -> str:
    """What the proxies take of machines and time."""
    return _(
        "%(proxies)d proxies take %(vcpu)d vCPU and %(memory_gb)g GB, and every call passes two "
        "of them: %(proxy_ms).1f ms of the %(time_ms).1f ms that a request takes."
    ) % dict(run.totals)
