"""What a calculator is: inputs in, a chain of steps with units out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from estimation.formatting import format_quantity
from estimation.quantity import Quantity


@dataclass(frozen=True)
class Preset[Inputs]:
    """Inputs worth starting from, with the name a menu shows and where they come from."""

    label: str
    inputs: Inputs
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the estimate: what is worked out, in words, in numbers, and the outcome."""

    name: str
    formula: str  # in words: “parameters × bytes per weight”
    arithmetic: str  # the same with numbers put in
    result: Quantity

    @property
    def text(self) -> str:
        """The outcome as a person would write it."""
        return format_quantity(self.result)


class Tone(StrEnum):
    """How a result should strike the reader."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Result:
    """A headline figure; `text` stands large, `note` explains it in a few words."""

    name: str
    value: Quantity
    text: str
    note: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class BarPart:
    """One stretch of a bar; `share` is its part of the bar's full length, in [0, 1]."""

    name: str
    value: Quantity
    text: str
    share: float


@dataclass(frozen=True)
class Bar:
    """What fills a capacity. `length` is the whole bar, `capacity` where the limit stands on it.

    The bar is as long as the larger of the capacity and the sum of the parts, so that an overflow
    can be seen; `limit_share` is the place of the capacity in [0, 1].
    """

    title: str
    parts: tuple[BarPart, ...]
    capacity: Quantity
    limit_share: float


@dataclass(frozen=True)
class Estimate:
    """The outcome of a calculator: headlines, the steps that lead to them, sentences, bars."""

    results: tuple[Result, ...]
    steps: tuple[Step, ...]
    sentences: tuple[str, ...]
    bars: tuple[Bar, ...] = ()


class Calculator[Inputs](Protocol):
    """A formula with its inputs; the same inputs always give the same estimate.

    `inputs_type` is a frozen dataclass whose fields were made with
    `estimation.inputs.input_field`. `title`, `summary`, preset labels and the fields' words are
    marked for translation: whoever shows them translates them. `version` changes when the same
    inputs could give another estimate.
    """

    @property
    def slug(self) -> str:
        """Names the calculator in addresses and in content."""

    @property
    def title(self) -> str:
        """The name on the page."""

    @property
    def summary(self) -> str:
        """One sentence: what it works out."""

    @property
    def version(self) -> int:
        """The version of the formula."""

    @property
    def inputs_type(self) -> type[Inputs]:
        """The dataclass of inputs; called without arguments it gives the defaults."""

    @property
    def presets(self) -> Mapping[str, Preset[Inputs]]:
        """Named inputs by slug, the default first."""

    def compute(self, inputs: Inputs) -> Estimate:
        """The estimate for `inputs`."""


def make_bar(title: str, parts: list[tuple[str, Quantity]], capacity: Quantity) -> Bar:
    """A bar of `parts` against `capacity`, all in the unit of the capacity."""
    total = sum(part.to(capacity.unit).value for _, part in parts)
    length = max(total, capacity.value) or 1.0
    return Bar(
        title=title,
        parts=tuple(
            BarPart(name, part, format_quantity(part), part.to(capacity.unit).value / length)
            for name, part in parts
        ),
        capacity=capacity,
        limit_share=capacity.value / length,
    )


def estimate_to_data(estimate: Estimate) -> dict[str, Any]:
    """The JSON form of an estimate."""
    return {
        "results": [
            {
                "name": result.name,
                "value": result.value.value,
                "unit": result.value.unit,
                "text": result.text,
                "note": result.note,
                "tone": str(result.tone),
            }
            for result in estimate.results
        ],
        "steps": [
            {
                "name": step.name,
                "formula": step.formula,
                "arithmetic": step.arithmetic,
                "value": step.result.value,
                "unit": step.result.unit,
                "text": step.text,
            }
            for step in estimate.steps
        ],
        "sentences": list(estimate.sentences),
        "bars": [_bar_to_data(bar) for bar in estimate.bars],
    }


def _bar_to_data(bar: Bar) -> dict[str, Any]:
    return {
        "title": bar.title,
        "capacity": format_quantity(bar.capacity),
        "limit_share": bar.limit_share,
        "parts": [
            {"name": part.name, "text": part.text, "share": part.share} for part in bar.parts
        ],
    }
