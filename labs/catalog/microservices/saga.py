"""Saga: checkouts in four steps, and what becomes of the steps before the one that failed.

*Without the pattern* the same steps are tried as often, but nobody undoes anything and nobody
writes down how far an order has come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    Axis,
    Cell,
    Challenge,
    Curve,
    Half,
    Interval,
    Lab,
    Mark,
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
    checkouts,
    decided_within_ms,
    expected_share,
    half_done_at,
    undecided_at,
)
from simulation import EventLog

AXIS = Axis(width_s=0.5, count=120)
TOLD_PER_KIND = 8  # orders of one kind the event log tells of; the others are counted

STEP_TEXTS = {
    STOCK: (noop("Reserve stock"), noop("release it")),
    CARD: (noop("Charge the card"), noop("refund")),
    POINTS: (noop("Credit points"), noop("take them back")),
    PARCEL: (noop("Send the parcel"), noop("nothing can")),
}
EVENT_TEXTS = {
    "down begins": noop("fails every call"),
    "down ends": noop("answers again"),
    "killed": noop("the process that runs the checkouts is killed"),
    "nothing": noop("order %(order)d fails at the first step: nothing to undo"),
    "undone": noop("order %(order)d fails here; steps undone: %(undone)d"),
    "given up": noop("order %(order)d fails here; steps that could not be undone: %(left)d"),
    "parcel lost": noop("order %(order)d fails here, and its parcel is already out"),
    "forgotten": noop("order %(order)d is forgotten; steps left in force: %(left)d"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults undo once, from memory, and send the parcel too soon."""

    refusals: float = parameter(
        3.0,
        label=lazy("Steps that say no"),
        unit="%",
        minimum=0.0,
        maximum=20.0,
        step=0.5,
        help=lazy("Chance that a step refuses for good: sold out, card declined. Same for each."),
    )
    faults: int = parameter(
        5,
        label=lazy("Tries that fail by chance"),
        unit="%",
        minimum=0,
        maximum=30,
        step=1,
        help=lazy("A passing fault, when doing and when undoing; another try may succeed."),
    )
    outage_s: int = parameter(
        10,
        label=lazy("Card provider down"),
        unit="s",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("From 20 s on, every charge and every refund fails for this long."),
    )
    order: str = parameter(
        "stock-card-parcel-points",
        label=lazy("Order of the steps"),
        choices={
            "parcel-card-stock-points": lazy("parcel, card, stock, points"),
            "stock-parcel-card-points": lazy("stock, parcel, card, points"),
            "stock-card-parcel-points": lazy("stock, card, parcel, points"),
            "card-stock-points-parcel": lazy("card, stock, points, parcel"),
            "stock-card-points-parcel": lazy("stock, card, points, parcel"),
            "stock-points-card-parcel": lazy("stock, points, card, parcel"),
        },
        help=lazy("Each step can be undone afterwards, except for sending the parcel."),
    )
    tries: int = parameter(
        2,
        label=lazy("Tries per step"),
        unit="tries",
        minimum=1,
        maximum=10,
        step=1,
        help=lazy(
            "Waits of 0.25, 0.5, 1, 2 and then 4 s lie between them. A no is not tried again."
        ),
    )
    undo_tries: int = parameter(
        1,
        label=lazy("Tries per compensation"),
        unit="tries",
        minimum=1,
        maximum=12,
        step=1,
        help=lazy("How often undoing a step is tried, with the same waits, before it is given up."),
    )
    log: str = parameter(
        "memory",
        label=lazy("Saga log"),
        choices={"memory": lazy("in memory"), "disk": lazy("on disk, 10 ms per entry")},
        help=lazy("Where the progress of each order is kept. The process is killed once, at 45 s."),
    )


def _plan(parameters: Parameters, *, protected: bool) -> Plan:
    return Plan(
        refusals=parameters.refusals / 100,
        faults=parameters.faults / 100,
        back_s=DOWN_S + parameters.outage_s,
        order=tuple(parameters.order.split("-")),
        tries=parameters.tries,
        undo_tries=parameters.undo_tries,
        undoes=protected,
        logged=protected and parameters.log == "disk",
    )


OUTAGE = at_least("outage_s", 10, "s", lazy("The card provider is down for at least 10 s"))
REFUSALS = at_least("refusals", 3, "%", lazy("Steps say no to at least 3 % of orders"))
FAULTS = at_least("faults", 5, "%", lazy("At least 5 % of tries fail by chance"))


def _share_refunded(run: Run) -> str:
    refunds, failed = run.totals["refunds"], run.totals["failed"]
    return "none" if refunds == 0 else "few" if 2 * refunds < failed else "most"


