"""What the page of a lab shows, as plain values that name all they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labs.base import (
    DEFAULT_SEED,
    Cell,
    Challenge,
    Event,
    Lab,
    Outcome,
    Run,
    Series,
    Table,
    Tile,
    parse_parameters,
    parse_seed,
    to_query,
)
from labs.controls import Control, PresetLink, build_control, query_string
from labs.parameters import ParameterError, ParameterSet, text_of
from labs.results import Verdict
from labs.running import Allow, kept_run, run_lab

LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class PredictionOption:
    """An answer to the prediction, and the query that gives it and runs what it was about."""

    id: str
    label: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PredictionView:
    """The question before the run; the right answer is known only once somebody has answered."""

    question: str
    options: tuple[PredictionOption, ...]
    verdict: str = ""
    because: str = ""
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
class TileView:
    """A tile, and what changed against the run the reader saw before, when there was one."""

    tile: Tile
    change: str = ""
    verdict: Verdict = "same"

    @property
    def figure(self) -> str:
        """The number without its unit."""
        return self.tile.text.partition(" ")[0]

    @property
    def unit(self) -> str:
        """The unit alone; it is set smaller."""
        return self.tile.text.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of the run: its caption, the cells of its head, and its rows as HTML."""

    caption: str
    head: tuple[str, ...]
    body: SafeString


@dataclass(frozen=True, slots=True)
class Readout:
    """Everything a run says."""

    run: Run
    query: str
    tiles: tuple[TileView, ...]
    charts: tuple[Chart, ...]
    tables: tuple[TableView, ...]
    story: tuple[str, ...]
    log: SafeString
    table_head: tuple[str, ...]
    table_body: SafeString


@dataclass(frozen=True, slots=True)
class Panel:
    """A lab with its controls and, when the parameters could be read, the run they give."""

    lab: Lab[Any]
    place: int
    element: str
    controls: tuple[Control, ...]
    seed: Control
    presets: tuple[PresetLink, ...]
    prediction: PredictionView
    challenges: tuple[ChallengeView, ...]
    hidden: tuple[tuple[str, str], ...]
    readout: Readout | None = None
    problems: tuple[tuple[str, str], ...] = ()
    note: str = ""


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
    place: int = 1,
    passed: frozenset[str] = frozenset(),
    checked: tuple[str, Outcome] | None = None,
    allow: Allow = lambda: True,
) -> Panel:
    """Return the panel for what an address or a form asked for; bad values become problems.

    `allow` is asked before a run that is not in the cache; raises TooManyRunsError when it says no.
    """
    texts = {spec.name: query[spec.name] for spec in lab.specs if spec.name in query}
    problems: list[tuple[str, str]] = []
    parameters: ParameterSet | None = _attempt(lambda: parse_parameters(lab, texts), problems)
    seed = _attempt(lambda: parse_seed(query.get("seed") or str(DEFAULT_SEED)), problems)
    readout = None
    if parameters is not None and seed is not None:
        run = run_lab(lab, parameters, seed, allow=allow)
        readout = _read_out(lab, run, _query(parameters, seed), _run_before(lab, query))
    canonical = to_query(parameters) if parameters is not None else None
    element = element_of(lab, place)
    errors = dict(problems)
    return Panel(
        lab=lab,
        place=place,
        element=element,
        controls=_controls(lab, element, parameters, texts, errors),
        seed=build_control(
            _SeedSpec(),
            prefix=element,
            text=query.get("seed") or str(DEFAULT_SEED),
            choices=(),
            errors=errors,
        ),
        presets=_presets(lab, canonical),
        prediction=_prediction(lab, query.get("predict", ""), parameters, readout),
        challenges=tuple(_challenge(one, passed, checked) for one in lab.challenges),
        hidden=tuple((canonical or {}).items()),
        readout=readout,
        problems=tuple(problems),
        note=_preset_note(lab, canonical),
    )


def element_of(lab: Lab[Any], place: int) -> str:
    """The id of a lab's element; `place` tells the same lab apart when a lesson has it twice."""
    return f"lab-{lab.slug}" if place == 1 else f"lab-{lab.slug}-{place}"


