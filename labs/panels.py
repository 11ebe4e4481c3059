"""What the page of a lab shows, as plain values that name all they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from labs.base import (
    DEFAULT_SEED,
    Challenge,
    Event,
    Lab,
    Outcome,
    Run,
    Series,
    Tile,
    parse_parameters,
    parse_seed,
    to_query,
)
from labs.controls import Control, PresetLink, build_control, query_string
from labs.parameters import ParameterError, ParameterSet, text_of
from labs.running import run_lab


@dataclass(frozen=True, slots=True)
class Prediction:
    """The question before the run; the right answer is known only once somebody has answered."""

    question: str
    options: tuple[tuple[str, str, bool], ...]  # id, label, chosen
    verdict: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """A challenge, and how the last try went."""

    id: str
    title: str
    statement: str
    level: str
    passed_before: bool
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One series for <load-chart>, with its caption."""

    id: str
    label: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Readout:
    """Everything a run says."""

    run: Run
    query: str
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    story: tuple[str, ...]
    events: tuple[Event, ...]
    table_head: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A lab with its controls and, when the parameters could be read, the run they give."""

    lab: Lab[Any]
    element: str
    controls: tuple[Control, ...]
    seed: Control
    presets: tuple[PresetLink, ...]
    prediction: Prediction
    challenges: tuple[ChallengeView, ...]
    hidden: tuple[tuple[str, str], ...]
    readout: Readout | None = None
    problems: tuple[tuple[str, str], ...] = ()
    note: str = ""
    outcome: Outcome | None = field(default=None)


@dataclass(frozen=True, slots=True)
class _SeedSpec:
    name: str = "seed"
    label: str = "Seed"
    unit: str = ""
    minimum: float = 0
    maximum: float = 2**31 - 1
    step: float = 1
    help: str = "The same seed gives the same run to everybody."


def build_panel(
    lab: Lab[Any],
    query: Mapping[str, str],
    *,
    passed: frozenset[str] = frozenset(),
    checked: tuple[str, Outcome] | None = None,
) -> Panel:
    """Return the panel for what an address or a form asked for; bad values become problems."""
    texts = {spec.name: query[spec.name] for spec in lab.specs if spec.name in query}
    problems: list[tuple[str, str]] = []
    parameters: ParameterSet | None = _attempt(lambda: parse_parameters(lab, texts), problems)
    seed = _attempt(lambda: parse_seed(query.get("seed") or str(DEFAULT_SEED)), problems)
    readout = None
    if parameters is not None and seed is not None:
        readout = _read_out(lab, run_lab(lab, parameters, seed), _query(parameters, seed))
    canonical = to_query(parameters) if parameters is not None else None
    return Panel(
        lab=lab,
        element=f"lab-{lab.slug}",
        controls=_controls(lab, parameters, texts, dict(problems)),
        seed=build_control(
            _SeedSpec(),
            prefix=f"lab-{lab.slug}",
            text=query.get("seed") or str(DEFAULT_SEED),
            choices=(),
            errors=dict(problems),
        ),
        presets=_presets(lab, canonical),
        prediction=_prediction(lab, query.get("predict", ""), readout),
        challenges=tuple(_challenge(one, passed, checked) for one in lab.challenges),
        hidden=tuple((canonical or {}).items()),
        readout=readout,
        problems=tuple(problems),
        note=_preset_note(lab, canonical),
    )


def _attempt[T](read: Any, problems: list[tuple[str, str]]) -> Any:
    try:
        return read()
    except ParameterError as error:
        problems.extend(error.problems)
        return None


def _query(parameters: ParameterSet, seed: int) -> str:
    extra = {"seed": str(seed)} if seed != DEFAULT_SEED else {}
    return query_string(to_query(parameters) | extra)


def _controls(
    lab: Lab[Any],
    parameters: ParameterSet | None,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
) -> tuple[Control, ...]:
    source = parameters if parameters is not None else lab.defaults
    return tuple(
        build_control(
            spec,
            prefix=f"lab-{lab.slug}",
            text=text_of(getattr(source, spec.name))
            if parameters is not None or spec.name not in texts
            else texts[spec.name][:80],
            choices=[(text_of(value), label) for value, label in spec.choices.items()],
            errors=errors,
        )
        for spec in lab.specs
    )


def _presets(lab: Lab[Any], canonical: Mapping[str, str] | None) -> tuple[PresetLink, ...]:
    links = []
    for slug, preset in lab.presets.items():
        pairs = to_query(preset.parameters)
        links.append(
            PresetLink(
                slug, str(preset.label), str(preset.note), query_string(pairs), pairs == canonical
            )
        )
    return tuple(links)


def _preset_note(lab: Lab[Any], canonical: Mapping[str, str] | None) -> str:
    notes = (
        str(preset.note)
        for preset in lab.presets.values()
        if to_query(preset.parameters) == canonical
    )
    return next(notes, "")


def _prediction(lab: Lab[Any], chosen: str, readout: Readout | None) -> Prediction:
    asked = lab.prediction
    options = tuple((option.id, str(option.label), option.id == chosen) for option in asked.options)
    if readout is None or chosen not in {option.id for option in asked.options}:
        return Prediction(str(asked.question), options)
    right = asked.answer(readout.run) == chosen
    verdict = _("Right.") if right else _("Not this time.")
    return Prediction(
        str(asked.question), options, f"{verdict} {asked.because(readout.run)}".strip(), right
    )


def _challenge(
    challenge: Challenge, passed: frozenset[str], checked: tuple[str, Outcome] | None
) -> ChallengeView:
    outcome = checked[1] if checked is not None and checked[0] == challenge.id else None
    return ChallengeView(
        id=challenge.id,
        title=str(challenge.title),
        statement=str(challenge.statement),
        level=challenge.level,
        passed_before=challenge.id in passed,
        outcome=outcome,
    )


def _read_out(lab: Lab[Any], run: Run, query: str) -> Readout:
    first = run.series[0]
    return Readout(
        run=run,
        query=query,
        tiles=run.tiles,
        charts=tuple(_chart(run, series) for series in run.series),
        story=tuple(lab.explain(run)),
        events=run.events,
        table_head=(
            _("Time (s)"),
            _("%(what)s, with (%(unit)s)") % {"what": _(first.label), "unit": first.unit},
            _("%(what)s, without (%(unit)s)") % {"what": _(first.label), "unit": first.unit},
        ),
        table=_table(run, first),
    )


def _table(run: Run, series: Series) -> tuple[tuple[str, ...], ...]:
    columns: Sequence[Sequence[float | None]] = (
        run.time_s,
        series.with_pattern,
        series.without_pattern,
    )
    return tuple(
        tuple("–" if value is None else f"{value:g}" for value in row)
        for row in zip(*columns, strict=True)
    )


def _chart(run: Run, series: Series) -> Chart:
    y: dict[str, Any] = {"label": _(series.label), "unit": series.unit}
    if series.unit == "%":
        y |= {"min": 0, "max": 100}
    lines = [
        {"name": _("with"), "role": "with", "values": series.with_pattern},
        {"name": _("without"), "role": "without", "values": series.without_pattern},
    ]
    bands = [
        {"from": fault.start_s, "to": fault.end_s, "label": _(fault.label)} for fault in run.faults
    ]
    x = {"label": _("Time"), "unit": "s", "values": run.time_s}
    return Chart(
        id=series.id,
        label=_("%(what)s over time, with and without the pattern") % {"what": _(series.label)},
        data={"x": x, "y": y, "series": lines, "bands": bands},
    )
