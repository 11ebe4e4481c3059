"""What a run says, as plain values and rows of HTML for the page of its lab."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labs.base import Cut, Event, Lab, Run, Series, Table, Tile
from labs.results import Tone, Verdict


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
    figure: str
    unit: str
    without: str
    is_cut: bool = False
    change: str = ""
    verdict: Verdict = "same"


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


def read_out(lab: Lab[Any], run: Run, query: str, before: Run | None) -> Readout:
    """Return what the page shows of a run; tiles tell the change against `before`."""
    return Readout(
        run=run,
        query=query,
        tiles=tuple(_tile(lab, run, tile, before) for tile in run.tiles),
        charts=tuple(_chart(run, series) for series in run.series),
        tables=tuple(_table_view(table) for table in run.tables),
        story=tuple(lab.explain(run)),
        log=_log(run),
        table_head=_table_head(run),
        table_body=_table_body(run),
    )


def _tile(lab: Lab[Any], run: Run, tile: Tile, before: Run | None) -> TileView:
    cut = lab.cuts(run).get(tile.id)
    beyond = _beyond(tile, tile.value, cut)
    figure, _space, unit = (beyond, "", "") if beyond else tile.text.partition(" ")
    without = _beyond(tile, tile.without_pattern, cut) or tile.without_text
    if before is None or beyond or _is_cut(lab, before, tile.id):
        return TileView(tile, figure, unit, without, is_cut=bool(beyond))
    other = before.tile(tile.id).value
    # its unit stands before it already
    change = tile.change_from(other).removesuffix(f" {unit}" if unit else "")
    verdict = tile.verdict_against(other)
    return TileView(tile, figure, unit, without, change=change, verdict=verdict)


def _beyond(tile: Tile, value: float, cut: Cut | None) -> str:
    """What to say of a time that the end of the run cut off; empty for any other value."""
    if cut is None or value < cut.at:
        return ""
    return str(cut.text) % {"time": f"{cut.at:g} {tile.unit}"}


def _is_cut(lab: Lab[Any], run: Run, tile_id: str) -> bool:
    cut = lab.cuts(run).get(tile_id)
    return cut is not None and run.tile(tile_id).value >= cut.at


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
    words = _localised(cell.text for row in table.rows for cell in row)
    rows = (
        "".join(_cell(cell.tone, words[cell.text], place) for place, cell in enumerate(row))
        for row in table.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return TableView(_(table.caption), head, mark_safe(body))  # noqa: S308 - cells are escaped


def _localised(texts: Iterable[str]) -> dict[str, str]:
    """Each text in the reader's language; most come several times, and translating is slow."""
    return {text: _(text) if text else "" for text in set(texts)}


def _cell(tone: Tone, words: str, place: int) -> str:
    text = escape(words)
    if place == 0:
        return f'<th scope="row">{text}</th>'
    return f'<td class="{tone}">{text}</td>' if tone else f"<td>{text}</td>"


def _log(run: Run) -> SafeString:
    """What changed its state, line by line; empty when nothing did."""
    words = _localised(event.message for event in run.events)
    lines = (
        f"<li><time>{_moment(run, event)}</time><span>{escape(_what(event, words))}</span></li>"
        for event in run.events
    )
    return mark_safe("".join(lines))  # noqa: S308 - escaped above


def _moment(run: Run, event: Event) -> str:
    if run.clock == "s":
        return f"{event.at:.2f} s"
    return str(escape(_("Step %(number)d") % {"number": event.at}))


def _what(event: Event, words: Mapping[str, str]) -> str:
    happened = words[event.message] % dict(event.values)
    return f"{event.component}: {happened}" if event.component else happened


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
