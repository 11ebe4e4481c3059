"""Saga: checkouts in four steps, and what becomes of the steps before the one that failed.

*Without the pattern* the same steps are tried as often, but nobody undoes anything and nobody
writes down how far an order has come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Axis,
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
    Order,
    Plan,
    checkouts,
    decided_within_ms,
    expected_share,
    half_done_at,
    undecided_at,
)
from labs.catalog.microservices._saga_told import (
    completed_sentence,
    left_sentence,
    log_of,
    steps_table,
    undone_sentence,
)

AXIS = Axis(width_s=0.5, count=120)

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
        return Half(
            curves, _totals(orders, plan), log_of(orders, plan), (steps_table(orders, plan),)
        )

    def explain(self, run: Run) -> Sequence[str]:
        """How many orders completed, what became of the others, and why some stay half-done."""
        totals = dict(run.totals)
        return [completed_sentence(run), undone_sentence(totals), left_sentence(totals)]


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


LAB = SagaLab()
