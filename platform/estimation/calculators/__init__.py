"""The calculators, by slug."""

from typing import Any

from estimation.calculator import (
    Bar,
    BarPart,
    Calculator,
    Estimate,
    Preset,
    Result,
    Step,
    Tone,
    estimate_to_data,
)
from estimation.calculators.inference_memory import InferenceMemory

__all__ = [
    "Bar",
    "BarPart",
    "Calculator",
    "Estimate",
    "Preset",
    "Result",
    "Step",
    "Tone",
    "all_calculators",
    "estimate_to_data",
    "get_calculator",
]

_ALL: tuple[Calculator[Any], ...] = (InferenceMemory(),)


def all_calculators() -> tuple[Calculator[Any], ...]:
    """Every calculator, in the order a catalogue shows them."""
    return _ALL


def get_calculator(slug: str) -> Calculator[Any]:
    """The calculator called `slug`; raises `KeyError` when there is none."""
    for calculator in _ALL:
        if calculator.slug == slug:
            return calculator
    raise KeyError(slug)
