"""CQRS: customers who have just ordered look for their order in the list.

Without the pattern one model takes the orders and joins the lists; in a burst it can do neither.
With it a projection feeds a read model, which is fast and somewhat behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    TO_THE_END,
    Challenge,
    Curve,
    Cut,
    Half,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Run,
    at_least,
    at_most,
    parameter,
)
from labs.base import Reading as Readout
from labs.catalog.microservices._read_model import (
    AXIS,
    BURST_S,
    CALM_S,
    DURATION_S,
    Measures,
    Reading,
    Shop,
    Strategy,
    customers,
)
from simulation import EventLog

KEEPS_PACE_S = 0.5  # from an order to the list, at the longest

EVENT_TEXTS = {
    "burst": noop("The burst begins: %(rate)g orders/s"),
    "calm": noop("The burst ends"),
    "queue": noop("events that wait: %(waiting)d"),
    "caught up": noop("has caught up: the next event finds none before it"),
    "refuses": noop("refuses work from here on, now and then; in all %(count)d jobs"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults read whatever the read model has."""

    rate: int = parameter(
        20,
        label=lazy("Orders"),
        unit="orders/s",
        minimum=5,
        maximum=40,
        step=1,
        help=lazy("In normal times. An order takes 5 ms of the primary’s time."),
    )
    burst: float = parameter(
        4.0,
        label=lazy("Burst"),
        unit="×",
        minimum=1.0,
        maximum=6.0,
        step=0.5,
        help=lazy("From 15 s to 25 s this many times as many orders come in."),
    )
    others: int = parameter(
        2,
        label=lazy("Other reads per order"),
        unit="reads",
        minimum=0,
        maximum=5,
        step=1,
        help=lazy("Lists read by other people. One takes 12 ms of the primary’s time."),
    )
    look_delay_s: float = parameter(
        2.0,
        label=lazy("Time until the customer looks"),
        unit="s",
        minimum=0.2,
        maximum=10.0,
        step=0.2,
        help=lazy("Mean time from the order to the look into the list."),
    )
    projection: int = parameter(
        60,
        label=lazy("Projection rate"),
        unit="events/s",
        minimum=10,
        maximum=200,
        step=5,
        help=lazy("Events the projection can apply to the read model. Each order is one."),
    )
    strategy: str = parameter(
        Strategy.NONE.value,
        label=lazy("Reading your own writes"),
        choices={
            Strategy.NONE.value: lazy("none"),
            Strategy.DEVICE.value: lazy("the device adds it"),
            Strategy.PIN.value: lazy("pinned to the primary"),
            Strategy.TOKEN.value: lazy("version token"),
        },
        help=lazy(
            "Pinned: looks soon after an order read the primary. Token: a look waits until the "
            "list has the order, then reads the primary."
        ),
    )
    limit_s: float = parameter(
        1.0,
        label=lazy("Pin or wait for"),
        unit="s",
        minimum=0.0,
        maximum=5.0,
        step=0.1,
        help=lazy("How long a pin lasts after the order, or how long a token waits."),
    )


def _reading(parameters: Parameters) -> Reading:
    return Reading(float(parameters.projection), Strategy(parameters.strategy), parameters.limit_s)


def _duration(run: Run) -> str:
    totals = run.totals
    if not totals["caught_up"]:
        return "never"
    return "soon" if totals["caught_up_s"] < 10.0 else "late"


