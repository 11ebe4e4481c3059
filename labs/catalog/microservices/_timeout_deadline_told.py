"""What the deadline lab says of a run."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import Run
from labs.catalog.microservices._deadlines import DURATION_S, WELL_S


def arithmetic_sentence(run: Run) -> str:
    """What the attempts take, and how many fit into the budget."""
    totals, timeout_ms = run.totals, run.number("timeout_ms")
    begun, last_ms = int(totals["attempts_begun"]), totals["last_attempt_ms"]
    asked = ngettext(
        "%(attempts)d attempt of %(timeout)s ms takes up to %(sum)s ms.",
        "%(attempts)d attempts of %(timeout)s ms and the waits between them take up to %(sum)s ms.",
        int(run.number("attempts")),
    ) % {
        "attempts": run.number("attempts"),
        "timeout": f"{timeout_ms:,.0f}",
        "sum": f"{totals['gives_up_ms_without']:,.0f}",
    }
    return f"{asked} {_room_sentence(begun, last_ms, timeout_ms, run)}"


def _room_sentence(begun: int, last_ms: float, timeout_ms: float, run: Run) -> str:
    words = {
        "budget": f"{run.number('budget_ms'):,.0f}",
        "begun": begun,
        "last": f"{last_ms:,.0f}",
    }
    if last_ms < timeout_ms:
        return (
            ngettext(
                "A budget of %(budget)s ms has room for %(begun)d, cut to %(last)s ms.",
                "A budget of %(budget)s ms has room for %(begun)d, the last cut to %(last)s ms.",
                begun,
            )
            % words
        )
    if begun < run.number("attempts"):
        return _("A budget of %(budget)s ms has room for %(begun)d.") % words
    return _("A budget of %(budget)s ms has room for all of that.") % words


def waste_sentence(totals: Mapping[str, float]) -> str:
    """What stock did for nobody."""
    sentence = (
        noop(
            "Without the deadline, %(without).1f %% of what stock finished was for callers who had "
            "given up. With it, that was %(with).1f %%; stock was called %(calls)d "
            "times with it and %(calls_without)d times without."
        )
        if totals["stock_done"]
        else noop(
            "Without the deadline, %(without).1f %% of what stock finished was for nobody. With "
            "it, stock finished no call at all: none had enough time left to begin."
        )
    )
    return _(sentence) % {
        "without": totals["wasted_percent_without"],
        "with": totals["wasted_percent"],
        "calls": totals["stock_calls"],
        "calls_without": totals["stock_calls_without"],
    }


def recovery_sentence(totals: Mapping[str, float]) -> str:
    """When customers were served again."""
    longest = DURATION_S - WELL_S
    with_s, without_s = totals["recovery_s"], totals["recovery_s_without"]
    words = {"with": with_s, "without": without_s, "end": DURATION_S}
    if with_s < longest and without_s < longest:
        sentence = noop(
            "Customers were served again %(with).1f s after stock’s recovery, and "
            "%(without).1f s after it without the deadline."
        )
    elif with_s < longest:
        sentence = noop(
            "Customers were served again %(with).1f s after stock’s recovery; without the "
            "deadline, they still were not when the run ended at %(end)d s."
        )
    elif without_s < longest:
        sentence = noop(
            "Customers were not served again, twenty in a row, before the run ended at %(end)d s; "
            "without the deadline they were, %(without).1f s after stock’s recovery."
        )
    else:
        sentence = noop(
            "With and without the deadline, no twenty customers in a row were served between "
            "stock’s recovery and the end of the run at %(end)d s."
        )
    return _(sentence) % words
