"""Rate limiting and load shedding: demand above capacity, from one client and from slowness.

*Without the pattern* whatever comes is queued, without end.
"""

from collections.abc import Sequence
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
    parameter,
)
from labs.catalog.microservices._load_shedding_told import (
    ALL,
    EACH,
    rule_sentence,
    rules_table,
    rush_sentence,
    slow_sentence,
)
from labs.catalog.microservices._overload import (
    AXIS,
    RUSH_END_S,
    RUSH_S,
    SERVERS,
    SLOW_S,
    WELL_S,
    Api,
    Guard,
    Limit,
)

ENDLESS = 1024


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults limit everybody together, at exactly the capacity."""

    crawler: int = parameter(
        100,
        label=lazy("Crawler’s requests per second"),
        minimum=20,
        maximum=300,
        step=10,
        help=lazy("From 8 s to 18 s, beside 60 customers’ requests/s. The API can do 100."),
    )
    rule: str = parameter(
        Limit.FIXED.value,
        label=lazy("Rate limit"),
        choices={
            Limit.NONE.value: lazy("no rate limit"),
            Limit.FIXED.value: lazy("fixed window"),
            Limit.SLIDING.value: lazy("sliding window"),
            Limit.BUCKET.value: lazy("token bucket"),
        },
        help=lazy("How requests are counted. What is over the limit is refused at once."),
    )
    scope: str = parameter(
        ALL,
        label=lazy("The limit is for"),
        choices={ALL: lazy("all clients together"), EACH: lazy("each client")},
        help=lazy("Each customer asks rarely; the crawler is one client."),
    )
    limit: int = parameter(
        100,
        label=lazy("Limit"),
        unit="requests",
        minimum=1,
        maximum=200,
        step=1,
        help=lazy("Requests per window; for a token bucket, how many tokens it holds."),
    )
    window_s: float = parameter(
        1.0,
        label=lazy("Window"),
        unit="s",
        minimum=0.5,
        maximum=60.0,
        step=0.5,
        help=lazy("What the limit is counted over; a token bucket fills up in this time."),
    )
    room: int = parameter(
        1000,
        label=lazy("Room in the queue"),
        unit="requests",
        minimum=0,
        maximum=ENDLESS,
        step=1,
        help=lazy("Requests that may wait; more are shed. 100 are one second of work."),
    )


def _guard(parameters: Parameters) -> Guard:
    return Guard(
        kind=Limit(parameters.rule),
        limit=parameters.limit,
        window_s=parameters.window_s,
        per_client=parameters.scope == EACH,
        room=parameters.room,
    )


RUSH = at_least("crawler", 100, "requests/s", lazy("The crawler asks for at least 100 requests/s"))


def _share_while_slow(run: Run) -> str:
    share = run.totals["served_slow"]
    return "most" if share >= 90.0 else "capacity" if share >= 50.0 else "few"


class LoadSheddingLab(Lab[Parameters]):
    """A crawler, and then a slow stretch that no rate limit sees."""

    slug = "load-shedding"
    title = lazy("A crawler comes by, then a slow stretch")
    pattern = lazy("Rate limiting & load shedding")
    group = lazy("Resilience")
    version = 1
    summary = lazy(
        "An API that can do 100 requests a second has 60. A crawler adds more than fits; later "
        "each request takes longer. Decide what to refuse, so that the rest is answered in time."
    )
    parameters = Parameters
    presets = {
        "spring": Preset(
            lazy("Spring Cloud Gateway"),
            Parameters(rule=Limit.BUCKET.value, scope=EACH, limit=20, window_s=1.0),
            lazy(
                "Its Redis rate limiter: a token bucket per key, answering 429. It has no default "
                "rate; 20 a second and a burst of 20 are this lab’s own."
            ),
        ),
        "hystrix": Preset(
            lazy("Hystrix"),
            Parameters(rule=Limit.NONE.value, room=0),
            lazy(
                "Hystrix (in maintenance since 1.5.18) has no queue unless told otherwise: what "
                "finds every thread busy is refused. It has ten threads; here there are four."
            ),
        ),
        "resilience4j": Preset(
            lazy("resilience4j"),
            Parameters(rule=Limit.NONE.value, room=100),
            lazy("resilience4j’s thread-pool bulkhead: a queue of 100. Here with four servers."),
        ),
        "polly": Preset(
            lazy("Polly"),
            Parameters(rule=Limit.NONE.value, room=1000 - SERVERS),
            lazy(
                "Polly v8’s default limiter: 1,000 at once and no queue of its own. With four "
                "servers, 996 of them wait."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy"),
            Parameters(rule=Limit.NONE.value, room=1024),
            lazy("Envoy’s default of 1,024 pending requests per cluster, before four servers."),
        ),
    }
    axis = AXIS
    event_texts = {
        "rush begins": noop("begins to ask"),
        "rush ends": noop("has gone"),
        "slow begins": noop("takes two and a half times as long per request"),
        "slow ends": noop("is as fast as before"),
        "late": noop("%(waiting)d wait: more than a second of work"),
        "in time": noop("%(waiting)d wait: less than a second of work"),
        "refuses customer": noop("refuses its first request of a customer"),
        "refuses crawler": noop("refuses its first request of the crawler"),
    }
    curves = (
        Curve("served", noop("Customers’ requests served in time"), "%"),
        Curve("goodput", noop("Answers in time, to all"), "requests/s"),
        Curve("waiting", noop("Requests waiting"), noop("requests")),
        Curve("refused", noop("Requests refused"), "requests/s"),
    )
    readings = (
        Reading("served_rush", noop("Customers served in the rush"), "%", "up"),
        Reading("served_slow", noop("Customers served while slow"), "%", "up"),
        Reading("served_calm", noop("Customers served in calm times"), "%", "up"),
        Reading("goodput_rush", noop("Answered in time per second, rush"), "", "up"),
        Reading("crawler_per_second", noop("Crawler served per second, rush"), ""),
        Reading("waiting_most", noop("Most requests waiting"), noop("requests"), "down"),
    )
    challenges = (
        Challenge(
            "customers-first",
            lazy("Customers first"),
            lazy(
                "With a crawler of 100 requests/s or more, serve at least 98 % of customers’ "
                "requests in the rush, and still 20 of the crawler’s a second."
            ),
            "easy",
            (
                RUSH,
                at_least(
                    "served_rush",
                    98.0,
                    "%",
                    lazy("At least 98 % of customers’ requests are served in the rush"),
                ),
                at_least(
                    "crawler_per_second",
                    20.0,
                    "requests/s",
                    lazy("At least 20 of the crawler’s requests a second are served in the rush"),
                ),
            ),
        ),
        Challenge(
            "both-storms",
            lazy("Both storms, no harm in between"),
            lazy(
                "With a crawler of 100 requests/s or more, serve at least 96 % of customers’ "
                "requests in the rush, 58 % while the API can do only 40 of their 60 a second, "
                "99.5 % in calm times, and 24 of the crawler’s a second."
            ),
            "hard",
            (
                RUSH,
                at_least(
                    "served_rush",
                    96.0,
                    "%",
                    lazy("At least 96 % of customers’ requests are served in the rush"),
                ),
                at_least(
                    "served_slow",
                    58.0,
                    "%",
                    lazy("At least 58 % of customers’ requests are served while slow"),
                ),
                at_least(
                    "served_calm",
                    99.5,
                    "%",
                    lazy("At least 99.5 % of customers’ requests are served in calm times"),
                ),
                at_least(
                    "crawler_per_second",
                    24.0,
                    "requests/s",
                    lazy("At least 24 of the crawler’s requests a second are served in the rush"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Limit each client to 20 requests/s and leave the queue as it is. How many of the "
            "customers’ requests, 60 a second and none over the limit, are served in the ten "
            "seconds in which the API can do 40 a second?"
        ),
        (
            Option("most", lazy("Nearly all: 90 % or more")),
            Option("capacity", lazy("About what fits: 50 % to 90 %")),
            Option("few", lazy("Less than half")),
        ),
        Parameters(scope=EACH, limit=20),
        _share_while_slow,
        lambda run: (
            _(
                "%(share).1f %% were served in time: the queue grew to %(waiting)d, and whoever "
                "came later waited too long. A rate limit does not see that requests are slow."
            )
            % {"share": run.totals["served_slow"], "waiting": run.totals["waiting_slow"]}
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The rush and the slow stretch."""
        return (
            Interval(RUSH_S, RUSH_END_S, noop("crawler")),
            Interval(SLOW_S, WELL_S, noop("API slow")),
        )

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Fifty-two seconds with the limits or with an endless queue."""
        api = Api(
            seed=seed,
            crawler=parameters.crawler,
            guard=_guard(parameters) if protected else None,
        )
        curves = {
            "served": api.served_percent(),
            "goodput": api.goodput(),
            "waiting": api.waiting,
            "refused": api.refusals(),
        }
        tables = (rules_table(parameters.limit, parameters.window_s),) if protected else ()
        return Half(curves, api.totals(), api.log, tables)

    def explain(self, run: Run) -> Sequence[str]:
        """What the rush did, what the slow stretch did, and what the rule allows."""
        return [rush_sentence(run), slow_sentence(run.totals), rule_sentence(run)]


LAB = LoadSheddingLab()
