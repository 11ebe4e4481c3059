"""The inputs of a calculator: declared as dataclass fields, read from what a form sends."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from estimation.calculator import Calculator
from estimation.formatting import format_number
from estimation.parsing import read_quantity
from estimation.quantity import QuantityError
from estimation.wording import gettext as _

_KEY = "estimation.input"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How one input looks and what it may be. Numbers count in `unit`; the range is inclusive.

    `minimum`, `maximum` and `step` are None for choices; `choices` maps each allowed value to its
    label and is empty for numbers.
    """

    name: str
    default: float | str
    label: str
    unit: str
    minimum: float | None
    maximum: float | None
    step: float | None
    help: str
    choices: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.default, int)


class InputError(ValueError):
    """Inputs that cannot be used: `problems` pairs each field name with a sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        """Keep the problems in the order of the fields."""
        self.problems = list(problems)
        super().__init__(" ".join(sentence for _field, sentence in self.problems))


def input_field(
    default: float | str,
    *,
    label: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    help: str = "",  # noqa: A002 - the word every form uses
    choices: Mapping[str, str] | None = None,
) -> Any:
    """A dataclass field with what its form control needs.

    A number needs `minimum`, `maximum` and `step` in `unit` (learners may type another unit of its
    kind); a whole default makes a field of whole numbers. A text needs `choices`, value to label.
    Raises `TypeError` for a declaration that lacks them.
    """
    spec = InputSpec("", default, label, unit, minimum, maximum, step, help, dict(choices or {}))
    bounds = (minimum, maximum, step)
    if not (default in spec.choices if isinstance(default, str) else None not in bounds):
        raise TypeError(f"{label}: a number needs its range and step, a text its choices")
    return dataclasses.field(default=default, metadata={_KEY: spec})


def input_specs(calculator: Calculator[Any]) -> tuple[InputSpec, ...]:
    """The inputs of a calculator in the order of its form."""
    return tuple(
        dataclasses.replace(field.metadata[_KEY], name=field.name)
        for field in dataclasses.fields(calculator.inputs_type)
    )


def parse_inputs[Inputs](
    calculator: Calculator[Inputs],
    mapping: Mapping[str, str],
    *,
    start: Inputs | None = None,
) -> Inputs:
    """The inputs a form or an address sent.

    What is missing is taken from `start` (a preset's inputs, for example) or the default; keys
    that name no field are ignored. Raises `InputError` with a sentence for every field at fault.
    """
    base = start if start is not None else calculator.inputs_type()
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for spec in input_specs(calculator):
        if spec.name not in mapping:
            values[spec.name] = getattr(base, spec.name)
            continue
        try:
            values[spec.name] = _read(spec, str(mapping[spec.name]))
        except QuantityError as error:
            problems.append((spec.name, str(error)))
    if problems:
        raise InputError(problems)
    return calculator.inputs_type(**values)


def to_query(inputs: Any) -> dict[str, str]:
    """What `parse_inputs` reads back into equal inputs: only what differs from the defaults."""
    return {
        field.name: text_of(getattr(inputs, field.name))
        for field in dataclasses.fields(inputs)
        if getattr(inputs, field.name) != field.default
    }


def text_of(value: float | str) -> str:
    """A value as a form control holds it: `70.55`, `8`, `fp16`."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _read(spec: InputSpec, text: str) -> float | str:
    if spec.choices:
        return _read_choice(spec, text.strip())
    if not text.strip():
        raise QuantityError(_("Enter a number."))
    value = read_quantity(text, expected_unit=spec.unit).quantity.value_in(spec.unit)
    if not _lowest(spec) <= value <= _highest(spec):
        raise QuantityError(_range_sentence(spec))
    if not spec.is_whole:
        return value
    if abs(value - round(value)) > 1e-9 * max(1.0, abs(value)):
        raise QuantityError(_("Enter a whole number."))
    return round(value)


def _lowest(spec: InputSpec) -> float:
    return -math.inf if spec.minimum is None else spec.minimum


def _highest(spec: InputSpec) -> float:
    return math.inf if spec.maximum is None else spec.maximum


def _read_choice(spec: InputSpec, text: str) -> str:
    if text in spec.choices:
        return text
    offered = ", ".join(_(label) for label in spec.choices.values())
    raise QuantityError(_("Choose one of: %(choices)s.") % {"choices": offered})


def _range_sentence(spec: InputSpec) -> str:
    unit = f"\u00a0{spec.unit}" if spec.unit else ""
    return _("Enter a number between %(minimum)s and %(maximum)s.") % {
        "minimum": format_number(_lowest(spec), 6) + unit,
        "maximum": format_number(_highest(spec), 6) + unit,
    }
