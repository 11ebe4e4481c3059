"""Smart endpoints, dumb pipes: how long a change waits for the bus that everybody shares.

*Without the pattern* every rule lives in the bus. Both halves have the same requests for change,
with the same work and the same bad ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Cell,
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
    Table,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._pipelines import Change, Rules, Year, mean_lead

IN_BUS, IN_SERVICES = "bus", "services"
TEAMS = (
    noop("orders"),
    noop("payments"),
    noop("stock"),
    noop("shipping"),
    noop("prices"),
    noop("customers"),
    noop("search"),
    noop("invoices"),
    noop("returns"),
    noop("reviews"),
    noop("loyalty"),
    noop("fraud"),
)
EVENT_TEXTS = {
    "held": noop("release train held back: bad changes on board: %(bad)d of %(all)d"),
    "crowd": noop("%(waiting)d changes wait to go live"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; by default two in five business rules are still in the bus."""

    teams: int = parameter(
        8,
        label=lazy("Services"),
        unit="",
        minimum=4,
        maximum=12,
        step=1,
        help=lazy("Each has a team and a pipeline of its own."),
    )
    per_week: int = parameter(
        3,
        label=lazy("Changes asked for"),
        unit=noop("/week"),
        minimum=1,
        maximum=10,
        step=1,
        help=lazy("By all teams together. One in four concerns a mapping, the others a rule."),
    )
    routes: int = parameter(
        8,
        label=lazy("Routes through a rule in the bus"),
        unit=noop("routes"),
        minimum=1,
        maximum=20,
        step=1,
        help=lazy("All of them have to be tested again when it changes: 0.1 days each."),
    )
    left: int = parameter(
        40,
        label=lazy("Business rules left in the bus"),
        unit="%",
        minimum=0,
        maximum=100,
        step=10,
        help=lazy("The others live in the service they belong to."),
    )
    mappings: str = parameter(
        IN_SERVICES,
        label=lazy("Mappings between formats"),
        choices={IN_BUS: lazy("once, in the bus"), IN_SERVICES: lazy("in each service")},
        help=lazy("A mapping has no business meaning, but several services need it."),
    )
    copies: int = parameter(
        4,
        label=lazy("Services that share a mapping"),
        unit=noop("services"),
        minimum=1,
        maximum=8,
        step=1,
        help=lazy("So often a change to it is made when each has its own copy."),
    )
    train_days: int = parameter(
        10,
        label=lazy("Release train of the bus"),
        unit=noop("days"),
        minimum=1,
        maximum=30,
        step=1,
        help=lazy("How often the bus is released. Each train keeps its pipeline busy for a day."),
    )


def _rules(parameters: Parameters, *, protected: bool) -> Rules:
    return Rules(
        teams=parameters.teams,
        routes=parameters.routes,
        left=parameters.left / 100 if protected else 1.0,
        mappings_in_bus=parameters.mappings == IN_BUS or not protected,
        copies=parameters.copies,
        train_days=parameters.train_days,
    )


def _impact(year: Year) -> Table:
    """What a change touched and took, by what it was and where it was made."""
    kinds = (
        (noop("Rule in its service"), year.some(is_mapping=False, in_bus=False)),
        (noop("Rule in the bus"), year.some(is_mapping=False, in_bus=True)),
        (noop("Mapping in each service"), year.some(is_mapping=True, in_bus=False)),
        (noop("Mapping in the bus"), year.some(is_mapping=True, in_bus=True)),
    )
    rows = tuple((Cell(name), *_impact_cells(some)) for name, some in kinds if some)
    head = (noop("Change"), noop("Made"), noop("Routes"), noop("Live in"))
    return Table("impact", noop("What a change touches"), head, rows)


def _impact_cells(changes: Sequence[Change]) -> tuple[Cell, Cell, Cell]:
    days = f"{mean_lead(changes):.1f} d"
    return Cell(str(len(changes))), Cell(str(changes[0].routes)), Cell(days)


def _twice_as_often(run: Run) -> str:
    days = run.totals["lead_days_without"]
    return "sooner" if days < 40.0 else "same" if days <= 60.0 else "later"


FIVE = at_least("per_week", 5.0, "", lazy("At least 5 changes a week"))
EIGHT = at_least("routes", 8.0, "", lazy("At least 8 routes through a rule in the bus"))


