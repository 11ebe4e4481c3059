"""What the page of a calculator shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from estimation.calculator import Bar, Calculator, Estimate
from estimation.inputs import InputError, input_specs, parse_inputs, text_of, to_query
from labs.controls import Control, PresetLink, build_control, query_string

BAR_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class BarSegment:
    """One stretch of a bar in units of an SVG that is BAR_LENGTH wide."""

    name: str
    text: str
    x: int
    width: int
    fill: str


@dataclass(frozen=True, slots=True)
class BarView:
    """A bar of what fills a capacity; ``limit`` is where the capacity ends."""

    title: str
    summary: str
    segments: tuple[BarSegment, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class EstimatePanel:
    """A calculator with its controls and the estimate they give."""

    calculator: Calculator[Any]
    place: int
    element: str
    controls: tuple[Control, ...]
    presets: tuple[PresetLink, ...]
    query: str = ""
    estimate: Estimate | None = None
    bars: tuple[BarView, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


def build_estimate(
    calculator: Calculator[Any], query: Mapping[str, str], *, place: int = 1
) -> EstimatePanel:
    """Return the panel for what an address or a form asked for; bad values become problems."""
    specs = input_specs(calculator)
    texts = {spec.name: query[spec.name] for spec in specs if spec.name in query}
    inputs: Any = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        inputs = parse_inputs(calculator, texts)
    except InputError as error:
        problems = tuple(error.problems)
    shown = inputs if inputs is not None else calculator.inputs_type()
    element = f"calculator-{calculator.slug}" + (f"-{place}" if place > 1 else "")
    controls = tuple(
        build_control(
            spec,
            prefix=element,
            text=texts[spec.name][:80]
            if inputs is None and spec.name in texts
            else text_of(getattr(shown, spec.name)),
            choices=list(spec.choices.items()),
            errors=dict(problems),
        )
        for spec in specs
    )
    pairs = to_query(inputs) if inputs is not None else None
    presets = _presets(calculator, pairs)
    if inputs is None:
        return EstimatePanel(calculator, place, element, controls, presets, problems=problems)
    estimate = calculator.compute(inputs)
    bars = tuple(_bar(bar) for bar in estimate.bars)
    return EstimatePanel(
        calculator, place, element, controls, presets, query_string(pairs or {}), estimate, bars
    )


def _presets(
    calculator: Calculator[Any], canonical: Mapping[str, str] | None
) -> tuple[PresetLink, ...]:
    links = []
    for slug, preset in calculator.presets.items():
        pairs = to_query(preset.inputs)
        links.append(
            PresetLink(
                slug, _(preset.label), _(preset.note) if preset.note else "",
                query_string(pairs), pairs == canonical,
            )
        )  # fmt: skip
    return tuple(links)


def _bar(bar: Bar) -> BarView:
    segments = []
    start = 0.0
    for number, part in enumerate(bar.parts, start=1):
        x, end = round(start * BAR_LENGTH), round((start + part.share) * BAR_LENGTH)
        segments.append(BarSegment(part.name, part.text, x, max(end - x, 1), f"fill-{number}"))
        start += part.share
    summary = ", ".join(f"{part.name} {part.text}" for part in bar.parts)
    return BarView(bar.title, summary, tuple(segments), round(bar.limit_share * BAR_LENGTH))
