"""How an estimate field was understood, in a sentence beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from estimation import Quantity, QuantityError, format_quantity, read_quantity
from interviews.work import MAX_ESTIMATE

type Data = Mapping[str, Any]


@dataclass(frozen=True)
class EstimateField:
    """A field of a stage: what was typed, and how it is understood (`words`)."""

    id: str
    label: str
    unit: str
    help: str
    text: str
    words: str
    is_readable: bool
    most: int = MAX_ESTIMATE


def build_fields(stage: Data, typed: Mapping[str, str]) -> tuple[EstimateField, ...]:
    """Describe the estimate fields of a stage with what was typed into them."""
    return tuple(_field(one, typed.get(one["id"], "")) for one in stage.get("estimates") or ())


def _field(estimate: Data, text: str) -> EstimateField:
    words, is_readable = say_reading(text, estimate["unit"])
    return EstimateField(
        id=estimate["id"],
        label=estimate["label"],
        unit=estimate["unit"],
        help=estimate["help"],
        text=text,
        words=words,
        is_readable=is_readable,
    )


def say_reading(text: str, unit: str) -> tuple[str, bool]:
    """Say how a text is understood where `unit` is asked for, and whether it can be used.

    An empty text is neither praised nor complained about.
    """
    if not text.strip():
        return "", True
    try:
        quantity = read_quantity(text, expected_unit=unit).quantity
        asked = quantity.to(unit)
    except QuantityError as error:
        return str(error), False
    return _say(quantity, asked), True


def _say(quantity: Quantity, asked: Quantity) -> str:
    said = {"typed": format_quantity(quantity), "asked": format_quantity(asked)}
    if said["typed"] == said["asked"]:
        return _("Read as %(typed)s.") % said
    return _("Read as %(typed)s, which is %(asked)s.") % said
