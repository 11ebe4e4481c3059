"""Strangler fig: out of an old system slice by slice, before the team is gone.

*Without the pattern* all features are rewritten and go live at once. Nothing is drawn by lot.
"""

from collections.abc import Mapping, Sequence
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
    Mark,
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
from labs.catalog.microservices._migration import (
    WEEKS,
    Migration,
    Order,
    Plan,
    Sync,
)

EVENT_TEXTS = {
    "live": noop("sends the requests of the slice to the new system in week %(week).1f"),
    "gone": noop("leaves in week %(week)d, before the slice is live"),
    "goes back": noop("shows a defect in week %(week).1f; the slice goes back for a week"),
    "repaired": noop("shows a defect in week %(week).1f; it takes two weeks to repair"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are careful with every small step, and too slow."""

    first: str = parameter(
        "search",
        label=lazy("First feature"),
        choices={
            "catalogue": lazy("Catalogue"),
            "search": lazy("Search"),
            "reviews": lazy("Reviews"),
            "accounts": lazy("Accounts"),
            "cart": lazy("Cart"),
            "payments": lazy("Payments"),
            "orders": lazy("Orders"),
            "reports": lazy("Reports"),
        },
        help=lazy("What leaves the old system first."),
    )
    order: str = parameter(
        Order.SMALLEST.value,
        label=lazy("Order of the rest"),
        choices={
            Order.SMALLEST.value: lazy("least work first"),
            Order.TRAFFIC.value: lazy("most requests first"),
            Order.WRITES.value: lazy("most writes first"),
            Order.NEEDS.value: lazy("what others need first"),
            Order.HARDEST.value: lazy("most work first"),
        },
        help=lazy("A feature that leaves before what it needs has to have an adapter."),
    )
    slice_size: int = parameter(
        1,
        label=lazy("Features per slice"),
        unit="features",
        minimum=1,
        maximum=8,
        step=1,
        help=lazy("Features that go live together. Eight: everything at once."),
    )
    parity: float = parameter(
        2.0,
        label=lazy("Comparison"),
        unit="weeks",
        minimum=0.0,
        maximum=4.0,
        step=0.5,
        help=lazy("How long each slice answers live requests in the shadow before it counts."),
    )
    window: float = parameter(
        2.0,
        label=lazy("Rollback window"),
        unit="weeks",
        minimum=0.0,
        maximum=4.0,
        step=0.5,
        help=lazy("How long a live slice can still go back; each week of it is work, too."),
    )
    sync: str = parameter(
        Sync.MINUTE.value,
        label=lazy("Lag of the data sync"),
        choices={
            Sync.STREAM.value: lazy("1 s, 20 % of the team"),
            Sync.MINUTE.value: lazy("1 min, 10 % of the team"),
            Sync.QUARTER.value: lazy("15 min, 5 % of the team"),
            Sync.NIGHT.value: lazy("1 day, 2 % of the team"),
        },
        help=lazy("When a write in the old system is known to the new one, and what that costs."),
    )
    granted: int = parameter(
        40,
        label=lazy("Weeks granted"),
        unit="weeks",
        minimum=20,
        maximum=60,
        step=1,
        help=lazy("Then the team leaves, whatever is done. The features are 27 weeks of work."),
    )


def _plan(parameters: Parameters, *, facade: bool) -> Plan:
    return Plan(
        first=parameters.first,
        order=Order(parameters.order),
        slice_size=parameters.slice_size,
        parity=parameters.parity,
        window=parameters.window,
        sync=Sync(parameters.sync),
        granted=parameters.granted,
        facade=facade,
    )


OFF = at_least("is_off", 1, "", lazy("The old system is switched off"))


def _first_customer(run: Run) -> str:
    if not run.totals["features_new"]:
        return "never"
    return "soon" if run.totals["first_week"] <= 30.0 else "late"


class StranglerFigLab(Lab[Parameters]):
    """Eight features, one team, and a number of weeks."""

    slug = "strangler-fig"
    title = lazy("The migration that stalls at 80 %")
    pattern = lazy("Strangler fig")
    group = lazy("Delivery")
    version = 2
    summary = lazy(
        "A shop leaves its old system. Choose what goes first, in which slices and how carefully, "
        "so that the old one is off before the team leaves."
    )
    parameters = Parameters
    presets = {
        "nightly": Preset(
            lazy("Nightly batch"),
            Parameters(sync=Sync.NIGHT.value),
            lazy("Data is copied once a day: cheap to run, and a day behind."),
        ),
        "capture": Preset(
            lazy("Change data capture"),
            Parameters(sync=Sync.STREAM.value),
            lazy(
                "Every change follows within a second. Keeping that up takes a fifth of the team "
                "here."
            ),
        ),
        "bold": Preset(
            lazy("Quick and bold"),
            Parameters(slice_size=2, parity=0.0, window=0.0),
            lazy("No comparison and no way back: customers find the defects."),
        ),
        "at-once": Preset(
            lazy("All at once, with a facade"),
            Parameters(slice_size=8, granted=60),
            lazy("A facade alone is no strangler fig: it is a rewrite with a proxy in front."),
        ),
    }
    clock = "step"
    is_exact = True
    event_texts = EVENT_TEXTS
    curves = (
        Curve("traffic", noop("Requests served by the new system"), "%"),
        Curve("failing", noop("Requests that fail"), "%"),
        Curve("uncopied", noop("Writes not yet copied"), noop("writes")),
    )
    readings = (
        Reading("traffic_new", noop("Requests on the new system at the end"), "%", "up"),
        Reading("first_week", noop("No customer served for"), "weeks", "down"),
        Reading("off_week", noop("Old system runs for (of 60)"), "weeks", "down"),
        Reading("failing_most", noop("Requests failing at worst"), "%", "down"),
        Reading("uncopied_most", noop("Writes not yet copied, at most"), "", "down"),
        Reading("adapters", noop("Adapters built to be thrown away"), "", "down"),
    )
    challenges = (
        Challenge(
            "switch-it-off",
            lazy("Switch it off"),
            lazy(
                "Have the old system off with at most 50 weeks granted, and never let more than "
                "10 % of requests fail."
            ),
            "easy",
            (
                at_most("granted", 50, "weeks", lazy("At most 50 weeks are granted")),
                OFF,
                at_most("failing_most", 10.0, "%", lazy("At most 10 % of requests fail at worst")),
            ),
        ),
        Challenge(
            "all-of-it",
            lazy("Early, safe, and done"),
            lazy(
                "Have the old system off with at most 46 weeks granted, serve the first customers "
                "within 9 weeks, never let more than 6 % of requests fail, and keep at most 300 "
                "writes not yet copied."
            ),
            "hard",
            (
                at_most("granted", 46, "weeks", lazy("At most 46 weeks are granted")),
                OFF,
                at_most("first_week", 9, "weeks", lazy("First customers within 9 weeks")),
                at_most("failing_most", 6.0, "%", lazy("At most 6 % of requests fail at worst")),
                at_most("uncopied_most", 300, "", lazy("At most 300 writes are not yet copied")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Put the facade in front, and move all eight features behind it in one slice. They are "
            "27 weeks of work, 40 weeks are granted. When does the new system serve anybody?"
        ),
        (
            Option("soon", lazy("Within 30 weeks")),
            Option("late", lazy("Between week 30 and week 40")),
            Option("never", lazy("Not while there is a team")),
        ),
        Parameters(slice_size=8),
        _first_customer,
        lambda run: (
            _(
                "Tied together, and with an old system that changes meanwhile, the one slice would "
                "be live in week %(built_week).1f."
            )
            % dict(run.totals)
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """Weeks since the start."""
        return Scale(noop("Week"), "", WEEKS)

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """When the team leaves."""
        return (Mark(parameters.granted, noop("team leaves")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """The migration slice by slice, or all at once."""
        migration = Migration(_plan(parameters, facade=protected))
        curves = {
            "traffic": migration.traffic,
            "failing": migration.failing,
            "uncopied": migration.uncopied,
        }
        tables = (migration.table(),) if protected else ()
        return Half(curves, migration.totals(), migration.log, tables)

    def explain(self, run: Run) -> Sequence[str]:
        """What all at once would have brought, where this one ends, and what it risks."""
        parameters = Parameters(**run.parameters)  # type: ignore[arg-type]
        left = Migration(_plan(parameters, facade=True)).left
        totals = dict(run.totals) | {"granted": float(parameters.granted)}
        return [_at_once(totals), _slices(totals, left), _risk(totals)]


def _at_once(totals: Mapping[str, float]) -> str:
    if not totals["features_new_without"]:
        return (
            _(
                "All at once, the new system would be live in week %(built_week_without).1f; the "
                "team leaves in week %(granted)d, and no customer is ever served by it."
            )
            % totals
        )
    return (
        _(
            "All at once, the new system serves nobody until week %(built_week_without).1f, and "
            "then up to %(failing_most_without).1f %% of all requests fail."
        )
        % totals
    )


def _slices(totals: Mapping[str, float], left: Sequence[str]) -> str:
    if not totals["slices"]:
        return (
            _("Behind the facade no slice is live before the team leaves in week %(granted)d.")
            % totals
        )
    begun = ngettext(
        "With the facade the first customers are served in week %(first_week).1f, ",
        "Slice by slice the first customers are served in week %(first_week).1f, ",
        int(totals["slices"]),
    )
    if left:
        ended = _(
            "and %(moved)d %% of requests have moved when the team leaves. Still in the old "
            "system: %(left)s."
        )
    elif totals["is_off"]:
        ended = _("and in week %(off_week).1f the old system is off.")
    else:
        ended = _(
            "and the last slice is live in week %(last_week).1f, but the team leaves before the "
            "old system could be switched off."
        )
    names = {"left": ", ".join(_(name) for name in left)}
    return begun % totals + ended % {**totals, **names}


def _risk(totals: Mapping[str, float]) -> str:
    if not totals["slices"]:
        return _("So no customer met a defect, and nobody gained anything.")
    copied = ngettext(
        "At most %(uncopied_most)d write was not yet known to the new system: writes per minute "
        "still made in the old one × lag. ",
        "Up to %(uncopied_most)d writes were not yet known to the new system: writes per minute "
        "still made in the old one × lag. ",
        int(totals["uncopied_most"]),
    )
    met = (
        noop("Customers met no defect.")
        if not totals["defects_met"]
        else noop(
            "Defects that customers met: %(defects_met)d; going back was the answer to "
            "%(went_back)d of them."
        )
    )
    return ((copied if totals["uncopied_most"] >= 1.0 else "") + _(met)) % totals


LAB = StranglerFigLab()
