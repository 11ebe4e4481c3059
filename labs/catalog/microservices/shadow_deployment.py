"""Shadow deployment: the new version gets copies of live requests before anybody relies on it.

*Without the pattern* the new version is released to everybody at once. A request is *harmed* when
its amount is wrong, its answer comes after more than a second, or its card is charged twice.
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
from labs.catalog.microservices._mirror import (
    AXIS,
    CAPACITY,
    LIMIT_PERCENT,
    START_S,
    Mirror,
    Mirroring,
    Writes,
)

EVENT_TEXTS = {
    "begins": noop("gets %(share)d %% of the requests"),
    "ends": noop("ends: %(mismatches)d of %(compared)d compared answers differed"),
    "released": noop("serves everybody"),
    "held back": noop("is held back"),
    "crowded": noop("falls behind: %(calls)d calls wait"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults copy writes as they are and compare to the cent."""

    rate: int = parameter(
        60,
        label=lazy("Request rate"),
        unit="requests/s",
        minimum=20,
        maximum=90,
        step=5,
        help=lazy("One request in five charges a card. The database can do 100 calls/s."),
    )
    wrong: int = parameter(
        12,
        label=lazy("Wrong answers of the new version"),
        unit="%",
        minimum=0,
        maximum=30,
        step=1,
        help=lazy("The truth, which the shadow is to find out."),
    )
    share: int = parameter(
        30,
        label=lazy("Requests mirrored"),
        unit="%",
        minimum=5,
        maximum=100,
        step=5,
        help=lazy("Share of the requests that the new version gets a copy of."),
    )
    shadow_s: int = parameter(
        20,
        label=lazy("Shadow time"),
        unit="s",
        minimum=5,
        maximum=40,
        step=1,
        help=lazy("How long requests are mirrored before it is decided."),
    )
    writes: str = parameter(
        Writes.EXECUTED.value,
        label=lazy("Copied writes"),
        choices={
            Writes.EXECUTED.value: lazy("executed like any other"),
            Writes.STUBBED.value: lazy("stubbed: compared, not executed"),
            Writes.SKIPPED.value: lazy("not mirrored: reads only"),
        },
        help=lazy("A stub records the charge the new version would make. It calls no database."),
    )
    tolerance: int = parameter(
        0,
        label=lazy("Comparison tolerance"),
        unit="cents",
        minimum=0,
        maximum=40,
        step=1,
        help=lazy("Answers further apart than this count as different. Rounding is up to 3."),
    )


def _mirroring(parameters: Parameters) -> Mirroring:
    return Mirroring(
        share=parameters.share / 100,
        shadow_s=parameters.shadow_s,
        writes=Writes(parameters.writes),
        tolerance_cents=parameters.tolerance,
    )


ONCE = at_most("charged_twice", 0, "", lazy("Nobody is charged twice"))


def _noticed(run: Run) -> str:
    late = run.totals["late_percent"]
    return "none" if late < 1.0 else "some" if late <= 20.0 else "many"


