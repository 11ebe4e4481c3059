"""Points, tolerances and units, as quizzes and scenarios both have them."""

from django.utils.translation import gettext as _

from courses.interchange.yaml_reader import Record
from estimation import Quantity, QuantityError

MOST_POINTS = 1000


def read_points(record: Record) -> float:
    points = record.number("points")
    if not 0 < points <= MOST_POINTS:
        reason = _("Points must be more than 0 and at most %(most)d.") % {"most": MOST_POINTS}
        raise record.error(reason, "points")
    return points


def read_tolerance(record: Record) -> float:
    """Relative, from 0 to 1."""
    tolerance = record.number("tolerance")
    if not 0 <= tolerance <= 1:
        raise record.error(_("The tolerance is a part of the answer, from 0 to 1."), "tolerance")
    return tolerance


def read_unit(record: Record) -> str:
    """A unit that quantities can be given in; empty, or left out, for a plain number."""
    if not record.has("unit"):
        return ""
    unit = record.title("unit", longest=40)
    try:
        Quantity(1.0, unit)
    except QuantityError as error:
        reason = _("“%(unit)s” is not a unit: %(why)s") % {"unit": unit, "why": str(error)}
        raise record.error(reason, "unit") from None
    return unit


def unit_values(unit: str) -> dict[str, str]:
    """How a unit is written: left out for a plain number."""
    return {"unit": unit} if unit else {}
