"""What the lab of many stores says of a crash and of a run."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from labs.base import Cell, Run, Table


def crash_table() -> Table:
    """What two stores hold after a crash, worked out by hand: no lot is drawn here."""
    both = Cell(noop("same in both"), "good")
    none = Cell("–")
    missing = Cell(noop("index misses it for good"), "bad")
    rows = (
        (Cell(noop("before the first write")), both, both, both),
        (
            Cell(noop("after the first write")),
            missing,
            Cell(noop("index shows what never was"), "bad"),
            Cell(noop("late, then right"), "good"),
        ),
        (Cell(noop("after both, before the answer")), both, both, both),
        (Cell(noop("sent, not yet marked")), none, none, Cell(noop("sent twice"))),
        (
            Cell(noop("no crash: index out of reach")),
            missing,
            Cell(noop("nothing written, request fails")),
            Cell(noop("late, then right"), "good"),
        ),
    )
    head = (
        noop("Crash"),
        noop("Primary, then index"),
        noop("Index, then primary"),
        noop("Outbox and relay"),
    )
    return Table("crash-points", noop("What a crash leaves behind"), head, rows)


def direct_sentence(run: Run) -> str:
    """What the requests’ own writes left behind."""
    totals = {**run.totals}
    if not totals["missed_crash_without"] + totals["missed_outage_without"]:
        return (
            _(
                "Written by the requests themselves, all %(changes)d committed changes reached "
                "every copy, for no crash and no outage came between. Product copies that "
                "differed from the primary at the end: %(wrong_without)d."
            )
            % totals
        )
    return (
        _(
            "Of the requests’ own writes to copies, crashes cost %(missed_crash_without)d "
            "and the outage %(missed_outage_without)d, and nobody repeats them. Product copies "
            "that differed from the primary at the end: %(wrong_without)d."
        )
        % totals
    )


def relay_sentence(run: Run) -> str:
    """What the relay made of it."""
    totals = {**run.totals}
    sentence = (
        noop(
            "The relay had not sent everything when the run ended. Changes still missing in a "
            "copy: %(late)d; deliveries repeated: %(resent)d; copies gone back to an older state: "
            "%(steps_back)d."
        )
        if totals["late"]
        else noop(
            "The relay brought all %(changes)d changes to every copy. Deliveries repeated: "
            "%(resent)d; copies gone back to an older state: %(steps_back)d; product copies wrong "
            "at the end: %(wrong)d."
        )
    )
    return _(sentence) % totals


def price_sentence(run: Run) -> str:
    """How late the copies are, and at what price."""
    totals = {**run.totals}
    sentence = (
        noop(
            "The price: normally 95 %% of changes were in a copy within %(normal_ms).0f ms instead "
            "of %(normal_ms_without).0f ms, and there are %(systems)d systems to run instead of "
            "%(systems_without)d."
        )
        if totals["systems"] > totals["systems_without"]
        else noop(
            "The price: normally 95 %% of changes were in a copy within %(normal_ms).0f ms instead "
            "of %(normal_ms_without).0f ms, and the primary is polled %(polls).0f times a minute. "
            "Either way there are %(systems)d systems to run."
        )
    )
    return _(sentence) % totals