class ShadowDeploymentLab(Lab[Parameters]):
    """Copies of live requests, and what they do to the customers they came from."""

    slug = "shadow-deployment"
    title = lazy("The copy that charges twice")
    pattern = lazy("Shadow deployment")
    group = lazy("Delivery")
    version = 1
    summary = lazy(
        "A new version gets some amounts wrong. Mirror live requests to it to find out, without "
        "charging cards twice and without crowding the database both share."
    )
    parameters = Parameters
    presets = {
        "everything": Preset(
            lazy("Copy everything"),
            Parameters(share=100),
            lazy("The simplest rule: all requests, as they are."),
        ),
        "reads-only": Preset(
            lazy("Reads only"),
            Parameters(share=50, writes=Writes.SKIPPED.value, tolerance=3),
            lazy("Safe without any stub. What goes wrong in writes stays unseen."),
        ),
        "small-sample": Preset(
            lazy("A small sample"),
            Parameters(share=5, shadow_s=10, writes=Writes.STUBBED.value, tolerance=3),
            lazy("Little load, little knowledge: see how wide the interval is."),
        ),
        "harmless": Preset(
            lazy("A flawless release"),
            Parameters(wrong=0, writes=Writes.STUBBED.value),
            lazy("Nothing is wrong with it; compared to the cent it is held back all the same."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("harmed", noop("Customers harmed"), "requests/s"),
        Curve("calls", noop("Calls to the shared database"), "calls/s"),
        Curve("p95", noop("95 % answered within"), "ms"),
    )
    readings = (
        Reading("harmed", noop("Customers harmed"), "", "down"),
        Reading("charged_twice", noop("Charged twice"), "", "down"),
        Reading("late", noop("Answered later than 1 s"), "", "down"),
        Reading("load", noop("Database calls per request in the shadow"), "×", "down"),
        Reading("compared", noop("Answers compared before the decision"), "", "up"),
        Reading("margin", noop("Margin of the estimate (±)"), "%", "down"),
    )
    challenges = (
        Challenge(
            "look-do-not-touch",
            lazy("Look, but do not touch"),
            lazy(
                "With at least 10 % of its answers wrong, compare 400 answers and measure the "
                "share to within 4 points of the truth, with nobody charged twice and at most 20 "
                "answers later than 1 s."
            ),
            "easy",
            (
                at_least("wrong", 10, "%", lazy("At least 10 % of its answers are wrong")),
                at_least("compared", 400, "", lazy("At least 400 answers are compared")),
                at_most("off", 4.0, "%", lazy("The estimate is within 4 points of the truth")),
                ONCE,
                at_most("late", 20, "", lazy("At most 20 answers come later than 1 s")),
            ),
        ),
        Challenge(
            "sure-and-soon",
            lazy("Sure, soon, and unnoticed"),
            lazy(
                "At 70 requests/s or more and with at least 10 % of its answers wrong, decide "
                "within 30 s on an estimate with a margin of at most 2.5 points that is within 4 "
                "points of the truth; nobody charged twice, at most 40 answers later than 1 s."
            ),
            "hard",
            (
                at_least("rate", 70, "requests/s", lazy("At least 70 requests/s")),
                at_least("wrong", 10, "%", lazy("At least 10 % of its answers are wrong")),
                at_most("shadow_s", 30, "s", lazy("The shadow takes at most 30 s")),
                at_most("margin", 2.5, "%", lazy("The margin is at most 2.5 points")),
                at_most("off", 4.0, "%", lazy("The estimate is within 4 points of the truth")),
                ONCE,
                at_most("late", 40, "", lazy("At most 40 answers come later than 1 s")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Mirror all requests instead of 30 %. Nobody waits for the shadow, and its answers are "
            "thrown away. How many of the customers who come meanwhile wait longer than a second?"
        ),
        (
            Option("none", lazy("Hardly any: less than 1 %")),
            Option("some", lazy("1 to 20 %")),
            Option("many", lazy("More than 20 %")),
        ),
        Parameters(share=100),
        _noticed,
        lambda run: (
            _(
                "Of the requests in the shadow’s time %(late_percent).1f %% took longer than a "
                "second: the database got %(load).2f calls for each."
            )
            % dict(run.totals)
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The time of the shadow."""
        return (Interval(START_S, START_S + parameters.shadow_s, noop("requests are mirrored")),)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute with the shadow before the decision, or with the release at once."""
        mirror = Mirror(
            seed=seed,
            rate=parameters.rate,
            wrong=parameters.wrong / 100,
            mirroring=_mirroring(parameters) if protected else None,
        )
        curves = {
            "harmed": mirror.harmed_curve(),
            "calls": AXIS.per_second(mirror.database_calls),
            "p95": AXIS.p95_ms(mirror.ledger),
        }
        totals = mirror.totals(START_S + parameters.shadow_s)
        return Half(curves, totals, mirror.log, (mirror.table(),) if protected else ())

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """How many more customers a release at once harms; negative when the shadow harms more."""
        return {"spared": bare["harmed"] - guarded["harmed"]}

    def explain(self, run: Run) -> Sequence[str]:
        """What the shadow found, what it cost the database, and who was harmed."""
        totals = dict(run.totals) | {
            name: run.number(name) for name in ("rate", "share", "wrong", "shadow_s")
        }
        return [_finding_sentence(totals), _load_sentence(totals), _harm_sentence(totals)]


def _finding_sentence(totals: dict[str, float]) -> str:
    if not totals["compared"]:
        return _("No answer was compared before the decision, so the new version was held back.")
    limits = {"limit": LIMIT_PERCENT, "upper": totals["measured"] + totals["margin"]} | totals
    found = _(
        "Of %(compared)d compared answers %(measured).1f %% differed, ± %(margin).1f points; in "
        "truth %(wrong)d %% of its answers are wrong. "
    )
    decided = (
        noop("The upper end, %(upper).1f %%, is within the %(limit)d %% allowed: it was released.")
        if totals["released"]
        else noop("The upper end, %(upper).1f %%, is above %(limit)d %%: it was held back.")
    )
    return (found + _(decided)) % limits


def _load_sentence(totals: dict[str, float]) -> str:
    return _(
        "While %(share)d %% were mirrored, the database got %(load).2f calls per request, about "
        "%(per_second)d a second; it can do %(capacity)d. Answers later than a second in the whole "
        "minute: %(late)d (without the shadow %(late_without)d)."
    ) % (totals | {"capacity": CAPACITY, "per_second": totals["rate"] * totals["load"]})


def _harm_sentence(totals: dict[str, float]) -> str:
    if totals["harmed"] == totals["harmed_without"] == 0.0:
        return _("Nobody was harmed, neither with the shadow nor by a release without it.")
    sentence = (
        noop(
            "Customers harmed: %(harmed)d, of whom charged twice %(charged_twice)d. A release "
            "without a shadow harmed %(harmed_without)d."
        )
        if totals["spared"] >= 0
        else noop(
            "With the shadow more customers were harmed than by a release without it: "
            "%(harmed)d, of whom charged twice %(charged_twice)d, against %(harmed_without)d."
        )
    )
    return _(sentence) % totals


LAB = ShadowDeploymentLab()