def _run_before(lab: Lab[Any], query: Mapping[str, str]) -> Run | None:
    """The run the reader saw last, if the page says which and the cache still has it."""
    pairs = dict(parse_qsl(query.get("before", "")[:LONGEST_QUERY].removeprefix("?")))
    if "before" not in query:
        return None
    try:
        seed = parse_seed(pairs.pop("seed", str(DEFAULT_SEED)))
        return kept_run(lab, parse_parameters(lab, pairs), seed)
    except ParameterError:
        return None


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
    element: str,
    parameters: ParameterSet | None,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
) -> tuple[Control, ...]:
    source = parameters if parameters is not None else lab.defaults
    return tuple(
        build_control(
            spec,
            prefix=element,
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


def _prediction(
    lab: Lab[Any], chosen: str, parameters: ParameterSet | None, readout: Readout | None
) -> PredictionView:
    asked = lab.prediction
    pairs = to_query(asked.parameters)
    options = tuple(
        PredictionOption(
            option.id,
            str(option.label),
            query_string(pairs | {"predict": option.id}),
            option.id == chosen,
        )
        for option in asked.options
    )
    is_answered = chosen in {option.id for option in asked.options}
    if readout is None or not is_answered or parameters != asked.parameters:
        return PredictionView(str(asked.question), options)
    right = asked.answer(readout.run) == chosen
    verdict = _("Right.") if right else _("Not this time.")
    return PredictionView(
        str(asked.question), options, verdict, asked.because(readout.run), right=right
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


def _read_out(lab: Lab[Any], run: Run, query: str, before: Run | None) -> Readout:
    return Readout(
        run=run,
        query=query,
        tiles=tuple(_tile(tile, before) for tile in run.tiles),
        charts=tuple(_chart(run, series) for series in run.series),
        tables=tuple(_table_view(table) for table in run.tables),
        story=tuple(lab.explain(run)),
        log=_log(run),
        table_head=_table_head(run),
        table_body=_table_body(run),
    )


def _tile(tile: Tile, before: Run | None) -> TileView:
    if before is None:
        return TileView(tile)
    other = before.tile(tile.id).value
    return TileView(tile, tile.change_from(other), tile.verdict_against(other))


def _table_head(run: Run) -> tuple[str, ...]:
    first, scale = run.series[0], run.scale
    unit = f" ({_unit(first.unit)})" if first.unit else ""
    place = f"{_(scale.label)} ({_unit(scale.unit)})" if scale.unit else _(scale.label)
    named = {"what": _(first.label), "unit": unit}
    return (
        place,
        _("%(what)s, with%(unit)s") % named,
        _("%(what)s, without%(unit)s") % named,
    )


# Hundreds of cells and lines: a template takes longer over them than over all the rest.


def _table_body(run: Run) -> SafeString:
    """The data of the first chart: a place on the scale, with and without the pattern."""
    first = run.series[0]
    places = [_(name) for name in run.scale.names] or [f"{place:g}" for place in run.scale.values]
    rows = zip(
        map(escape, places),
        map(_number, first.with_pattern),
        map(_number, first.without_pattern),
        strict=True,
    )
    cells = ("".join(f'<td class="num">{cell}</td>' for cell in row) for row in rows)
    return mark_safe("".join(f"<tr>{row}</tr>" for row in cells))  # noqa: S308 - escaped, numbers


def _table_view(table: Table) -> TableView:
    head = tuple(_(text) if text else "" for text in table.head)
    rows = ("".join(_cell(cell, place) for place, cell in enumerate(row)) for row in table.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return TableView(_(table.caption), head, mark_safe(body))  # noqa: S308 - cells are escaped


def _cell(cell: Cell, place: int) -> str:
    text = escape(_(cell.text)) if cell.text else ""
    if place == 0:
        return f'<th scope="row">{text}</th>'
    return f'<td class="{cell.tone}">{text}</td>' if cell.tone else f"<td>{text}</td>"


def _log(run: Run) -> SafeString:
    """What changed its state, line by line; empty when nothing did."""
    lines = (
        f"<li><time>{_moment(run, event)}</time><span>{escape(_what(event))}</span></li>"
        for event in run.events
    )
    return mark_safe("".join(lines))  # noqa: S308 - escaped above


def _moment(run: Run, event: Event) -> str:
    if run.clock == "s":
        return f"{event.at:.2f} s"
    return str(escape(_("Step %(number)d") % {"number": event.at}))


def _what(event: Event) -> str:
    return f"{event.component}: {event.localised}" if event.component else event.localised


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"


def _chart(run: Run, series: Series) -> Chart:
    scale = run.scale
    y: dict[str, Any] = {"label": _(series.label), "unit": _unit(series.unit)}
    if series.unit == "%":
        y |= {"min": 0, "max": 100}
    x = {"label": _(scale.label), "unit": _unit(scale.unit), "values": scale.values}
    if scale.names:
        x["names"] = [_(name) for name in scale.names]
    lines = [
        {"name": _("with"), "role": "with", "values": series.with_pattern},
        {"name": _("without"), "role": "without", "values": series.without_pattern},
    ]
    bands = [{"from": one.start, "to": one.end, "label": _(one.label)} for one in run.faults]
    marks = [{"at": one.at, "label": _(one.label)} for one in run.marks]
    title = _("%(what)s, with and without the pattern") % {"what": _(series.label)}
    data = {"x": x, "y": y, "series": lines, "bands": bands, "marks": marks}
    return Chart(id=series.id, label=title, data=data)


def _unit(unit: str) -> str:
    return _(unit) if unit else ""
