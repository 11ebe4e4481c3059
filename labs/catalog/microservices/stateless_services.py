"""Stateless services: an instance crashes, a release replaces them all; who is signed out?

*Without the pattern* each customer's session lives in the memory of one instance and the balancer
sticks to it. *With it* the session lives in a store, and a token good for a while saves asking.
A request counts as *served* when it is answered within a second and nobody has to sign in again.
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
    Cut,
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
from labs.catalog.microservices._fleet import (
    AXIS,
    BACK_S,
    BLOCK_S,
    CRASH_S,
    CUSTOMERS,
    DURATION_S,
    ROLL_S,
    STORE_DOWN_S,
    STORE_UP_S,
    Fleet,
    Setting,
)

EVENT_TEXTS = {
    "crash": noop("crashes (requests under way: %(requests)d, sessions: %(sessions)d)"),
    "back": noop("is back, with an empty memory"),
    "block": noop("%(accounts)d are blocked"),
    "replace one": noop(
        "ends instance %(number)d (requests under way: %(requests)d, sessions: %(sessions)d)"
    ),
    "replace": noop(
        "ends instances %(first)d to %(last)d (requests under way: %(requests)d, "
        "sessions: %(sessions)d)"
    ),
    "rolled": noop("every instance runs the new version, %(seconds).3g s after the start"),
    "store begins": noop("answers with errors"),
    "store ends": noop("answers again"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults kill instances without waiting for what is under way."""

    instances: int = parameter(
        4,
        label=lazy("Instances"),
        unit="instances",
        minimum=2,
        maximum=20,
        step=1,
        help=lazy("Each works on eight requests at once; forty more can wait."),
    )
    rate: int = parameter(
        60,
        label=lazy("Request rate"),
        unit="requests/s",
        minimum=20,
        maximum=160,
        step=10,
        help=lazy("From 300 customers who are all signed in at the start."),
    )
    work_ms: int = parameter(
        150,
        label=lazy("Work per request"),
        unit="ms",
        minimum=20,
        maximum=400,
        step=10,
        help=lazy("On average, spread exponentially: one in twenty takes three times as long."),
    )
    store_ms: int = parameter(
        20,
        label=lazy("Store latency"),
        unit="ms",
        minimum=1,
        maximum=200,
        step=1,
        help=lazy("What asking the session store adds. In the same data centre 1 to 5 ms."),
    )
    token_s: int = parameter(
        5,
        label=lazy("Token lifetime"),
        unit="s",
        minimum=0,
        maximum=60,
        step=1,
        help=lazy(
            "For so long an instance believes a token without asking the store. 0: it asks for "
            "each request."
        ),
    )
    drain_s: float = parameter(
        0.0,
        label=lazy("Drain time"),
        unit="s",
        minimum=0.0,
        maximum=10.0,
        step=0.1,
        help=lazy("From the last new request an instance gets in a roll-out until it is ended."),
    )
    batch: int = parameter(
        1,
        label=lazy("Replaced at once"),
        unit="instances",
        minimum=1,
        maximum=10,
        step=1,
        help=lazy("Instances the roll-out takes out together; a new one needs 2 s to start."),
    )


def _setting(parameters: Parameters) -> Setting:
    return Setting(
        instances=parameters.instances,
        rate=parameters.rate,
        work_s=parameters.work_ms / 1000,
        store_s=parameters.store_ms / 1000,
        token_s=parameters.token_s,
        drain_s=parameters.drain_s,
        batch=parameters.batch,
    )


LOST_ROLL = at_most("lost_roll", 1, "", lazy("At most one request is cut off by the roll-out"))


def _patience_with_the_blocked(run: Run) -> str:
    answered = run.totals["blocked_answered"]
    return "none" if answered == 0.0 else "few" if answered <= 20.0 else "many"


