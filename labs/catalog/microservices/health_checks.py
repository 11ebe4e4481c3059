"""Health checks: three hung instances to find, and a database outage to leave alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    TO_THE_END,
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
from labs.catalog.microservices._probed import (
    AXIS,
    DB_BACK_S,
    DB_S,
    DURATION_S,
    HANG_S,
    HANGING,
    INSTANCES,
    Action,
    Checks,
    Fleet,
    Look,
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults restart whatever cannot reach the database."""

    look: str = parameter(
        Look.DATABASE.value,
        label=lazy("The check looks at"),
        choices={
            Look.PROCESS.value: lazy("the process: is it there"),
            Look.SELF.value: lazy("the instance: does it answer"),
            Look.DATABASE.value: lazy("the instance and its database"),
            Look.TRAFFIC.value: lazy("requests that fail in a row"),
        },
        help=lazy("The last one sends no probes: it counts failures of real requests."),
    )
    action: str = parameter(
        Action.RESTART.value,
        label=lazy("What is ill is"),
        choices={
            Action.RESTART.value: lazy("restarted (liveness)"),
            Action.OUT.value: lazy("taken out of rotation (readiness)"),
        },
        help=lazy("A restart takes 15 s. What was taken out returns when a probe passes."),
    )
    period_s: int = parameter(
        10,
        label=lazy("Period"),
        unit="s",
        minimum=1,
        maximum=30,
        step=1,
        help=lazy("From one probe of an instance to the next; ten instances are probed."),
    )
    timeout_s: int = parameter(
        1,
        label=lazy("Probe timeout"),
        unit="s",
        minimum=1,
        maximum=10,
        step=1,
        help=lazy("A probe without an answer fails after this. Pauses last up to 4 s."),
    )
    threshold: int = parameter(
        3,
        label=lazy("Failure threshold"),
        unit="failures",
        minimum=1,
        maximum=10,
        step=1,
        help=lazy("So many failures in a row make an instance ill."),
    )
    panic: int = parameter(
        0,
        label=lazy("Panic threshold"),
        unit="%",
        minimum=0,
        maximum=100,
        step=10,
        help=lazy("With fewer instances well than this, the balancer sends to all of them."),
    )


def _checks(parameters: Parameters) -> Checks:
    return Checks(
        look=Look(parameters.look),
        action=Action(parameters.action),
        period_s=float(parameters.period_s),
        timeout_s=float(parameters.timeout_s),
        threshold=parameters.threshold,
        panic=parameters.panic / 100,
    )


def _fate(run: Run) -> str:
    share = run.totals["served_late"]
    return "hardly" if share < 10.0 else "some" if share <= 70.0 else "most"


UNHARMED = at_least(
    "no_database",
    93.0,
    "%",
    lazy("At least 93 % of requests that need no database are served from 85 s to 145 s"),
)