class SagaLab(Lab[Parameters]):
    """A thousand orders, four databases, and no transaction around them."""

    slug = "saga"
    title = lazy("Charged, reserved, and then a no")
    pattern = lazy("Saga")
    group = lazy("Data")
    version = 1
    summary = lazy(
        "A checkout is four steps in four databases. Let one of them fail and see what the steps "
        "before it leave behind, and what can still be undone."
    )
    parameters = Parameters
    presets = {
        "four-nines": Preset(
            lazy("Four steps at 99 %"),
            Parameters(
                refusals=1.0,
                faults=0,
                outage_s=0,
                order="stock-card-points-parcel",
                tries=1,
                log="disk",
            ),
            lazy("Each step lets 99 % of orders through; 0.99⁴ is 96.1 %."),
        ),
        "ship-first": Preset(
            lazy("Ship first, charge later"),
            Parameters(order="stock-parcel-card-points", undo_tries=12, log="disk"),
            lazy("A patient saga around a step that nothing can undo."),
        ),
        "long-outage": Preset(
            lazy("Twenty seconds without cards"),
            Parameters(outage_s=20, order="card-stock-points-parcel", tries=10, log="disk"),
            lazy("Steps are tried long enough to outlast the outage; refunds are tried once."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("half_done", noop("Orders half-done"), ""),
        Curve("undecided", noop("Orders being worked on"), ""),
        Curve("refunded", noop("Customers charged and refunded so far"), ""),
    )
    readings = (
        Reading("completed", noop("Orders completed"), "%", "up"),
        Reading("half_done", noop("Orders left half-done"), "", "down"),
        Reading("parcels_lost", noop("Parcels sent for failed orders"), "", "down"),
        Reading("stuck", noop("Compensations given up"), "", "down"),
        Reading("refunds", noop("Customers charged and refunded"), "", "neither"),
        Reading("decided_ms", noop("99 % of orders decided within"), "ms", "down"),
    )
    challenges = (
        Challenge(
            "leave-nothing-behind",
            lazy("Leave nothing behind"),
            lazy(
                "Steps say no to at least 3 % of orders, 5 % of tries fail by chance, and the card "
                "provider is down for at least 10 s. Leave at most 5 of 1,000 orders half-done."
            ),
            "easy",
            (
                REFUSALS,
                FAULTS,
                OUTAGE,
                at_most("half_done", 5, "", lazy("At most 5 orders are left half-done")),
            ),
        ),
        Challenge(
            "sell-through-the-outage",
            lazy("Sell through the outage, but decide in time"),
            lazy(
                "Steps say no to at least 3 % of orders, 5 % of tries fail by chance, and the card "
                "provider is down for at least 10 s. Leave no order half-done, complete at least "
                "83 % of orders, charge and refund at most 40 customers, and decide 99 % of orders "
                "within 11 s."
            ),
            "hard",
            (
                REFUSALS,
                FAULTS,
                OUTAGE,
                at_most("half_done", 0, "", lazy("No order is left half-done")),
                at_least("completed", 83, "%", lazy("At least 83 % of orders complete")),
                at_most("refunds", 40, "", lazy("At most 40 customers are charged and refunded")),
                at_most("decided_ms", 11_000, "ms", lazy("99 % of orders are decided in 11 s")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "The card is charged first, the parcel leaves last, and every compensation succeeds. "
            "There is no outage. Of the customers whose order fails, how many find a charge and a "
            "refund on their statement?"
        ),
        (
            Option("none", lazy("None: it is undone as if it had never been")),
            Option("few", lazy("Some, but less than half")),
            Option("most", lazy("Half or more")),
        ),
        Parameters(outage_s=0, order="card-stock-points-parcel", undo_tries=12, log="disk"),
        _share_refunded,
        lambda run: (
            _(
                "%(refunds)d of the %(failed)d customers saw both: a compensation is a new entry, "
                "not an erased one."
            )
            % dict(run.totals)
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The outage of the card provider, if there is one."""
        if not parameters.outage_s:
            return ()
        return (Interval(DOWN_S, DOWN_S + parameters.outage_s, noop("card provider down")),)

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """The moment at which the process is killed."""
        return (Mark(KILLED_S, noop("process killed")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """A thousand checkouts, with compensations or without."""
        plan = _plan(parameters, protected=protected)
        orders = checkouts(seed, plan)
        times = AXIS.times
        refunds = sorted(one.now for one in orders if CARD in one.undone)
        curves = {
            "half_done": half_done_at(orders, times),
            "undecided": undecided_at(orders, times),
            "refunded": tuple(float(sum(one <= time_s for one in refunds)) for time_s in times),
        }
        return Half(curves, _totals(orders, plan), _log(orders, plan), (_table(orders, plan),))

    def explain(self, run: Run) -> Sequence[str]:
        """How many orders completed, what became of the others, and why some stay half-done."""
        totals = dict(run.totals)
        return [_completed_sentence(run), _undone_sentence(totals), _left_sentence(totals)]


def _totals(orders: Sequence[Order], plan: Plan) -> dict[str, float]:
    half_done = [one for one in orders if one.half_done]
    failed = sum(not one.completed for one in orders)
    return {
        "orders": float(ORDERS),
        "completed": 100.0 * (len(orders) - failed) / len(orders),
        "completed_orders": float(len(orders) - failed),
        "expected": 100.0 * expected_share(plan),
        "failed": float(failed),
        "untouched": float(sum(not one.in_force and not one.undone for one in orders)),
        "undone": float(sum(not one.in_force and bool(one.undone) for one in orders)),
        "half_done": float(len(half_done)),
        "parcels_lost": float(sum(one.parcel_lost for one in half_done)),
        "past_undoing": float(sum(one.parcel_lost and not one.forgotten for one in half_done)),
        "forgotten": float(sum(one.forgotten for one in half_done)),
        "given_up": float(sum(not one.forgotten and not one.parcel_lost for one in half_done)),
        "stuck": float(sum(len(_stuck(one)) for one in half_done)) if plan.undoes else 0.0,
        "refunds": float(sum(CARD in one.undone for one in orders)),
        "decided_ms": decided_within_ms(orders),
    }


def _stuck(order: Order) -> list[str]:
    """The steps whose compensation was tried in vain."""
    return [] if order.forgotten else [step for step in order.in_force if step != FOR_GOOD]


def _table(orders: Sequence[Order], plan: Plan) -> Table:
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


def _log(orders: Sequence[Order], plan: Plan) -> EventLog:
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


def _completed_sentence(run: Run) -> str:
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


def _undone_sentence(totals: dict[str, float]) -> str:
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


def _left_sentence(totals: dict[str, float]) -> str:
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


LAB = SagaLab()
