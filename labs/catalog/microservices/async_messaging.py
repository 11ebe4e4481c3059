"""Async messaging: consumers that are away for half an hour, and the backlog they come back to.

*Without the pattern* the uploader waits for the result (a synchronous call). Both halves have
the same uploads with the same work times and the same poison.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

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
    Scale,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._transcoder import (
    AWAY_S,
    AXIS,
    BACK_S,
    DURATION_S,
    MINUTE_S,
    RESTART_S,
    Delivery,
    Transcoding,
)

NO_LIMIT = "none"
LEFT_MIN = (DURATION_S - BACK_S) / MINUTE_S

EVENT_TEXTS = {
    "restart begins": noop("restarts: what was in hand is lost"),
    "restart ends": noop("works again"),
    "away begins": noop("is away: what was in hand is lost"),
    "away ends": noop("is back"),
    "drained": noop("has caught up: no message waits"),
    "dead": noop("gives up on job %(job)d, which is poison"),
    "dead but good": noop("gives up on job %(job)d, though nothing is wrong with it"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are those of SQS with too few consumers to catch up."""

    per_minute: int = parameter(
        30,
        label=lazy("Uploads"),
        unit=noop("jobs/min"),
        minimum=6,
        maximum=60,
        step=1,
        help=lazy("On average; they come at random."),
    )
    mean_s: int = parameter(
        20,
        label=lazy("Work per job"),
        unit="s",
        minimum=10,
        maximum=60,
        step=5,
        help=lazy("On average. One job in seven takes half as long again or longer."),
    )
    consumers: int = parameter(
        12,
        label=lazy("Consumers"),
        unit="",
        minimum=1,
        maximum=30,
        step=1,
        help=lazy("Each does one job at a time. Twelve at 20 s a job do 36 a minute."),
    )
    keeps: str = parameter(
        "timeout",
        label=lazy("A message is delivered again"),
        choices={
            "timeout": lazy("when not done in time"),
            "session": lazy("when its consumer is dead"),
        },
        help=lazy(
            "By a visibility timeout that knows nothing of the work, or once heartbeats have "
            "stopped. What fails also comes again after this time."
        ),
    )
    again_s: int = parameter(
        30,
        label=lazy("After"),
        unit="s",
        minimum=5,
        maximum=600,
        step=5,
        help=lazy("The visibility timeout (SQS: 30 s) or the session timeout (Kafka: 45 s)."),
    )
    most: str = parameter(
        NO_LIMIT,
        label=lazy("Dead letter after"),
        choices={
            NO_LIMIT: lazy("never"),
            "1": lazy("1 delivery"),
            "2": lazy("2 deliveries"),
            "3": lazy("3 deliveries"),
            "5": lazy("5 deliveries"),
            "10": lazy("10 deliveries"),
        },
        help=lazy("A message delivered this often and still not acknowledged is set aside."),
    )
    poison: float = parameter(
        0.2,
        label=lazy("Poison jobs"),
        unit="%",
        minimum=0.0,
        maximum=5.0,
        step=0.1,
        help=lazy("Uploads that can never be transcoded."),
    )


def _delivery(parameters: Parameters) -> Delivery:
    return Delivery(
        again_s=float(parameters.again_s),
        renewed=parameters.keeps == "session",
        most=inf if parameters.most == NO_LIMIT else float(parameters.most),
    )


def _by_timeout(run: Run) -> Finding:
    by_timeout = run.parameters["keeps"] == "timeout"
    return Finding(
        _("A message is delivered again when it is not done in time"),
        _("when not done in time") if by_timeout else _("when its consumer is dead"),
        by_timeout,
    )


def _how_soon(run: Run) -> str:
    drained_min = run.totals["drained_min"]
    return "quarter" if drained_min < 40.0 else "between" if drained_min < LEFT_MIN else "half"


def _drain_sentence(run: Run) -> str:
    numbers: dict[str, Any] = {**run.totals, **run.parameters, "left": LEFT_MIN}
    if numbers["spare"] <= 0.0:
        return (
            _(
                "%(backlog)d jobs were there when the consumers came back, which can do "
                "%(capacity).4g a minute at best, and %(per_minute)d arrive: nothing is left over "
                "to work the backlog off."
            )
            % numbers
        )
    formula = _(
        "%(backlog)d jobs were there when the consumers came back: backlog ÷ (capacity − arrivals) "
        "= %(backlog)d ÷ (%(capacity).4g − %(per_minute)d) = %(drain_min).0f min."
    )
    return f"{formula % numbers} {_drained(numbers)}"