class HealthChecksLab(Lab[Parameters]):
    """Three instances hang, and later the database is away for a while."""

    slug = "health-checks"
    title = lazy("Three instances hang, then the database is away")
    pattern = lazy("Health checks & observability")
    group = lazy("Delivery")
    version = 2
    summary = lazy(
        "Ten instances behind a balancer. A check should find the three that hang, and soon; it "
        "should not restart the seven or ten that are well because something else is ill."
    )
    parameters = Parameters
    presets = {
        "liveness": Preset(
            lazy("Kubernetes, liveness"),
            Parameters(look=Look.SELF.value),
            lazy(
                "Kubernetes’ probe defaults: every 10 s, 1 s to answer, three failures. What the "
                "probe looks at is up to you; here, whether the instance answers."
            ),
        ),
        "readiness": Preset(
            lazy("Kubernetes, readiness"),
            Parameters(look=Look.SELF.value, action=Action.OUT.value),
            lazy(
                "The same defaults, but what fails gets no requests instead of a restart. A hung "
                "instance then stays out for good."
            ),
        ),
        "envoy": Preset(
            lazy("Envoy outlier detection"),
            Parameters(look=Look.TRAFFIC.value, action=Action.OUT.value, threshold=5, panic=50),
            lazy(
                "Envoy’s defaults: out after five failures in a row, for 30 s times the number of "
                "ejections, at most a tenth of the hosts at once, panic below 50 %. It sends no "
                "probes; here a timeout counts as a failure."
            ),
        ),
    }
    axis = AXIS
    event_texts = {
        "hangs": noop("hangs: takes requests and answers none"),
        "out": noop("is taken out of rotation"),
        "in": noop("is back in rotation"),
        "restarts": noop("is restarted"),
        "started": noop("has started"),
        "down": noop("refuses connections"),
        "back": noop("answers again"),
        "panic begins": noop("panics: only %(well)d of %(all)d are well, so it sends to all"),
        "panic ends": noop("sends only to the %(well)d of %(all)d that are well"),
    }
    curves = (
        Curve("served", noop("Requests served"), "%"),
        Curve("sent_to", noop("Instances that get requests"), noop("instances")),
        Curve("answering", noop("Instances that answer"), noop("instances")),
    )
    readings = (
        Reading("found_s", noop("Last hung instance unnoticed for"), "s", "down"),
        Reading("served_minute", noop("Served in the minute after the hang"), "%", "up"),
        Reading("no_database", noop("Served from 85 s, no database needed"), "%", "up"),
        Reading("in_vain", noop("Acted on, though not hung"), noop("times"), "down"),
        Reading("restarts", noop("Restarts"), ""),
        Reading("served", noop("Requests served in all"), "%", "up"),
    )
    challenges = (
        Challenge(
            "find-and-spare",
            lazy("Find the hung, spare the others"),
            lazy(
                "Notice all three hung instances within 15 s, and serve at least 93 % of the "
                "requests that need no database from 85 s to 145 s, through its outage."
            ),
            "easy",
            (
                at_most("found_s", 15.0, "s", lazy("All hung instances are noticed within 15 s")),
                UNHARMED,
            ),
        ),
        Challenge(
            "quick-not-nervous",
            lazy("Quick, but not nervous"),
            lazy(
                "Notice all three within 8 s, with at most five probes a second in all, and never "
                "act on an instance that is not hung: pauses last up to 4 s. Still serve 93 % of "
                "what needs no database from 85 s to 145 s."
            ),
            "hard",
            (
                at_most("found_s", 8.0, "s", lazy("All hung instances are noticed within 8 s")),
                at_most(
                    "probes_per_second",
                    5.0,
                    noop("probes/s"),
                    lazy("At most five probes a second, all instances together"),
                ),
                at_most("in_vain", 0, noop("times"), lazy("No instance is acted on but hung ones")),
                UNHARMED,
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Keep the check on the database, but take ill instances out of rotation, with a panic "
            "threshold of 50 %. In the last ten seconds of the outage all checks fail. How many "
            "requests are served then, if half of them need no database?"
        ),
        (
            Option("hardly", lazy("Hardly any: below 10 %")),
            Option("some", lazy("From 10 % to 70 %")),
            Option("most", lazy("More than 70 %")),
        ),
        Parameters(action=Action.OUT.value, panic=50),
        _fate,
        lambda run: (
            _(
                "%(with).1f %% were served. With fewer than half of the instances well, the "
                "balancer mistrusts the checks and sends to all instances again, the hung ones "
                "too; without any checks it was %(without).1f %%."
            )
            % {
                "with": run.totals["served_late"],
                "without": run.totals["served_late_without"],
            }
        ),
    )

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The database's outage."""
        return (Interval(DB_S, DB_BACK_S, noop("database away")),)

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """When three instances hang."""
        return (Mark(HANG_S, noop("three hang")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the hang."""
        return {"found_s": Cut(DURATION_S - HANG_S, TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Two and two thirds minutes with the checks or with none."""
        fleet = Fleet(seed=seed, checks=_checks(parameters) if protected else None)
        curves = {
            "served": fleet.served_percent(),
            "sent_to": fleet.sent_to,
            "answering": fleet.answering,
        }
        return Half(curves, fleet.totals(), fleet.log)

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """What probing costs, and how soon and how late it can notice."""
        is_probing = parameters.look != Look.TRAFFIC.value
        gap_s = max(parameters.period_s, parameters.timeout_s)
        soonest_s = (parameters.threshold - 1) * gap_s + parameters.timeout_s
        return {
            "probes_per_second": INSTANCES / parameters.period_s if is_probing else 0.0,
            "soonest_s": float(soonest_s),
            "latest_s": float(soonest_s + parameters.period_s),
        }

    def explain(self, run: Run) -> Sequence[str]:
        """How soon the hung were noticed, who else was hit, and what was served."""
        return [_noticed_sentence(run), _in_vain_sentence(run), _served_sentence(run.totals)]


def _noticed_sentence(run: Run) -> str:
    found, look = int(run.totals["found"]), Look(str(run.parameters["look"]))
    words = {
        "first": run.totals["found_first_s"],
        "last": run.totals["found_s"],
        "found": found,
        "all": len(HANGING),
        "threshold": run.parameters["threshold"],
        "soonest": run.totals["soonest_s"],
        "latest": run.totals["latest_s"],
        "period": run.parameters["period_s"],
        "timeout": run.parameters["timeout_s"],
        "gap": max(run.number("period_s"), run.number("timeout_s")),
    }
    if look is Look.PROCESS:
        return _("Nothing was noticed: the process of a hung instance is there all the time.")
    if look is Look.TRAFFIC:
        counted = _(
            "Failing requests (%(threshold)d in a row needed) gave away %(found)d of the %(all)d "
            "hung instances."
        )
        cap = _("Only one of the ten may be out of rotation at a time.")
        is_capped = run.parameters["action"] == Action.OUT.value
        return f"{counted % words} {cap}" if is_capped else counted % words
    noticed = _noticed(words)
    law = _(
        "These settings allow for %(soonest)d s to %(latest)d s: %(gap)d s for each failure but "
        "the first, %(timeout)d s for the timeout, and up to %(period)d s until the first."
    )
    return f"{noticed} {law % words}"


def _noticed(words: Mapping[str, object]) -> str:
    if words["found"] == words["all"]:
        sentence = noop(
            "The %(all)d hung instances were noticed %(first).1f s to %(last).1f s after they hung."
        )
    elif words["found"]:
        sentence = noop(
            "Hung instances noticed before the run ended: %(found)d of %(all)d, the first "
            "%(first).1f s after it hung."
        )
    else:
        sentence = noop("None of the %(all)d hung instances was noticed before the run ended.")
    return _(sentence) % words


def _in_vain_sentence(run: Run) -> str:
    hit, probes = int(run.totals["in_vain"]), run.totals["probes_per_second"]
    cost = _("The checks send %(probes).1f probes a second.") % {"probes": probes}
    if not probes:
        cost = _("No probes are sent.")
    if not hit:
        return f"{_('No instance was acted on but hung ones.')} {cost}"
    sentence = ngettext(
        "Once an instance was acted on that was not hung (while the database was away: "
        "%(database)d).",
        "%(hit)d times an instance was acted on that was not hung, %(database)d of them while the "
        "database was away.",
        hit,
    ) % {"hit": hit, "database": run.totals["in_vain_database"]}
    return f"{sentence} {cost}"


def _served_sentence(totals: Mapping[str, float]) -> str:
    return _(
        "Of the requests from 85 s to 145 s that needed no database, %(with).1f %% were served, "
        "and %(without).1f %% without any checks; in the whole run %(all).1f %% of requests "
        "against %(all_without).1f %%."
    ) % {
        "with": totals["no_database"],
        "without": totals["no_database_without"],
        "all": totals["served"],
        "all_without": totals["served_without"],
    }


LAB = HealthChecksLab()
