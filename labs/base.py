"""What a lab is. One module in `labs/catalog/` holds one lab and assigns it to `LAB`.

`docs/labs.md` shows how to write one. Nothing here knows about requests, forms or tables.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

from django.utils.translation import gettext_lazy as lazy

from labs.parameters import (
    ParameterError,
    ParameterSet,
    Spec,
    Text,
    Value,
    parameter,
    parse,
    parse_seed,
    specs,
    to_query,
    values,
)
from labs.readings import Axis, told
from labs.results import (
    Cell,
    Clock,
    Event,
    Good,
    Interval,
    Mark,
    Run,
    Scale,
    Series,
    Table,
    Tile,
    format_value,
)
from simulation import EventLog

__all__ = [
    "DEFAULT_SEED",
    "TO_THE_END",
    "Axis",
    "Cell",
    "Challenge",
    "Clock",
    "Curve",
    "Cut",
    "Event",
    "Finding",
    "Half",
    "Interval",
    "Lab",
    "Mark",
    "Option",
    "Outcome",
    "ParameterError",
    "Prediction",
    "Preset",
    "Reading",
    "Run",
    "Scale",
    "Series",
    "Spec",
    "Table",
    "Tile",
    "Value",
    "at_least",
    "at_most",
    "challenge_seeds",
    "check_challenge",
    "format_value",
    "parameter",
    "parse_parameters",
    "parse_seed",
    "to_query",
    "values",
]

DEFAULT_SEED = 42
CHALLENGE_RUNS = 3


@dataclass(frozen=True, slots=True)
class Preset[P: ParameterSet]:
    """A named parameter set, with a sentence on where it comes from."""

    label: Text
    parameters: P
    note: Text = ""


class Finding(NamedTuple):
    """One criterion of a challenge held against one run."""

    criterion: str
    measured: str
    passed: bool


type Criterion = Callable[[Run], Finding]


@dataclass(frozen=True, slots=True)
class Challenge:
    """A task with objective criteria; the server holds it against runs with unseen seeds."""

    id: str
    title: Text
    statement: Text
    level: Literal["easy", "hard"]
    criteria: Sequence[Criterion]

    def check(self, run: Run) -> tuple[Finding, ...]:
        """Hold every criterion against one run."""
        return tuple(criterion(run) for criterion in self.criteria)


def at_least(name: str, least: float, unit: str, text: Text) -> Criterion:
    """A criterion on a total (or a parameter that is a number), which must reach `least`."""
    return lambda run: _finding(
        run.number(name), least, unit, text, passed=run.number(name) >= least
    )


def at_most(name: str, most: float, unit: str, text: Text) -> Criterion:
    """A criterion on a total (or a parameter that is a number), which must not exceed `most`."""

    def criterion(run: Run) -> Finding:
        value = run.number(name)
        return _finding(value, most, unit, text, passed=value <= most)

    return criterion


def _finding(value: float, limit: float, unit: str, text: Text, *, passed: bool) -> Finding:
    measured = format_value(value, unit)
    if not passed and measured == format_value(limit, unit):
        measured = f"{value:.6g} {unit}".rstrip()  # rounded, it would look as if it had passed
    return Finding(str(text), measured, passed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A challenge tried with one parameter set: the findings of every run."""

    seeds: tuple[int, ...]
    findings: tuple[tuple[Finding, ...], ...]

    @property
    def passed(self) -> bool:
        """Whether every criterion held in every run."""
        return all(finding.passed for findings in self.findings for finding in findings)

    @property
    def worst(self) -> tuple[Finding, ...]:
        """The findings of the run that failed most criteria (the first such run)."""
        return min(self.findings, key=lambda findings: sum(one.passed for one in findings))


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to a prediction."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Prediction[P: ParameterSet]:
    """A question about a run that the reader has not seen: that of `parameters`.

    `answer` gives the id of the right option and `because` a sentence, both from that run.
    """

    question: Text
    options: Sequence[Option]
    parameters: P
    answer: Callable[[Run], str]
    because: Callable[[Run], str]


class Curve(NamedTuple):
    """A series every run of a lab has: its id, what it measures, and in which unit."""

    id: str
    label: str
    unit: str


class Reading(NamedTuple):
    """A tile every run of a lab has; `id` names the total it shows."""

    id: str
    label: str
    unit: str
    good: Good = "neither"


TO_THE_END = lazy("to the end, %(time)s")


class Cut(NamedTuple):
    """Where the end of the run cuts a tile's time off.

    A tile that shows `at` or more, in its own unit, says `text` instead of a number.
    """

    at: float
    text: Text = lazy("not within %(time)s")


@dataclass(frozen=True, slots=True)
class Half:
    """What the half of a run with the pattern, or the half without it, measured.

    `curves` holds the points of each `Curve` by id, `totals` raw numbers by name.
    """

    curves: Mapping[str, Sequence[float | None]]
    totals: Mapping[str, float]
    log: EventLog = field(default_factory=EventLog)
    tables: Sequence[Table] = ()