class CqrsLab(Lab[Parameters]):
    """Customers order, look, and do not find their order."""

    slug = "cqrs"
    title = lazy("The order that is not in the list yet")
    pattern = lazy("CQRS")
    group = lazy("Data")
    version = 2
    summary = lazy(
        "Customers order and then look for their order. One database for orders and lists breaks "
        "down in the burst. A read model of its own keeps answering, but it runs behind, and the "
        "new order is not there yet."
    )
    parameters = Parameters
    presets = {
        "quiet": Preset(
            lazy("Quiet weekday"),
            Parameters(burst=1.0),
            lazy("No burst: one model for both is enough, and always up to date."),
        ),
        "flash-sale": Preset(
            lazy("Flash sale"),
            Parameters(burst=6.0, others=4, look_delay_s=1.0),
            lazy("Six times as many orders, and customers who look at once."),
        ),
        "optimistic": Preset(
            lazy("Optimistic page"),
            Parameters(strategy="device"),
            lazy("The page adds the order it has just sent. Other devices do not know of it."),
        ),
        "token": Preset(
            lazy("Version token"),
            Parameters(strategy="token", limit_s=0.5),
            lazy(
                "The order’s answer carries its version. A list that is older waits up to half a "
                "second for the projection; after that the primary is read."
            ),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("good", noop("Customers who order and then see it, in time"), "%"),
        Curve("lag", noop("From the order until the list has it"), "s"),
        Curve("queue", noop("Events waiting at the projection"), noop("events")),
        Curve("wait", noop("Wait at the primary"), "ms"),
    )
    readings = (
        Readout("good_busy", noop("Served from 15 to 35 s"), "%", "up"),
        Readout("in_time", noop("Orders confirmed in time"), "%", "up"),
        Readout("missed", noop("Looks that did not show the order"), "%", "down"),
        Readout("lag_most_s", noop("Longest time until the list has it"), "s", "down"),
        Readout("caught_up_s", noop("Behind after the burst for"), "s", "down"),
        Readout("primary_looks", noop("Looks that read the primary"), "%", "down"),
    )
    challenges = (
        Challenge(
            "see-it",
            lazy("Let them see it"),
            lazy(
                "With at least 20 orders/s, a burst of 4× and customers who look after 2 s or "
                "less, serve 97 % of those who order between 15 s and 35 s: order confirmed "
                "within 1 s, and seen within 1 s of looking."
            ),
            "easy",
            (
                at_least("rate", 20, "orders/s", lazy("At least 20 orders/s")),
                at_least("burst", 4, "×", lazy("A burst of at least 4×")),
                at_most("look_delay_s", 2, "s", lazy("Customers look after 2 s or less")),
                at_least(
                    "good_busy",
                    97.0,
                    "%",
                    lazy("At least 97 % are served between 15 s and 35 s"),
                ),
            ),
        ),
        Challenge(
            "slow-projection",
            lazy("With a projection that cannot keep up"),
            lazy(
                "With at least 20 orders/s, a burst of 4× and customers who look after 2 s or "
                "less, the projection may apply no more than 70 events/s. Serve 97 % of those who "
                "order between 15 s and 35 s (confirmed within 1 s, seen within 1 s of looking), "
                "confirm 99 % of all orders within 1 s, and send at most 16 % of the looks to the "
                "primary."
            ),
            "hard",
            (
                at_least("rate", 20, "orders/s", lazy("At least 20 orders/s")),
                at_least("burst", 4, "×", lazy("A burst of at least 4×")),
                at_most("look_delay_s", 2, "s", lazy("Customers look after 2 s or less")),
                at_most("projection", 70, "events/s", lazy("The projection does at most 70/s")),
                at_least(
                    "good_busy",
                    97.0,
                    "%",
                    lazy("At least 97 % are served between 15 s and 35 s"),
                ),
                at_least(
                    "in_time", 99.0, "%", lazy("At least 99 % of orders are confirmed in time")
                ),
                at_most("primary_looks", 16.0, "%", lazy("At most 16 % of looks read the primary")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Halve the projection rate to 30 events/s, still half as much again as the 20 orders/s "
            "of normal times. How long after the burst has it caught up?"
        ),
        (
            Option("soon", lazy("Within 10 s")),
            Option("late", lazy("Later, but before the run ends at 60 s")),
            Option("never", lazy("Not before the run ends")),
        ),
        Parameters(projection=30),
        _duration,
        lambda run: _queue_sentence(run),  # noqa: PLW0108 -- defined below
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The burst, if there is one."""
        if parameters.burst == 1.0:
            return ()
        return (Interval(BURST_S, CALM_S, noop("burst")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the burst."""
        return {"caught_up_s": Cut(DURATION_S - CALM_S, TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute of customers with a read model, or with the primary alone."""
        people = customers(
            seed,
            rate=float(parameters.rate),
            burst=parameters.burst,
            look_delay_s=parameters.look_delay_s,
            others=parameters.others,
        )
        shop = Shop(people, _reading(parameters) if protected else None)
        measures = Measures(
            shop, projection=float(parameters.projection), look_delay_s=parameters.look_delay_s
        )
        log = EventLog()
        if protected:
            measures.tell(log, rate=parameters.rate, burst=parameters.burst)
        curves = measures.curves(projected=protected)
        return Half(curves, measures.totals(projected=protected), log)

    def explain(self, run: Run) -> Sequence[str]:
        """How far behind the list was, whom that hit, and what one model would have done."""
        return [_queue_sentence(run), _stale_sentence(run), _comparison_sentence(run)]


def _queue_sentence(run: Run) -> str:
    totals = run.totals
    spare = float(run.parameters["projection"]) - float(run.parameters["rate"])
    numbers: Mapping[str, object] = {
        **totals,
        **run.parameters,
        "spare": spare,
        "law_s": totals["not_listed"] / spare if spare > 0 else 0.0,
        "rest_s": DURATION_S - CALM_S,
    }
    if totals["lag_most_s"] < KEEPS_PACE_S:
        return (
            _(
                "The projection kept pace: at no time was the list more than %(lag_most_s).1f s "
                "behind an order."
            )
            % numbers
        )
    if spare <= 0:
        return (
            _(
                "Orders not yet in the list at 25 s: %(not_listed)d. The projection does "
                "%(projection)d a second and %(rate)d come in: nothing is left to catch up with."
            )
            % numbers
        )
    first = _(
        "Orders not yet in the list at 25 s: %(not_listed)d. With %(projection)d a second done "
        "and %(rate)d coming in, that is %(not_listed)d / %(spare)d = %(law_s).1f s of catching up"
    )
    end = (
        noop("it took %(caught_up_s).1f s.")
        if totals["caught_up"]
        else noop("%(rest_s)d s later, at the end of the run, it was not done.")
    )
    return f"{first}; {_(end)}" % numbers


def _stale_sentence(run: Run) -> str:
    numbers: Mapping[str, object] = {**run.totals, **run.parameters}
    first = _(
        "Of looks for orders that were taken, %(behind).1f %% came before the list had the order "
        "(with these lags and a mean of %(look_delay_s)g s until the look, %(behind_law).1f %% "
        "are to be expected)"
    )
    ends = {
        Strategy.NONE.value: noop("%(missed).1f %% were in vain."),
        Strategy.DEVICE.value: noop(
            "the device added the order itself where it knew of it, and %(missed).1f %% were in "
            "vain."
        ),
        Strategy.PIN.value: noop(
            "%(primary_looks).1f %% of all looks were sent to the primary, and %(missed).1f %% of "
            "those for orders taken were in vain."
        ),
        Strategy.TOKEN.value: noop(
            "%(primary_looks).1f %% of all looks were sent to the primary, the others waited "
            "where they had to, and %(missed).1f %% of those for orders taken were in vain."
        ),
    }
    return f"{first}; {_(ends[str(run.parameters['strategy'])])}" % numbers


def _comparison_sentence(run: Run) -> str:
    return _(
        "%(in_time).1f %% of orders were confirmed in time (one model for both: "
        "%(in_time_without).1f %%), and %(good).1f %% of customers also saw their order in time "
        "when they looked (one model for both: %(good_without).1f %%)."
    ) % {**run.totals}


LAB = CqrsLab()
