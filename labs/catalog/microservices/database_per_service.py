"""Database per service: one team's migration, and what a join costs once tables are apart.

*Without the pattern* three teams share a database: an order list is one join, and a lock on
one table holds the connections of all. *With* it each team has its own, and order lists ask
the customers service for names. A request counts as *served* when it is answered within two
seconds. Both halves see the same requests and the same luck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from labs.base import (
    Challenge,
    Curve,
    Half,
    Interval,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._databases import (
    AXIS,
    LOCK_S,
    PATIENCE_S,
    Composing,
    Instead,
    Joining,
    Site,
)

EVENT_TEXTS = {
    "lock begins": noop("a migration locks the table"),
    "lock ends": noop("the migration is done, the table is free"),
    "full": noop("has none of its %(connections)d connections free for the first time"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults ask for one name after the other and fail without it."""

    rows: int = parameter(
        20,
        label=lazy("Orders in a list"),
        unit="rows",
        minimum=1,
        maximum=50,
        step=1,
        help=lazy("Each row needs the name of a customer, which another team’s service keeps."),
    )
    joining: str = parameter(
        Joining.IN_TURN.value,
        label=lazy("Names come by"),
        choices={
            Joining.IN_TURN.value: lazy("a call per row, in turn"),
            Joining.AT_ONCE.value: lazy("a call per row, all at once"),
            Joining.BATCH.value: lazy("one call for the list"),
            Joining.COPY.value: lazy("a copy, without a call"),
        },
        help=lazy(
            "What replaces the join. The copy is in the orders database and never quite current."
        ),
    )
    call_ms: int = parameter(
        5,
        label=lazy("Time of a call"),
        unit="ms",
        minimum=1,
        maximum=50,
        step=1,
        help=lazy("From the orders service to the customers service and back, on average."),
    )
    availability: float = parameter(
        99.9,
        label=lazy("Calls that succeed"),
        unit="%",
        minimum=99.0,
        maximum=100.0,
        step=0.1,
        help=lazy("Of every call to a service or to the shared database, in normal times."),
    )
    lock_s: int = parameter(
        15,
        label=lazy("Migration of customers"),
        unit="s",
        minimum=0,
        maximum=20,
        step=1,
        help=lazy("How long it locks the customers table, from second 12 on."),
    )
    timeout_ms: int = parameter(
        1000,
        label=lazy("Timeout of a call for names"),
        unit="ms",
        minimum=10,
        maximum=3000,
        step=10,
        help=lazy("How long the orders service waits. Customers wait two seconds for a list."),
    )
    instead: str = parameter(
        Instead.FAIL.value,
        label=lazy("Without names, a list"),
        choices={
            Instead.FAIL.value: lazy("fails"),
            Instead.NAMELESS.value: lazy("is sent without them"),
            Instead.COPY.value: lazy("takes them from a copy"),
        },
        help=lazy("What happens when a call for names failed or took too long."),
    )


def _composing(parameters: Parameters) -> Composing:
    return Composing(
        rows=parameters.rows,
        joining=Joining(parameters.joining),
        call_s=parameters.call_ms / 1000,
        timeout_s=parameters.timeout_ms / 1000,
        instead=Instead(parameters.instead),
    )


def composed_percent(availability: float, calls: int) -> float:
    """What is left when that many calls must succeed one and all; percentages."""
    share = 1.0
    for _call in range(calls):
        share *= availability / 100.0
    return 100.0 * share


def _share_of_lists(run: Run) -> str:
    share = run.totals["lists_normal"]
    if share >= 99.5:
        return "nearly"
    return "most" if share >= 98.0 else "fewer" if share >= 92.0 else "few"


