"""Consumer-driven contracts: five releases of a provider, and who they break.

*Without the pattern* every release goes out. *With it* `can-i-deploy` holds back what does not fit
the contracts that consumers have published.
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
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Scale,
    Value,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._contracts import NAMES, PUBLISHERS, Change, History, Style

EVENT_TEXTS = {
    "released": noop("is released; consumers broken now: %(broken)d"),
    "breaks": noop("is released and breaks consumers: %(would)d; broken now: %(broken)d"),
    "held rightly": noop("is held back; consumers it would have broken: %(would)d"),
    "held for nothing": noop("is held back, although no consumer would have broken"),
}
STEPS = 5
CHANGES = {
    Change.NONE.value: lazy("no change"),
    Change.DROP_PROMO.value: lazy("remove promo (read by none)"),
    Change.DROP_NOTE.value: lazy("remove gift_note (by one)"),
    Change.DROP_TOTAL.value: lazy("remove total (by two)"),
    Change.RENAME.value: lazy("rename total to amount"),
    Change.ADD_AMOUNT.value: lazy("add amount, keep total"),
    Change.OPTIONAL.value: lazy("accept currency"),
    Change.REQUIRED.value: lazy("demand currency"),
    Change.NOTE_UNREAD.value: lazy("Warehouse: stop gift_note"),
    Change.READ_AMOUNT.value: lazy("consumers: read amount"),
    Change.SEND_CURRENCY.value: lazy("consumers: send currency"),
}


def _release(default: Change, place: int) -> str:
    return parameter(
        default.value,
        label=_RELEASE_LABELS[place],
        choices=CHANGES,
        help=_RELEASE_HELP[min(place, 1)],
    )


_RELEASE_HELP = (
    lazy("A change of Orders, or of the consumers, which read and send fields."),
    lazy("Builds on what is out by then."),
)
_RELEASE_LABELS = (
    lazy("Release 1"),
    lazy("Release 2"),
    lazy("Release 3"),
    lazy("Release 4"),
    lazy("Release 5"),
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults take everything away at once and leave one consumer unasked."""

    release_1: str = _release(Change.DROP_PROMO, 0)
    release_2: str = _release(Change.DROP_NOTE, 1)
    release_3: str = _release(Change.RENAME, 2)
    release_4: str = _release(Change.OPTIONAL, 3)
    release_5: str = _release(Change.REQUIRED, 4)
    publishers: str = parameter(
        "two",
        label=lazy("Who publishes a contract"),
        choices={
            "one": lazy("Shop"),
            "two": lazy("Shop and Invoicing"),
            "all": lazy("Shop, Invoicing, Warehouse"),
        },
        help=lazy("A consumer without a contract is not asked."),
    )
    style: str = parameter(
        Style.USED.value,
        label=lazy("What contracts hold"),
        choices={
            Style.USED.value: lazy("fields the consumer reads"),
            Style.COPIED.value: lazy("whole answer, as recorded"),
            Style.EXACT.value: lazy("whole answer, nothing more"),
        },
        help=lazy("Consumers write it down anew with each version of their own."),
    )


def _changes(parameters: Parameters) -> list[Change]:
    values = (
        parameters.release_1,
        parameters.release_2,
        parameters.release_3,
        parameters.release_4,
        parameters.release_5,
    )
    return [Change(value) for value in values]


def _history(parameters: Parameters, *, checked: bool) -> History:
    history = History(Style(parameters.style), PUBLISHERS[parameters.publishers], checked=checked)
    history.release_all(_changes(parameters))
    return history


def _held(run: Run) -> str:
    held = run.totals["held"]
    return "few" if held <= 2.0 else "three" if held == 3.0 else "many"


NOBODY_BREAKS = at_most("breaking", 0, "", lazy("No release breaks a consumer"))
NONE_HELD = at_most("held", 0, "", lazy("No release is held back"))
ALL_PUBLISH = at_least("publishers", 3, "", lazy("All three consumers publish a contract"))


