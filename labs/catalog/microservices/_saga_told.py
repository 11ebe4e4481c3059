"""What the saga lab tells of its orders, in the log, in a table and in sentences."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import Cell, Run, Table
from labs.catalog.microservices._checkout import (
    CARD,
    DOWN_S,
    FOR_GOOD,
    KILLED_S,
    ORDERS,
    PARCEL,
    POINTS,
    STOCK,
    Order,
    Plan,
)
from simulation import EventLog

TOLD_PER_KIND = 8  # orders of one kind the event log tells of; the others are counted
STEP_TEXTS = {
    STOCK: (noop("Reserve stock"), noop("release it")),
    CARD: (noop("Charge the card"), noop("refund")),
    POINTS: (noop("Credit points"), noop("take them back")),
    PARCEL: (noop("Send the parcel"), noop("nothing can")),
}


def steps_table(orders: Sequence[Order], plan: Plan) -> Table:
    """The steps in their order: where orders failed, what was undone, what is left."""
    return Table(
        "steps",
        noop("The steps in their order, with the pattern"),
        (noop("Step"), noop("Undone by"), noop("Failed here"), noop("Undone"), noop("Left over")),
        tuple(_row(orders, step) for step in plan.order),
    )


def _row(orders: Sequence[Order], step: str) -> tuple[Cell, ...]:
    name, undoing = STEP_TEXTS[step]
    left = sum(one.half_done and step in one.in_force for one in orders)
    return (
        Cell(name),
        Cell(undoing, "bad" if step == FOR_GOOD else ""),
        Cell(str(sum(one.failed_at == step for one in orders))),
        Cell(str(sum(step in one.undone for one in orders))),
        Cell(str(left), "bad" if left else "good"),
    )


def log_of(orders: Sequence[Order], plan: Plan) -> EventLog:
    """The outage, the kill, and the first few orders of each fate, in order of time."""
    told = [*_happenings(plan)]
    counts: dict[str, int] = {}
    log = EventLog()
    for one in orders:
        kind = _fate(one)
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] <= TOLD_PER_KIND:
                told.append((one.now, one.failed_at or "checkout", kind, _numbers(one)))
    for time_s, component, kind, numbers in sorted(told, key=lambda event: event[0]):
        log.add(time_s, component, kind, **numbers)
    log.left_out += sum(max(0, count - TOLD_PER_KIND) for count in counts.values())
    return log


def _happenings(plan: Plan) -> Iterator[tuple[float, str, str, Mapping[str, float]]]:
    if plan.back_s > DOWN_S:
        yield DOWN_S, CARD, "down begins", {}
        yield plan.back_s, CARD, "down ends", {}
    yield KILLED_S, "checkout", "killed", {}


def _numbers(order: Order) -> dict[str, float]:
    return {"order": order.number + 1, "undone": len(order.undone), "left": len(order.in_force)}


def _fate(order: Order) -> str:
    """How an order that did not complete ended; nothing for one that did."""
    if order.completed:
        return ""
    if order.forgotten:
        return "forgotten"
    if order.parcel_lost:
        return "parcel lost"
    if order.half_done:
        return "given up"
    return "undone" if order.undone else "nothing"


def completed_sentence(run: Run) -> str:
    """How many orders completed, and how many do on average."""
    disturbances = (run.number("outage_s") > 0, run.parameters["log"] == "memory")
    sentence = {
        (False, False): noop(
            "%(completed_orders)s of %(orders)s orders completed (%(completed).1f %%); four steps "
            "in a row with these chances let %(expected).1f %% through on average."
        ),
        (True, False): noop(
            "%(completed_orders)s of %(orders)s orders completed (%(completed).1f %%); four steps "
            "in a row with these chances let %(expected).1f %% through on average when no outage "
            "comes on top."
        ),
        (False, True): noop(
            "%(completed_orders)s of %(orders)s orders completed (%(completed).1f %%); four steps "
            "in a row with these chances let %(expected).1f %% through on average when no process "
            "is killed."
        ),
        (True, True): noop(
            "%(completed_orders)s of %(orders)s orders completed (%(completed).1f %%); four steps "
            "in a row with these chances let %(expected).1f %% through on average when no outage "
            "and no killed process come on top."
        ),
    }[disturbances]
    numbers: dict[str, object] = {
        **run.totals,
        "orders": f"{ORDERS:,}",
        "completed_orders": f"{run.totals['completed_orders']:,.0f}",
    }
    return _(sentence) % numbers


def undone_sentence(totals: dict[str, float]) -> str:
    """What became of the orders that failed."""
    if not totals["failed"]:
        return _("No order failed, so there was nothing to undo.")
    return (
        _(
            "Orders that failed: %(failed)d. Had changed nothing: %(untouched)d; undone "
            "completely: %(undone)d; left half-done: %(half_done)d (without the pattern "
            "%(half_done_without)d)."
        )
        % totals
    )


def left_sentence(totals: dict[str, float]) -> str:
    """Why some stay half-done; when none does, what undoing cost."""
    if totals["half_done"]:
        return (
            _(
                "Why they stay half-done: the parcel was out already (%(past_undoing)d), a "
                "compensation was given up (%(given_up)d), the process forgot them when it was "
                "killed (%(forgotten)d)."
            )
            % totals
        )
    return ngettext(
        "%(refunds)d customer was charged and refunded; 99 %% of orders were decided within "
        "%(seconds).1f s.",
        "%(refunds)d customers were charged and refunded; 99 %% of orders were decided within "
        "%(seconds).1f s.",
        int(totals["refunds"]),
    ) % (totals | {"seconds": totals["decided_ms"] / 1000})