class DatabasePerServiceLab(Lab[Parameters]):
    """One team's migration stops the others."""

    slug = "database-per-service"
    title = lazy("One team migrates, three teams stop")
    pattern = lazy("Database per service")
    group = lazy("Data")
    version = 2
    summary = lazy(
        "Three teams share a database until one team’s migration takes every connection. A "
        "database each keeps the others going, but a list that was one join becomes 21 calls."
    )
    parameters = Parameters
    presets = {
        "lazy-loading": Preset(
            lazy("Lazy loading, 50 rows"),
            Parameters(rows=50),
            lazy(
                "What object-relational mappers do when a related row is read on first use: "
                "N + 1 calls, here over the network."
            ),
        ),
        "batch": Preset(
            lazy("Batched read"),
            Parameters(joining=Joining.BATCH.value),
            lazy("One call with all identifiers; the other service must offer it."),
        ),
        "events": Preset(
            lazy("Copy kept by events"),
            Parameters(joining=Joining.COPY.value),
            lazy(
                "The orders service keeps the names it needs, told of changes by events: no call, "
                "no failure, never quite up to date."
            ),
        ),
        "night": Preset(
            lazy("Long migration"),
            Parameters(lock_s=20),
            lazy("Nothing changed but the lock: twenty seconds instead of fifteen."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("p95", noop("95 % of order lists answered within"), "ms"),
        Curve("lists", noop("Order lists served"), "%"),
        Curve("calls", noop("Calls for names"), "calls/s"),
    )
    readings = (
        Reading("served_lock", noop("Requests served during the migration"), "%", "up"),
        Reading("catalogue_lock", noop("Catalogue pages served meanwhile"), "%", "up"),
        Reading("p95_ms", noop("95 % of lists within, in normal times"), "ms", "down"),
        Reading("lists_normal", noop("Lists served in normal times"), "%", "up"),
        Reading("current_normal", noop("Lists with current names then"), "%", "up"),
        Reading("calls_per_list", noop("Calls for names per list"), "×", "down"),
    )
    challenges = (
        Challenge(
            "join-again",
            lazy("Join without a join"),
            lazy(
                "With lists of at least 20 rows, calls of at least 5 ms and a migration of at "
                "least 10 s: in normal times answer 95 % of lists within 60 ms and have current "
                "names on 95 %; during the migration serve 95 % of lists."
            ),
            "easy",
            (
                at_least("rows", 20, "", lazy("At least 20 rows")),
                at_least("call_ms", 5, "ms", lazy("Calls take at least 5 ms")),
                at_least("lock_s", 10, "s", lazy("The migration takes at least 10 s")),
                at_most(
                    "p95_ms",
                    60.0,
                    "ms",
                    lazy("95 % of lists are answered within 60 ms in normal times"),
                ),
                at_least(
                    "current_normal",
                    95.0,
                    "%",
                    lazy("At least 95 % of lists in normal times have current names"),
                ),
                at_least(
                    "lists_lock",
                    95.0,
                    "%",
                    lazy("At least 95 % of lists are served during the migration"),
                ),
            ),
        ),
        Challenge(
            "weak-neighbour",
            lazy("A weak neighbour"),
            lazy(
                "With lists of at least 40 rows, calls of at least 8 ms of which at most 99.5 % "
                "succeed, and a migration of at least 10 s: have current names on 97 % of lists "
                "in normal times; during the migration have names on 97 % of lists and answer "
                "95 % of lists within 100 ms."
            ),
            "hard",
            (
                at_least("rows", 40, "", lazy("At least 40 rows")),
                at_least("call_ms", 8, "ms", lazy("Calls take at least 8 ms")),
                at_most("availability", 99.5, "%", lazy("At most 99.5 % of calls succeed")),
                at_least("lock_s", 10, "s", lazy("The migration takes at least 10 s")),
                at_least(
                    "current_normal",
                    97.0,
                    "%",
                    lazy("At least 97 % of lists in normal times have current names"),
                ),
                at_least(
                    "named_lock",
                    97.0,
                    "%",
                    lazy("At least 97 % of lists during the migration have names"),
                ),
                at_most(
                    "p95_lock_ms",
                    100.0,
                    "ms",
                    lazy("95 % of lists during the migration are answered within 100 ms"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Of 1,000 calls 999 succeed. A list of 50 orders asks for each name with a call of its "
            "own, all at once, and fails without one. How many lists are served in normal times?"
        ),
        (
            Option("nearly", lazy("99.5 % or more")),
            Option("most", lazy("98 % to 99.5 %")),
            Option("fewer", lazy("92 % to 98 %")),
            Option("few", lazy("Less than 92 %")),
        ),
        Parameters(rows=50, joining=Joining.AT_ONCE.value),
        _share_of_lists,
        lambda run: (
            _(
                "%(share).1f %% were served: all 51 calls succeed with a chance of 0.999 × 0.999 "
                "× … = %(expected).1f %%."
            )
            % {"share": run.totals["lists_normal"], "expected": run.totals["composed"]}
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The migration."""
        if not parameters.lock_s:
            return ()
        return (Interval(LOCK_S, LOCK_S + parameters.lock_s, noop("customers table locked")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Forty seconds with a database per team or with one for all."""
        composing = _composing(parameters)
        site = Site(
            seed=seed,
            availability=parameters.availability / 100,
            lock_s=parameters.lock_s,
            composing=composing if protected else None,
        )
        lists = site.lists()
        curves = {
            "served": AXIS.served_percent(site.ledger, patience_s=PATIENCE_S),
            "p95": AXIS.p95_ms(lists),
            "lists": AXIS.served_percent(lists, patience_s=PATIENCE_S),
            "calls": AXIS.per_second(site.calls),
        }
        calls = 1 + (composing.calls if protected else 0)
        composed = {"composed": composed_percent(parameters.availability, calls)}
        return Half(curves, site.totals() | composed, site.log)

    def explain(self, run: Run) -> Sequence[str]:
        """What the migration stopped, what a list costs, and what became of the names."""
        totals = dict(run.totals)
        return [_lock_sentence(run), _cost_sentence(totals), _names_sentence(run)]


def _lock_sentence(run: Run) -> str:
    if not run.parameters["lock_s"]:
        return _("There was no migration, so nobody stood in anybody’s way.")
    return (
        _(
            "While customers was migrated, %(served_lock).1f %% of requests were served, with one "
            "database for all %(served_lock_without).1f %%; of the catalogue pages, which need no "
            "customer, %(catalogue_lock).1f %% and %(catalogue_lock_without).1f %%."
        )
        % run.totals
    )


def _cost_sentence(totals: Mapping[str, float]) -> str:
    return (
        _(
            "In normal times a list took %(mean_ms).0f ms on average with %(calls_per_list).1f "
            "calls for names; as one join it took %(mean_ms_without).0f ms."
        )
        % totals
    )


def _names_sentence(run: Run) -> str:
    return _(
        "%(lists_normal).1f %% of lists were served in normal times (with the join "
        "%(lists_normal_without).1f %%), %(current_normal).1f %% with current names. Timeouts "
        "aside, all calls that a list needs succeed with a chance of %(composed).1f %%."
    ) % dict(run.totals)


LAB = DatabasePerServiceLab()
