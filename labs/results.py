"""What a run of a lab gives: plain values, JSON in and out, the same bytes anywhere.

Every text in a run is in the source language, so that a cached run serves readers of every
language; `Event.localised` and `{% translate tile.label %}` translate when it is shown.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

from django.utils.translation import gettext

from labs.parameters import Value

MOST_POINTS = 120
MOST_EVENTS = 60
MOST_ROWS = 40
DECIMALS = 6

type Good = Literal["up", "down", "neither"]
type Verdict = Literal["better", "worse", "same"]
type Tone = Literal["", "good", "bad"]
type Clock = Literal["s", "step"]


@dataclass(frozen=True, slots=True)
class Scale:
    """The horizontal axis all series of a run share, with ascending `values` in `unit`.

    With `names`, one per value, the axis counts things instead of measuring: bars, not lines.
    """

    label: str
    unit: str
    values: tuple[float, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One measured quantity along the run's scale; None where there was nothing to measure."""

    id: str
    label: str
    unit: str
    with_pattern: tuple[float | None, ...]
    without_pattern: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of the run's scale in which something was wrong, such as an outage."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the run's scale worth a line, such as a limit or the reader's own setting."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a table; `tone` adds colour to what `text` says."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What fits no chart: a matrix, a sequence of steps. The first cell of a row names it.

    `head`, `caption` and cells that are words are in the source language.
    """

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A change of state worth telling; `message` has %(name)s places for `values`.

    `at` is in the unit of the run's clock: seconds, or a step counted from 1.
    """

    at: float
    component: str
    message: str
    values: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """The event in the source language."""
        return self.message % dict(self.values)

    @property
    def localised(self) -> str:
        """The event in the reader's language."""
        return gettext(self.message) % dict(self.values)


@dataclass(frozen=True, slots=True)
class Tile:
    """One read-out, with the same quantity in the run without the pattern beside it.

    `value` and `without_pattern` are in `unit`; `good` says in which direction better lies.
    """

    id: str
    label: str
    value: float
    unit: str
    without_pattern: float
    good: Good = "neither"

    @property
    def text(self) -> str:
        """The value as shown, with its unit."""
        return format_value(self.value, self.unit)

    @property
    def without_text(self) -> str:
        """The value without the pattern as shown, with its unit."""
        return format_value(self.without_pattern, self.unit)

    @property
    def change_text(self) -> str:
        """The difference the pattern makes, signed, in the tile's unit."""
        return self.change_from(self.without_pattern)

    @property
    def verdict(self) -> Verdict:
        """Whether the pattern made this quantity better."""
        return self.verdict_against(self.without_pattern)

    def change_from(self, other: float) -> str:
        """The signed difference to another value of the same quantity."""
        difference = self.value - other
        if format_value(difference, self.unit) == format_value(0.0, self.unit):
            return "±0"
        sign = "+" if difference > 0 else "−"
        text = format_value(abs(difference), self.unit)
        return sign + text.removesuffix(" %")  # points, not a percentage of a percentage

    def verdict_against(self, other: float) -> Verdict:
        """Whether this value is better than another one of the same quantity."""
        if self.good == "neither" or self.change_from(other) == "±0":
            return "same"
        return "better" if (self.value > other) == (self.good == "up") else "worse"


@dataclass(frozen=True, slots=True)
class Run:
    """The result of running a lab once with the pattern and once without it.

    Both halves see the same arrivals and the same luck (common random numbers). `scale` is
    at most `MOST_POINTS` long. The first series is the one to chart first. `totals` holds raw
    numbers for challenges and sentences; a name ending in `_without` belongs to the half
    without the pattern. `clock` says what the times of events count.
    """

    slug: str
    version: int
    seed: int
    parameters: Mapping[str, Value]
    scale: Scale
    series: tuple[Series, ...]
    faults: tuple[Interval, ...]
    marks: tuple[Mark, ...]
    tables: tuple[Table, ...]
    tiles: tuple[Tile, ...]
    clock: Clock
    events: tuple[Event, ...]
    events_left_out: int
    totals: Mapping[str, float]

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, floats rounded to `DECIMALS` places."""
        data = _rounded(dataclasses.asdict(self))
        for written, event in zip(data["events"], self.events, strict=True):
            written["text"] = event.text
        for written, tile in zip(data["tiles"], self.tiles, strict=True):
            written |= {"text": tile.text, "without_text": tile.without_text}
            written |= {"change_text": tile.change_text, "verdict": tile.verdict}
        options = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
        return json.dumps(data, allow_nan=False, **cast("Any", options))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The run that `to_json` wrote; raises ValueError when it is anything else."""
        try:
            return cls(**_run_fields(json.loads(text)))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a run of a lab: {error!r}") from error

    def number(self, name: str) -> float:
        """A total, or a parameter that is a number; raises KeyError when there is neither."""
        return float(self.totals[name] if name in self.totals else self.parameters[name])

    def tile(self, tile_id: str) -> Tile:
        """The tile with this id; raises KeyError when there is none."""
        return {tile.id: tile for tile in self.tiles}[tile_id]


def format_value(value: float, unit: str) -> str:
    """A value as a person reads it: `97.1 %`, `212 ms`, `2,012`, `27×`."""
    if unit == "%":
        return f"{value:.1f} %"
    if unit == "×":
        return f"{value:,.2f}".rstrip("0").rstrip(".") + "×"
    if unit in ("s", "requests/s", "calls/s"):
        return f"{value:,.1f} {unit}"
    return f"{value:,.0f} {unit}".rstrip()


def limited(events: Sequence[Event]) -> tuple[tuple[Event, ...], int]:
    """The first `MOST_EVENTS` events and how many were left out."""
    return tuple(events[:MOST_EVENTS]), max(0, len(events) - MOST_EVENTS)


def _rounded(value: Any) -> Any:
    """The same value with floats rounded (and no negative zero), so that it prints alike."""
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def _run_fields(data: dict[str, Any]) -> dict[str, Any]:
    plain = {field.name: data[field.name] for field in dataclasses.fields(Run)}
    return plain | {
        "scale": _read_scale(data["scale"]),
        "series": tuple(_read_series(item) for item in data["series"]),
        "faults": tuple(_read(Interval, item) for item in data["faults"]),
        "marks": tuple(_read(Mark, item) for item in data["marks"]),
        "tables": tuple(_read_table(item) for item in data["tables"]),
        "tiles": tuple(_read(Tile, item) for item in data["tiles"]),
        "events": tuple(_read(Event, item) for item in data["events"]),
    }


def _read[T](kind: type[T], item: dict[str, Any]) -> T:
    """An object from its stored fields, without the texts that are computed from them."""
    return kind(**{field.name: item[field.name] for field in dataclasses.fields(cast("Any", kind))})


def _read_series(item: dict[str, Any]) -> Series:
    points = {name: tuple(item[name]) for name in ("with_pattern", "without_pattern")}
    return Series(id=item["id"], label=item["label"], unit=item["unit"], **points)


def _read_scale(item: dict[str, Any]) -> Scale:
    return Scale(item["label"], item["unit"], tuple(item["values"]), tuple(item["names"]))


def _read_table(item: dict[str, Any]) -> Table:
    rows = tuple(tuple(_read(Cell, cell) for cell in row) for row in item["rows"])
    return Table(item["id"], item["caption"], tuple(item["head"]), rows)