def _drained(numbers: Mapping[str, Any]) -> str:
    if not numbers["is_drained"] and numbers["drain_min"] > LEFT_MIN:
        return _("The run had %(left).0f min left.") % numbers
    sentence = (
        noop("It took %(drained_min).0f min; %(repeats).1f %% of all work was of no use.")
        if numbers["is_drained"]
        else noop(
            "It was not gone after %(left).0f min; %(repeats).1f %% of all work was of no use."
        )
    )
    return _(sentence) % numbers


THIRTY = at_least("per_minute", 30.0, noop("jobs/min"), lazy("At least 30 uploads a minute"))
TWENTY = at_least("mean_s", 20.0, "s", lazy("At least 20 s of work per job"))


class AsyncMessagingLab(Lab[Parameters]):
    """Half an hour without consumers."""

    slug = "async-messaging"
    title = lazy("Half an hour without consumers")
    pattern = lazy("Async messaging")
    group = lazy("Communication")
    version = 2
    summary = lazy(
        "The transcoder is away for thirty minutes while clips go on being uploaded. A queue keeps "
        "every one of them. Find out how long it takes to catch up, and what delivering again "
        "costs."
    )
    parameters = Parameters
    presets = {
        "sqs": Preset(
            lazy("SQS"),
            Parameters(),
            lazy(
                "Amazon SQS’s default visibility timeout of 30 s; dead letters have to be set up. "
                "Nobody extends the timeout here, as a careful consumer would."
            ),
        ),
        "kafka": Preset(
            lazy("Kafka"),
            Parameters(keeps="session", again_s=45),
            lazy(
                "The Kafka consumer’s default session timeout of 45 s (heartbeats every 3 s). This "
                "lab has no partitions: what a dead consumer held comes again message by message."
            ),
        ),
        "long-jobs": Preset(
            lazy("Jobs longer than the timeout"),
            Parameters(per_minute=10, mean_s=60, consumers=20, most="3"),
            lazy("Work of a minute behind a visibility timeout of 30 s, with dead letters."),
        ),
    }
    axis = AXIS
    event_texts = EVENT_TEXTS
    curves = (
        Curve("open", noop("Uploads not transcoded"), noop("jobs")),
        Curve("waiting", noop("Messages or callers waiting"), noop("jobs")),
        Curve("done", noop("Jobs done"), noop("jobs/min")),
        Curve("took", noop("95 % of what was done took"), "min"),
    )
    readings = (
        Reading("lost", noop("Uploads that failed"), "", "down"),
        Reading("open", noop("Still to be done at the end"), "", "down"),
        Reading("drained_min", noop("Backlog lasts after the return"), "min", "down"),
        Reading("twice", noop("Jobs done more than once"), "", "down"),
        Reading("repeats", noop("Work that was of no use"), "%", "down"),
        Reading("told_s", noop("95 % of uploaders wait up to"), "s", "down"),
    )
    challenges = (
        Challenge(
            "catch-up",
            lazy("Catch up in half an hour"),
            lazy(
                "With at least 30 uploads a minute and at least 20 s of work each, have the "
                "backlog gone within 30 min of the consumers’ return, with at most 25 consumers."
            ),
            "easy",
            (
                THIRTY,
                TWENTY,
                at_most("consumers", 25.0, "", lazy("At most 25 consumers")),
                at_most("drained_min", 30.0, "min", lazy("The backlog is gone within 30 min")),
            ),
        ),
        Challenge(
            "poison",
            lazy("Poison, and a broker without heartbeats"),
            lazy(
                "Now at least 2 % of uploads are poison and the broker has only a visibility "
                "timeout. With at least 30 uploads a minute, 20 s of work and at most 22 "
                "consumers, have the backlog gone within 40 min, at most 10 % of the work of no "
                "use, at most 10 jobs done more than once, no good job among the dead letters, and "
                "what the restart dropped in hand again within 3 min."
            ),
            "hard",
            (
                THIRTY,
                TWENTY,
                at_least("poison", 2.0, "%", lazy("At least 2 % of uploads are poison")),
                _by_timeout,
                at_most("consumers", 22.0, "", lazy("At most 22 consumers")),
                at_most("drained_min", 40.0, "min", lazy("The backlog is gone within 40 min")),
                at_most("repeats", 10.0, "%", lazy("At most 10 % of the work is of no use")),
                at_most("twice", 10.0, "", lazy("At most 10 jobs are done more than once")),
                at_most("dead_good", 0.0, "", lazy("No good job is among the dead letters")),
                at_most(
                    "back_s",
                    180.0,
                    "s",
                    lazy("What the restart dropped is in hand again within 180 s"),
                ),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Twelve consumers can do 36 jobs a minute and 30 arrive, so half an hour’s backlog "
            "takes them two and a half hours. How long do 24 consumers need?"
        ),
        (
            Option("half", lazy("About half of that: 60 min or longer")),
            Option("between", lazy("Between 40 and 60 min")),
            Option("quarter", lazy("Less than 40 min")),
        ),
        Parameters(consumers=24),
        _how_soon,
        _drain_sentence,
    )

    def scale(self, parameters: Parameters) -> Scale:
        """Minutes, as outages and backlogs are talked about."""
        return Scale(noop("Time"), "min", tuple(time / MINUTE_S for time in AXIS.times))

    def faults(self, parameters: Parameters) -> Sequence[Interval]:
        """The half hour."""
        return (Interval(AWAY_S / MINUTE_S, BACK_S / MINUTE_S, noop("consumers away")),)

    def marks(self, parameters: Parameters) -> Sequence[Mark]:
        """The restart."""
        return (Mark(RESTART_S / MINUTE_S, noop("restart")),)

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """The run ends some time after the workers’ return."""
        return {"drained_min": Cut(LEFT_MIN, TO_THE_END)}

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Two hours of uploads, through a queue or while the uploader waits."""
        model = Transcoding(
            seed=seed,
            per_minute=parameters.per_minute,
            mean_s=parameters.mean_s,
            poison=parameters.poison / 100,
            consumers=parameters.consumers,
        )
        if protected:
            model.through_queue(_delivery(parameters))
        else:
            model.while_waiting()
        curves: dict[str, Sequence[float | None]] = {
            "open": model.open_jobs(),
            "waiting": model.waiting,
            "done": model.per_minute(),
            "took": model.took_min(),
        }
        return Half(curves, model.totals(), model.log)

    def compare(
        self, parameters: Parameters, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """How much the consumers can do, and how long the formula says that catching up takes."""
        capacity = parameters.consumers * MINUTE_S / parameters.mean_s
        spare = capacity - parameters.per_minute
        drain_min = guarded["backlog"] / spare if spare > 0.0 else 0.0
        return {"capacity": capacity, "spare": spare, "drain_min": drain_min}

    def explain(self, run: Run) -> Sequence[str]:
        """What the queue saved, how the backlog went, and what delivering again did."""
        return [_saved_sentence(run), _drain_sentence(run), _again_sentence(run)]


def _saved_sentence(run: Run) -> str:
    return _(
        "Without a queue %(lost_without)d of %(jobs)d uploads failed in front of their uploaders; "
        "with it none did. Still to be done when the run ended: %(open)d; dead letters: %(dead)d."
    ) % dict(run.totals)


def _again_sentence(run: Run) -> str:
    twice = int(run.totals["twice"])
    numbers: dict[str, Any] = {**run.totals, **run.parameters}
    if not twice:
        sentence = _("No job was done twice.")
    else:
        sentence = ngettext(
            "%(twice)d job was done more than once, for its work outlasted the %(again_s)d s after "
            "which its message was delivered again.",
            "%(twice)d jobs were done more than once, for their work outlasted the %(again_s)d s "
            "after which their messages were delivered again.",
            twice,
        )
    return f"{sentence % numbers} {_back(numbers)}".rstrip()


def _back(numbers: Mapping[str, Any]) -> str:
    if not numbers["back_s"]:
        return ""
    if numbers["back_s"] >= DURATION_S - RESTART_S:
        return _("Some of what the restart at 10 min dropped was never taken up again.")
    return _("What the restart at 10 min dropped was in hand again after %(back_s).0f s.") % numbers


LAB = AsyncMessagingLab()