class ContractsLab(Lab[Parameters]):
    """Five releases one orders, against contracts one writes."""

    slug = "consumer-driven-contracts"
    title = lazy("Which release breaks whom")
    pattern = lazy("Consumer-driven contracts")
    group = lazy("Delivery")
    version = 1
    summary = lazy(
        "Orders wants to drop fields, rename one and demand another. Choose what goes out in which "
        "order, and see what contracts let through, hold back and overlook."
    )
    parameters = Parameters
    presets = {
        "everybody": Preset(
            lazy("Everybody publishes"),
            Parameters(publishers="all"),
            lazy("The same five releases, with Warehouse asked as well."),
        ),
        "recorded": Preset(
            lazy("Recorded answers"),
            Parameters(publishers="all", style=Style.COPIED.value),
            lazy("Contracts made by recording whole answers ask for more than anybody reads."),
        ),
        "exact": Preset(
            lazy("Nothing may be added"),
            Parameters(
                release_1=Change.ADD_AMOUNT.value,
                release_2=Change.READ_AMOUNT.value,
                release_3=Change.NONE.value,
                release_5=Change.NONE.value,
                publishers="all",
                style=Style.EXACT.value,
            ),
            lazy("Contracts that pin the answer exactly: even a new field is held back."),
        ),
        "consumers-first": Preset(
            lazy("Consumers first"),
            Parameters(
                release_1=Change.READ_AMOUNT.value,
                release_2=Change.ADD_AMOUNT.value,
                release_3=Change.DROP_TOTAL.value,
                release_4=Change.NONE.value,
                release_5=Change.NONE.value,
            ),
            lazy("Consumers ask, too: they must not read what is not there yet."),
        ),
    }
    clock = "step"
    is_exact = True
    event_texts = EVENT_TEXTS
    curves = (
        Curve("broken", noop("Consumers broken after the release"), noop("consumers")),
        Curve("failing", noop("Requests that fail after the release"), "%"),
        Curve("released", noop("Changes released so far"), noop("changes")),
    )
    readings = (
        Reading("breaking", noop("Releases that broke a consumer"), "", "down"),
        Reading("broken_most", noop("Consumers broken at once, at most"), "", "down"),
        Reading("failing", noop("Requests failed, on average"), "%", "down"),
        Reading("released", noop("Changes released"), "", "up"),
        Reading("held_rightly", noop("Held back, and would have broken"), ""),
        Reading("held_for_nothing", noop("Held back for nothing"), "", "down"),
    )
    challenges = (
        Challenge(
            "two-fields-less",
            lazy("Two fields less"),
            lazy(
                "Get promo and gift_note out of the answer within the five releases: no release "
                "breaks a consumer, none is held back, and all three consumers publish a contract."
            ),
            "easy",
            (
                at_least("promo_gone", 1, "", lazy("The answer has no promo at the end")),
                at_least("note_gone", 1, "", lazy("The answer has no gift_note at the end")),
                NOBODY_BREAKS,
                NONE_HELD,
                ALL_PUBLISH,
            ),
        ),
        Challenge(
            "rename-in-use",
            lazy("Rename what is in use"),
            lazy(
                "Within the five releases, have amount instead of total in the answer and demand "
                "currency in requests: no release breaks a consumer, none is held back, and all "
                "three consumers publish a contract."
            ),
            "hard",
            (
                at_least("renamed", 1, "", lazy("At the end the answer has amount, not total")),
                at_least("currency_demanded", 1, "", lazy("At the end currency is demanded")),
                NOBODY_BREAKS,
                NONE_HELD,
                ALL_PUBLISH,
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Shop and Invoicing now record whole answers as their contracts instead of the fields "
            "they read. How many of the same five releases are held back?"
        ),
        (
            Option("few", lazy("At most two")),
            Option("three", lazy("Three")),
            Option("many", lazy("Four or five")),
        ),
        Parameters(style=Style.COPIED.value),
        _held,
        lambda run: (
            _(
                "Held back: %(held)d, of which %(held_for_nothing)d would have broken nobody. "
                "Releases that broke a consumer: %(breaking)d."
            )
            % dict(run.totals)
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """The releases in their order."""
        names = [NAMES[change] for change in _changes(parameters)]
        places = tuple(float(place) for place in range(1, STEPS + 1))
        return Scale(noop("Release"), "", places, tuple(names))

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """The releases with contracts asked, or with nobody asked."""
        history = _history(parameters, checked=protected)
        released = [0.0]
        for step in history.steps:
            released.append(released[-1] + (step is not None and step.released))
        curves = {
            "broken": [float(len(broken)) for broken in history.after_each()],
            "failing": history.failing_percent(),
            "released": released[1:],
        }
        tables = (history.steps_table(), history.matrix()) if protected else ()
        return Half(curves, history.totals(), history.log, tables)

    def explain(self, run: Run) -> Sequence[str]:
        """What went wrong unasked, what contracts stopped, and what they missed."""
        totals = dict(run.totals)
        if not totals["changes"] and not totals["changes_without"]:
            nothing = _("None of the five releases changes anything.")
            return [nothing, _("Choose what a release removes, adds or demands.")]
        return [_unasked(totals), _asked(totals), _missed(totals, run.parameters)]


def _unasked(totals: Mapping[str, float]) -> str:
    if not totals["breaking_without"]:
        return _("Released without asking, these changes break nobody.")
    return (
        ngettext(
            "Released without asking, %(breaking_without)d change broke consumers; at worst "
            "%(broken_most_without)d of 3 were broken and %(failing_most_without)d %% of requests "
            "failed.",
            "Released without asking, %(breaking_without)d changes broke consumers; at worst "
            "%(broken_most_without)d of 3 were broken and %(failing_most_without)d %% of requests "
            "failed.",
            int(totals["breaking_without"]),
        )
        % totals
    )


def _asked(totals: Mapping[str, float]) -> str:
    return (
        _(
            "With contracts asked, %(released)d of %(changes)d changes went out. Held back: "
            "%(held_rightly)d that would have broken a consumer, %(held_for_nothing)d for nothing."
        )
        % totals
    )


def _missed(totals: Mapping[str, float], values: Mapping[str, Value]) -> str:
    if totals["breaking"]:
        teams = ", ".join(_broken_in(values))
        return _(
            "Broken all the same: %(teams)s. Without a published contract nobody could have known."
        ) % {"teams": teams}
    if totals["held_for_nothing"]:
        return _("Nobody broke, but the contracts demanded more than their consumers need.")
    if totals["held"]:
        return _("Nobody broke. What was held back needs smaller steps or another order.")
    return _("Nobody broke, and every change went out.")


def _broken_in(values: Mapping[str, Value]) -> list[str]:
    """The consumers that a release broke although contracts were asked."""
    changes = [Change(str(values[f"release_{place}"])) for place in range(1, STEPS + 1)]
    publishers = PUBLISHERS[str(values["publishers"])]
    history = History(Style(str(values["style"])), publishers, checked=True)
    history.release_all(changes)
    broken = [team for step in history.steps if step and step.released for team in step.breaks]
    return list(dict.fromkeys(broken))


LAB = ContractsLab()