class StatelessServicesLab(Lab[Parameters]):
    """One crash and one release, with sessions in memory or outside."""

    slug = "stateless-services"
    title = lazy("The release that signs everybody out")
    pattern = lazy("Stateless services")
    group = lazy("Delivery")
    version = 2
    summary = lazy(
        "One instance crashes, later a roll-out replaces them all. Sessions in memory go with "
        "them; sessions in a store stay, if the store does."
    )
    parameters = Parameters
    presets = {
        "every-request": Preset(
            lazy("Ask every time"),
            Parameters(token_s=0, store_ms=2),
            lazy("A server session in a store nearby, read for each request. No token."),
        ),
        "far-store": Preset(
            lazy("Store in another region"),
            Parameters(token_s=0, store_ms=80),
            lazy("The same, with the store 80 ms away."),
        ),
        "long-token": Preset(
            lazy("Long-lived token"),
            Parameters(token_s=60, store_ms=20),
            lazy("A signed token that outlives this lab’s minute; nothing calls it back."),
        ),
        "half-at-once": Preset(
            lazy("Half the fleet at once"),
            Parameters(batch=2, drain_s=1.0, rate=100),
            lazy("A quick roll-out at a busy hour: two of four instances at a time."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("sessions", noop("Customers signed in"), "%"),
        Curve("p95", noop("95 % answered within"), "ms"),
        Curve("up", noop("Instances that take requests"), noop("instances")),
    )
    readings = (
        Reading("signed_out", noop("Sessions lost"), "", "down"),
        Reading("served", noop("Requests served"), "%", "up"),
        Reading("lost_crash", noop("Requests cut off by the crash"), "", "down"),
        Reading("lost_roll", noop("Requests cut off by the roll-out"), "", "down"),
        Reading("roll_s", noop("Roll-out took"), "s", "down"),
        Reading("blocked_answered", noop("Answers to blocked accounts"), "", "down"),
    )
    challenges = (
        Challenge(
            "gentle-release",
            lazy("A release that cuts nobody off"),
            lazy(
                "Replace at least four instances so that the roll-out cuts off at most one request "
                "and is over within 14 s."
            ),
            "easy",
            (
                at_least("instances", 4, "instances", lazy("At least four instances")),
                LOST_ROLL,
                at_most("roll_s", 14.0, "s", lazy("The roll-out takes at most 14 s")),
            ),
        ),
        Challenge(
            "store-away",
            lazy("When the store is away"),
            lazy(
                "At 100 requests/s or more: serve 98.8 % of requests although the store fails for "
                "2 s, answer blocked accounts at most 80 times, cut off at most one request in the "
                "roll-out, and have it over within 15 s."
            ),
            "hard",
            (
                at_least("rate", 100, "requests/s", lazy("At least 100 requests/s")),
                at_least("served", 98.8, "%", lazy("At least 98.8 % of requests are served")),
                at_most(
                    "blocked_answered", 80, "", lazy("Blocked accounts get at most 80 answers")
                ),
                LOST_ROLL,
                at_most("roll_s", 15.0, "s", lazy("The roll-out takes at most 15 s")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Make the token good for 60 s, so that the store is hardly ever asked. At 22 s fifteen "
            "accounts are blocked. How many of their requests are answered all the same?"
        ),
        (
            Option("none", lazy("None: blocked is blocked")),
            Option("few", lazy("1 to 20")),
            Option("many", lazy("More than 20")),
        ),
        Parameters(token_s=60),
        _patience_with_the_blocked,
        lambda run: (
            _(
                "Blocked accounts sent %(blocked_asked)d requests; %(blocked_answered)d of them "
                "were answered."
            )
            % dict(run.totals)
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The crash, the roll-out and the store's failure."""
        rolled = min(ROLL_S + _setting(parameters).roll_s, DURATION_S)
        return (
            Interval(CRASH_S, BACK_S, noop("instance 1 gone")),
            Interval(ROLL_S, rolled, noop("roll-out")),
            Interval(STORE_DOWN_S, STORE_UP_S, noop("store fails")),
        )

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """When accounts are blocked."""
        return (Mark(BLOCK_S, noop("accounts blocked")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The minute ends some time after the roll-out’s beginning."""
        return {"roll_s": Cut(DURATION_S - ROLL_S)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """One minute with sessions in a store or in the instances' memory."""
        fleet = Fleet(_setting(parameters), seed=seed, stateless=protected)
        curves = {
            "served": fleet.served_curve(),
            "sessions": fleet.sessions,
            "p95": AXIS.p95_ms(fleet.ledger),
            "up": fleet.up,
        }
        return Half(curves, fleet.totals(), fleet.log)

    def explain(self, run: Run) -> Sequence[str]:
        """What the crash took, what the roll-out took, and what the store costs."""
        instances = run.number("instances")
        totals = dict(run.totals) | {"customers": CUSTOMERS, "instances": instances}
        return [_crash_sentence(totals), _release_sentence(totals), _store_sentence(totals)]


def _crash_sentence(totals: dict[str, float]) -> str:
    return (
        _(
            "The crash of one of %(instances)d instances ended %(sessions_crash_without)d of "
            "%(customers)d sessions kept in memory. With the store it ended none, and cut off the "
            "requests under way there: %(lost_crash)d. Answers per second × answer time / "
            "instances: about %(under_way_expected).1f are to be expected."
        )
        % totals
    )


def _release_sentence(totals: dict[str, float]) -> str:
    cut_off = ngettext(
        "The roll-out took %(roll_s).1f s and cut off %(lost_roll)d request that was under way; ",
        "The roll-out took %(roll_s).1f s and cut off %(lost_roll)d requests that were under way; ",
        int(totals["lost_roll"]),
    )
    sessions = _("with sessions in memory it ended %(sessions_roll_without)d sessions as well.")
    late = "" if ROLL_S + totals["roll_s"] <= DURATION_S else _(" It outlasted the minute shown.")
    return (cut_off + sessions) % totals + late


def _store_sentence(totals: dict[str, float]) -> str:
    asked = _(
        "Instances asked the store %(store_checks)d times for %(requests)d requests; while it was "
        "away, requests that failed with it: %(store_failed)d. Answered of the %(blocked_asked)d "
        "requests from blocked accounts: %(blocked_answered)d"
    )
    memory = _(" (with sessions in memory %(blocked_answered_without)d).")
    return (asked + memory) % totals


LAB = StatelessServicesLab()