class Lab[P: ParameterSet](ABC):
    """A seeded experiment about one pattern.

    `version` goes up whenever the same parameters and seed would give other numbers, so that
    cached runs and recorded challenges can tell. `event_texts` says each kind of event of the
    log in words. The tables shown are those of the half with the pattern. `is_exact` labs count
    instead of drawing lots: their runs are the same for every seed.
    """

    slug: ClassVar[str]
    title: ClassVar[Text]
    pattern: ClassVar[Text]
    group: ClassVar[Text]
    version: ClassVar[int]
    summary: ClassVar[Text]
    parameters: type[P]
    presets: Mapping[str, Preset[P]]
    challenges: Sequence[Challenge]
    prediction: Prediction[P]
    curves: ClassVar[Sequence[Curve]]
    readings: ClassVar[Sequence[Reading]]
    axis: ClassVar[Axis] = Axis(width_s=0.5, count=120)
    event_texts: ClassVar[Mapping[str, str]] = {}
    clock: ClassVar[Clock] = "s"
    is_exact: ClassVar[bool] = False

    @abstractmethod
    def half(self, parameters: P, *, seed: int, protected: bool) -> Half:
        """Run the experiment with the pattern (`protected`) or without it.

        Both halves must draw the same arrivals and the same luck from `seed`.
        """

    @abstractmethod
    def explain(self, run: Run) -> Sequence[str]:
        """Two or three sentences in the reader's language, computed from the run."""

    def scale(self, parameters: P) -> Scale:
        """The horizontal axis; time, unless a lab says otherwise."""
        return self.axis.scale

    def faults(self, parameters: P) -> Sequence[Interval]:
        """What goes wrong, and where on the scale."""
        return ()

    def marks(self, parameters: P) -> Sequence[Mark]:
        """Places on the scale worth a line."""
        return ()

    def compare(
        self, parameters: P, guarded: Mapping[str, float], bare: Mapping[str, float]
    ) -> Mapping[str, float]:
        """More totals, from those of both halves."""
        return {}

    def cuts(self, run: Run) -> Mapping[str, Cut]:
        """For tiles of times that may outlast the run: what then is left of it, by tile."""
        return {}

    def simulate(self, parameters: P, *, seed: int) -> Run:
        """Run the experiment with and without the pattern on common random numbers."""
        guarded = self.half(parameters, seed=seed, protected=True)
        bare = self.half(parameters, seed=seed, protected=False)
        totals = {**guarded.totals, **{f"{name}_without": n for name, n in bare.totals.items()}}
        totals |= self.compare(parameters, guarded.totals, bare.totals)
        events, left_out = told(guarded.log, self.event_texts)
        return Run(
            slug=self.slug,
            version=self.version,
            seed=seed,
            parameters=values(parameters),
            scale=self.scale(parameters),
            series=tuple(_series(curve, guarded, bare) for curve in self.curves),
            faults=tuple(self.faults(parameters)),
            marks=tuple(self.marks(parameters)),
            tables=tuple(guarded.tables),
            tiles=tuple(_tile(reading, totals) for reading in self.readings),
            clock=self.clock,
            events=events,
            events_left_out=left_out,
            totals=totals,
        )

    def run(self, parameters: P, *, seed: int = DEFAULT_SEED) -> Run:
        """The run in canonical form: equal to what its own JSON reads back as."""
        return Run.from_json(self.simulate(parameters, seed=seed).to_json())

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The controls, in the order they should be shown."""
        return specs(self.parameters)

    @property
    def defaults(self) -> P:
        """The parameters of the first view."""
        return self.parameters()

    def challenge(self, challenge_id: str) -> Challenge:
        """The challenge with this id; raises KeyError when the lab has none."""
        return {challenge.id: challenge for challenge in self.challenges}[challenge_id]


def _series(curve: Curve, guarded: Half, bare: Half) -> Series:
    points = (tuple(half.curves[curve.id]) for half in (guarded, bare))
    return Series(curve.id, curve.label, curve.unit, *points)


def _tile(reading: Reading, totals: Mapping[str, float]) -> Tile:
    name, label, unit, good = reading
    return Tile(name, label, totals[name], unit, totals[f"{name}_without"], good)


def parse_parameters[P: ParameterSet](lab: Lab[P], texts: Mapping[str, str]) -> P:
    """Parameters from untrusted text; raises ParameterError with (field, sentence) pairs.

    Give it only what is meant as a parameter: any other name is refused as unknown.
    """
    return parse(lab.parameters, texts)


def challenge_seeds(lab: Lab[Any], challenge: Challenge) -> tuple[int, ...]:
    """The seeds a challenge is judged on: the same for everybody, and none that a page shows."""
    text = f"{lab.slug}/{lab.version}/{challenge.id}"
    digest = hashlib.sha256(text.encode()).digest()
    chunks = (digest[start : start + 4] for start in range(0, 4 * CHALLENGE_RUNS, 4))
    return tuple(int.from_bytes(chunk) // 2 for chunk in chunks)


def check_challenge[P: ParameterSet](
    lab: Lab[P], challenge: Challenge, parameters: P, *, seeds: Sequence[int]
) -> Outcome:
    """Run the lab once per seed and hold the challenge's criteria against each run."""
    runs = (lab.run(parameters, seed=seed) for seed in seeds)
    return Outcome(tuple(seeds), tuple(challenge.check(run) for run in runs))