class SmartEndpointsLab(Lab[Parameters]):
    """Every team waits for the bus."""

    slug = "smart-endpoints"
    title = lazy("Every team waits for the bus")
    pattern = lazy("Smart endpoints, dumb pipes")
    group = lazy("Communication")
    version = 1
    summary = lazy(
        "A price rule, a discount and a few formats live in the bus between eight services. "
        "Whoever wants one changed queues for the same pipeline and the same release train. Move "
        "rules to where they belong, and find out which should stay."
    )
    parameters = Parameters
    presets = {
        "esb": Preset(
            lazy("Enterprise service bus"),
            Parameters(left=100, mappings=IN_BUS, train_days=20),
            lazy("All rules in the bus, released every four weeks: both halves are the same."),
        ),
        "dumb": Preset(
            lazy("Dumb pipes"),
            Parameters(left=0, mappings=IN_SERVICES),
            lazy("The pipe moves messages and nothing else."),
        ),
        "mediation": Preset(
            lazy("Mediation layer"),
            Parameters(left=0, mappings=IN_BUS, copies=8, train_days=5),
            lazy("Many old formats to translate: mappings stay in the bus, business rules do not."),
        ),
    }
    clock = "step"
    event_texts = EVENT_TEXTS
    curves = (
        Curve("lead", noop("Request to live, on average"), noop("days")),
        Curve("touched", noop("Routes touched per change"), ""),
        Curve("asked", noop("Changes asked for"), ""),
    )
    readings = (
        Reading("lead_days", noop("Request to live, on average"), "d", "down"),
        Reading("lead_90_days", noop("Nine in ten live within"), "d", "down"),
        Reading("routes_touched", noop("Routes touched in the year"), "", "down"),
        Reading("work_hours", noop("Work per change"), "h", "down"),
        Reading("held", noop("Release trains held back"), "", "down"),
        Reading("waiting", noop("Changes not live at the year’s end"), "", "down"),
    )
    challenges = (
        Challenge(
            "five-a-week",
            lazy("Five changes a week"),
            lazy(
                "With at least 5 changes a week and 8 routes through a rule in the bus, have a "
                "change live within 3 working days on average."
            ),
            "easy",
            (
                FIVE,
                EIGHT,
                at_most(
                    "lead_days",
                    3.0,
                    "d",
                    lazy("A change is live within 3 days, on average"),
                ),
            ),
        ),
        Challenge(
            "what-stays",
            lazy("What should stay"),
            lazy(
                "Now at least 7 services share each mapping. With at least 5 changes a week and 8 "
                "routes through a rule in the bus, have business rules live within 2 days and "
                "mappings within 10 days on average, at 13 h of work per change at most, trains "
                "included."
            ),
            "hard",
            (
                FIVE,
                EIGHT,
                at_least("copies", 7.0, "", lazy("At least 7 services share a mapping")),
                at_most(
                    "rule_days",
                    2.0,
                    "d",
                    lazy("Business rules: 2 days on average at most"),
                ),
                at_most("mapping_days", 10.0, "d", lazy("Mappings: 10 days on average at most")),
                at_most("work_hours", 13.0, "h", lazy("At most 13 h of work per change")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "With every rule in the bus, the half without the pattern, and a train every 10 days, "
            "a change takes 51 working days in the run shown first. Let the train leave every 5 "
            "days: how long then?"
        ),
        (
            Option("sooner", lazy("Less than 40 days")),
            Option("same", lazy("Between 40 and 60 days")),
            Option("later", lazy("More than 60 days")),
        ),
        Parameters(train_days=5),
        _twice_as_often,
        lambda run: (
            _(
                "With every rule in the bus a change took %(lead_days_without).0f days: the trains "
                "left the pipeline %(bus_days_without).0f days of the year for building, and "
                "%(bus_work_without).0f days of work were asked for."
            )
            % dict(run.totals)
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """The teams."""
        numbers = tuple(float(number + 1) for number in range(parameters.teams))
        return Scale(noop("Team"), "", numbers, TEAMS[: parameters.teams])

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """A year with these rules left in the bus, or with all of them."""
        rules = _rules(parameters, protected=protected)
        year = Year(seed=seed, per_week=float(parameters.per_week), rules=rules)
        curves: Mapping[str, Sequence[float | None]] = {
            "lead": year.by_team("lead"),
            "touched": year.by_team("routes"),
            "asked": year.asked_by_team(),
        }
        return Half(curves, year.totals(), year.log, (_impact(year),))

    def explain(self, run: Run) -> Sequence[str]:
        """What changes touched, how long they took and why, and what copies and trains cost."""
        return [_touched_sentence(run), _lead_sentence(run), _cost_sentence(run)]


def _touched_sentence(run: Run) -> str:
    return _(
        "A business rule touches 1 route in its service and %(routes)d in the bus: the year’s "
        "%(changes)d changes touched %(routes_touched)d routes (all in the bus: "
        "%(routes_touched_without)d)."
    ) % {**run.totals, **run.parameters}


def _lead_sentence(run: Run) -> str:
    return _(
        "A change was live after %(lead_days).1f days on average; with every rule in the bus after "
        "%(lead_days_without).1f, where %(bus_work_without).0f days of work queued for a pipeline "
        "to which its trains left %(bus_days_without).0f days."
    ) % dict(run.totals)


def _cost_sentence(run: Run) -> str:
    work = _(
        "Counting copies and trains, a change took %(work_hours).1f h of work (all in the bus: "
        "%(work_hours_without).1f h)."
    )
    if not run.totals["trains"]:
        return work % dict(run.totals)
    held = _("Release trains held back by a bad change: %(held)d of %(trains)d.")
    return f"{work} {held}" % dict(run.totals)


LAB = SmartEndpointsLab()
