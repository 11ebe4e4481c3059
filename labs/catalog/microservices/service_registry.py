"""Service registry: how long callers go on asking for an instance that has crashed.

*Without the pattern* callers have a fixed list of addresses in their configuration. Both
halves meet the same crash with the same number of tries per request.
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
    Finding,
    Half,
    Interval,
    Lab,
    Mark,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    at_most,
    parameter,
)
from labs.catalog.microservices._registry import (
    AXIS,
    BLIP_END_S,
    BLIP_S,
    CRASH_S,
    DURATION_S,
    Registry,
    Rules,
    fixed_list,
)
from labs.catalog.microservices._registry_told import (
    NEVER_S,
    blip_sentence,
    cost_sentence,
    curves_of,
    list_totals,
    registry_totals,
    removal_sentence,
    timeline,
)

EVENT_TEXTS = {
    "crash": noop("crash without signing off: %(count)d of %(all)d"),
    "expired": noop("the lease of instance %(number)d runs out"),
    "held": noop(
        "keeps every lease: %(renewals)d renewals in the last full minute, more than "
        "%(needed)d would have to arrive"
    ),
    "limited": noop("%(expired)d leases have run out, one sweep may end %(limit)d"),
    "evicted": noop("evicts instance %(number)d"),
    "evicted alive": noop("evicts instance %(number)d, which is alive"),
    "returned": noop("registers instance %(number)d again"),
    "gone": noop("no list holds instance %(number)d any more"),
    "blip begins": noop("no longer reach the registry"),
    "blip ends": noop("reach the registry again"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are those of Eureka, with the lease its code gives."""

    crash: str = parameter(
        "1-10",
        label=lazy("Crash"),
        choices={
            "1-3": lazy("1 of 3 instances"),
            "1-6": lazy("1 of 6 instances"),
            "1-7": lazy("1 of 7 instances"),
            "1-10": lazy("1 of 10 instances"),
            "3-10": lazy("3 of 10 instances"),
            "1-20": lazy("1 of 20 instances"),
            "5-20": lazy("5 of 20 instances"),
        },
        help=lazy("They crash at 120 s without signing off, and do not come back."),
    )
    heartbeat_s: int = parameter(
        30,
        label=lazy("Heartbeat"),
        unit="s",
        minimum=1,
        maximum=60,
        step=1,
        help=lazy("How often each instance renews its lease. Each renewal is a call."),
    )
    missed: int = parameter(
        6,
        label=lazy("Lease"),
        unit=noop("heartbeats"),
        minimum=1,
        maximum=10,
        step=1,
        help=lazy(
            "How many heartbeats long a lease is. Eureka’s 90 s are three of 30 s; its code adds "
            "them twice, which makes six."
        ),
    )
    sweep_s: int = parameter(
        60,
        label=lazy("Sweep"),
        unit="s",
        minimum=1,
        maximum=120,
        step=1,
        help=lazy("How often the registry looks for leases that have run out."),
    )
    copy_s: int = parameter(
        30,
        label=lazy("Age of a copy"),
        unit="s",
        minimum=1,
        maximum=60,
        step=1,
        help=lazy(
            "How often the registry renews the answer it hands out, and each caller its own list. "
            "An address can outlive both."
        ),
    )
    guard: str = parameter(
        "preserve",
        label=lazy("Protection against mass eviction"),
        choices={
            "preserve": lazy("self-preservation and cap"),
            "limit": lazy("cap: 15 % per sweep"),
            "none": lazy("none"),
        },
        help=lazy(
            "Self-preservation evicts nobody unless more than 85 % of the expected renewals came "
            "in the last minute. The cap lets one sweep end about 15 % of all leases."
        ),
    )
    tries: int = parameter(
        1,
        label=lazy("Tries per request"),
        unit=noop("instances"),
        minimum=1,
        maximum=3,
        step=1,
        help=lazy("A caller whose address does not answer tries another one from its list."),
    )


def _fleet(parameters: Parameters) -> tuple[int, int]:
    """How many instances crash, and how many there are."""
    crashed, instances = parameters.crash.split("-")
    return int(crashed), int(instances)


def _rules(parameters: Parameters) -> Rules:
    return Rules(
        heartbeat_s=parameters.heartbeat_s,
        missed=parameters.missed,
        sweep_s=parameters.sweep_s,
        copy_s=parameters.copy_s,
        preserves=parameters.guard == "preserve",
        limited=parameters.guard != "none",
    )


def _three_of_ten(run: Run) -> Finding:
    crashed, instances = str(run.parameters["crash"]).split("-")
    return Finding(
        _("Three of ten instances crash"),
        _("%(crashed)s of %(instances)s") % {"crashed": crashed, "instances": instances},
        run.parameters["crash"] == "3-10",
    )


def _when_gone(run: Run) -> str:
    removed_s = run.totals["removed_s"]
    return "soon" if removed_s <= 210.0 else "late" if removed_s < NEVER_S else "never"


