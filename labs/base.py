"""What a lab is. One module in `labs/catalog/` holds one lab and assigns it to `LAB`.

`docs/labs.md` shows how to write one. Nothing here knows about requests, forms or tables.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

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
from labs.results import (
    Event,
    Good,
    Interval,
    Run,
    Series,
    Tile,
    format_value,
    limited,
)

__all__ = [
    "DEFAULT_SEED",
    "Challenge",
    "Event",
    "Finding",
    "Good",
    "Interval",
    "Lab",
    "Option",
    "Outcome",
    "ParameterError",
    "Prediction",
    "Preset",
    "Run",
    "Series",
    "Spec",
    "Tile",
    "Value",
    "challenge_seeds",
    "check_challenge",
    "format_value",
    "limited",
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


@dataclass(frozen=True, slots=True)
class Challenge:
    """A task with an objective check; the server holds it against runs with unseen seeds."""

    id: str
    title: Text
    statement: Text
    level: Literal["easy", "hard"]
    check: Callable[[Run], Sequence[Finding]]


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
class Prediction:
    """A question to answer before running; `answer` gives the id of the right option."""

    question: Text
    options: Sequence[Option]
    answer: Callable[[Run], str]
    because: Callable[[Run], str] = field(default=lambda _run: "")


class Lab[P: ParameterSet](ABC):
    """A seeded experiment about one pattern.

    `version` goes up whenever the same parameters and seed would give other numbers, so that
    cached runs and recorded challenges can tell.
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
    prediction: Prediction

    @abstractmethod
    def simulate(self, parameters: P, *, seed: int) -> Run:
        """Run the experiment with and without the pattern on common random numbers."""

    @abstractmethod
    def explain(self, run: Run) -> Sequence[str]:
        """Two or three sentences in the reader's language, computed from the run."""

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
    return Outcome(tuple(seeds), tuple(tuple(challenge.check(run)) for run in runs))
