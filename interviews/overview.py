"""How an interview went over the dimensions: points earned and possible, and their radar."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from interviews.rubrics import DEFAULT_DIMENSION, DIMENSIONS

type Data = Mapping[str, Any]
type Earned = Mapping[str, float]  # points, by criterion

LEAST_AXES = 3  # fewer do not span a surface
WIDTH, HEIGHT, RADIUS = 380, 300, 92
_RINGS = (0.25, 0.5, 0.75, 1.0)
_LABEL_GAP = 12
_LINE = 15  # between a label and its figures


@dataclass(frozen=True)
class DimensionScore:
    """Points earned and possible in one dimension."""

    label: str
    points: float
    max_points: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.points / self.max_points

    @property
    def percent(self) -> int:
        """The share as a whole percentage."""
        return round(self.share * 100)

    @property
    def figures(self) -> str:
        """Such as “4.5 of 6”."""
        return say_points(self.points, self.max_points)


@dataclass(frozen=True)
class Axis:
    """From the centre to `x`, `y`; its label stands at `label_x`, `label_y`, figures below."""

    label: str
    figures: str
    x: str
    y: str
    label_x: str
    label_y: str
    figures_y: str
    anchor: str


@dataclass(frozen=True)
class Radar:
    """The numbers of an SVG, as it wants them; `alt` says the same in words."""

    width: int
    height: int
    centre_x: str
    centre_y: str
    rings: tuple[str, ...]
    axes: tuple[Axis, ...]
    shape: str
    dots: tuple[tuple[str, str], ...]
    alt: str


def say_points(points: float, most: float) -> str:
    """Return “4.5 of 6”, as everywhere on these pages."""
    told = {"points": floatformat(points, "-1"), "max": floatformat(most, "-1")}
    return _("%(points)s of %(max)s") % told


def score_dimensions(stages: Iterable[tuple[Data, Earned]]) -> tuple[DimensionScore, ...]:
    """Add up over the stages, each with what its criteria earned; what is not named earned nothing.

    Dimensions nobody asked for are left out.
    """
    totals: dict[str, list[float]] = {}
    for stage, earned in stages:
        for criterion in stage["criteria"]:
            total = totals.setdefault(_dimension(criterion), [0.0, 0.0])
            total[0] += earned.get(criterion["id"], 0.0)
            total[1] += criterion["points"]
    return tuple(
        DimensionScore(str(label), *totals[key])
        for key, label in DIMENSIONS.items()
        if key in totals and totals[key][1] > 0
    )


def _dimension(criterion: Data) -> str:
    named = criterion.get("dimension", DEFAULT_DIMENSION)
    return named if named in DIMENSIONS else DEFAULT_DIMENSION


def draw_radar(scores: Sequence[DimensionScore]) -> Radar | None:
    """Lay the dimensions out around a circle, clockwise from the top; None for fewer than three."""
    if len(scores) < LEAST_AXES:
        return None
    count = len(scores)
    dots = tuple(_at(place / count, score.share) for place, score in enumerate(scores))
    return Radar(
        width=WIDTH,
        height=HEIGHT,
        centre_x=_say(WIDTH / 2),
        centre_y=_say(HEIGHT / 2),
        rings=tuple(
            _polygon(_at(place / count, ring) for place in range(count)) for ring in _RINGS
        ),
        axes=tuple(_axis(place / count, score) for place, score in enumerate(scores)),
        shape=_polygon(dots),
        dots=tuple((_say(x), _say(y)) for x, y in dots),
        alt=_alt(scores),
    )


def _at(turn: float, share: float, beyond: float = 0) -> tuple[float, float]:
    """Where a share lies on the axis that stands `turn` of a full circle from the top."""
    angle = 2 * math.pi * turn
    distance = RADIUS * share + beyond
    return WIDTH / 2 + distance * math.sin(angle), HEIGHT / 2 - distance * math.cos(angle)


def _axis(turn: float, score: DimensionScore) -> Axis:
    x, y = _at(turn, 1)
    label_x, label_y = _at(turn, 1, _LABEL_GAP)
    # Two lines: above the tip at the top, below it at the bottom, beside it elsewhere.
    label_y += {-1: -_LINE, 0: 0.0, 1: _LINE - 3}[_side(label_y - HEIGHT / 2, RADIUS * 0.9)]
    anchor = {-1: "end", 0: "middle", 1: "start"}[_side(label_x - WIDTH / 2, 1)]
    return Axis(
        label=score.label,
        figures=score.figures,
        x=_say(x),
        y=_say(y),
        label_x=_say(label_x),
        label_y=_say(label_y),
        figures_y=_say(label_y + _LINE),
        anchor=anchor,
    )


def _side(distance: float, least: float) -> int:
    """Before, at or after the middle; nearer than `least` is the middle."""
    return 0 if abs(distance) < least else int(math.copysign(1, distance))


def _polygon(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_say(x)},{_say(y)}" for x, y in corners)


def _say(number: float) -> str:
    """As SVG reads it, whatever the reader's language."""
    return f"{number:.1f}"


def _alt(scores: Sequence[DimensionScore]) -> str:
    told = "; ".join(f"{one.label} {one.figures}" for one in scores)
    return _("Points by dimension: %(told)s.") % {"told": told}