class ServiceRegistryLab(Lab[Parameters]):
    """One instance crashes, and its address stays in every list."""

    slug = "service-registry"
    title = lazy("The dead instance that stays in the list")
    pattern = lazy("Service registry")
    group = lazy("Communication")
    version = 1
    summary = lazy(
        "An instance crashes without signing off. Callers keep sending it their share of requests "
        "until a lease has run out, a sweep has come by and two copies have been renewed. Make "
        "that faster without evicting the living."
    )
    parameters = Parameters
    presets = {
        "eureka": Preset(
            lazy("Eureka as coded"),
            Parameters(),
            lazy(
                "Defaults of Netflix Eureka, with the 180 s its renewal gives a lease of 90 s: "
                "180 + 60 + 30 + 30 = 300 s at worst."
            ),
        ),
        "eureka-documented": Preset(
            lazy("Eureka as documented"),
            Parameters(missed=3),
            lazy(
                "The same defaults with the lease as its name has it, 90 s: "
                "90 + 60 + 30 + 30 = 210 s at worst. The server’s code does not do this."
            ),
        ),
        "kubernetes": Preset(
            lazy("Kubernetes"),
            Parameters(heartbeat_s=10, missed=3, sweep_s=1, copy_s=1, guard="none"),
            lazy(
                "A Kubernetes readiness probe with its defaults, every 10 s and three failures, "
                "taken for a heartbeat here. Its lists are pushed to the nodes; in this lab they "
                "are fetched every second."
            ),
        ),
        "consul": Preset(
            lazy("Consul’s reaper"),
            Parameters(heartbeat_s=10, missed=6, sweep_s=30, copy_s=10, guard="none"),
            lazy(
                "Consul removes a critical service after 60 s at the earliest, an option, and its "
                "reaper comes by every 30 s. Heartbeats and copies of 10 s are this lab’s own."
            ),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("failed", noop("Requests that fail"), "requests/s"),
        Curve("met", noop("Requests that meet a dead address first"), "requests/s"),
        Curve("dead", noop("Dead addresses in a caller’s list"), ""),
        Curve("listed", noop("Addresses in a caller’s list"), ""),
    )
    readings = (
        Reading("removed_s", noop("Dead address in use for"), "s", "down"),
        Reading("failed", noop("Requests failing in the 5 min after the crash"), "%", "down"),
        Reading("met", noop("Requests that met a dead address meanwhile"), "%", "down"),
        Reading("failed_blip", noop("Requests failing in the 2 min from the blip"), "%", "down"),
        Reading("wrong", noop("Live instances evicted"), "", "down"),
        Reading("registry_calls", noop("Calls to the registry per minute"), "", "down"),
    )
    challenges = (
        Challenge(
            "out-in-45",
            lazy("Out of every list in 45 s"),
            lazy(
                "Have every crashed instance out of every caller’s list within 45 s of the crash."
            ),
            "easy",
            (
                at_most(
                    "removed_s",
                    45.0,
                    "s",
                    lazy("The last dead address leaves the last list within 45 s"),
                ),
            ),
        ),
        Challenge(
            "three-of-ten",
            lazy("Three of ten, and nobody else"),
            lazy(
                "Three of ten instances crash. In the five minutes after, let at most 6 % of "
                "requests meet a dead address first and at most 0.5 % fail. Evict no live "
                "instance in the 20 s blip, and call the registry at most 150 times a minute."
            ),
            "hard",
            (
                _three_of_ten,
                at_most("met", 6.0, "%", lazy("At most 6 % of requests meet a dead address first")),
                at_most("failed", 0.5, "%", lazy("At most 0.5 % of requests fail")),
                at_most("wrong", 0.0, "", lazy("No live instance is evicted")),
                at_most(
                    "registry_calls",
                    150.0,
                    "",
                    lazy("At most 150 calls to the registry per minute"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Run six instances instead of ten, all else as in Eureka. One crashes. When has its "
            "address left every caller’s list?"
        ),
        (
            Option("soon", lazy("Within 210 s of the crash")),
            Option("late", lazy("Later, but before the run ends")),
            Option("never", lazy("Not before the run ends")),
        ),
        Parameters(crash="1-6"),
        _when_gone,
        removal_sentence,
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The blip; the crash lasts."""
        return (Interval(BLIP_S, BLIP_END_S, noop("blip: no heartbeat arrives")),)

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """The crash, and when the address should be gone at the latest."""
        rules = _rules(parameters)
        latest = CRASH_S + rules.lease_s + rules.sweep_s + 2 * rules.copy_s
        marks = [Mark(CRASH_S, noop("crash"))]
        if latest <= DURATION_S:
            marks.append(Mark(latest, noop("all waits at worst")))
        return marks

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the crash."""
        return {"removed_s": Cut(NEVER_S, TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Sixteen minutes with the registry, or with a fixed list."""
        crashed, instances = _fleet(parameters)
        if not protected:
            lists = fixed_list(instances, crashed, parameters.tries)
            return Half(curves_of(lists), list_totals(lists))
        registry = Registry(
            seed=seed,
            instances=instances,
            crashed=crashed,
            tries=parameters.tries,
            rules=_rules(parameters),
        )
        return Half(
            curves_of(registry.lists),
            registry_totals(registry, instances),
            registry.log,
            (timeline(registry),),
        )

    def explain(self, run: Run) -> Sequence[str]:
        """When the dead addresses were gone, what they cost, and what the blip did."""
        return [removal_sentence(run), cost_sentence(run), blip_sentence(run)]


LAB = ServiceRegistryLab()
