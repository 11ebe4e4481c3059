"""The inputs of a calculator: declared as dataclass fields, read from what a form sends."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from estimation.calculator import Calculator
from estimation.formatting import format_number
from estimation.parsing import read_quantity
from estimation.quantity import QuantityError
from estimation.wording import gettext as _

_KEY = "estimation.input"
MAX_LENGTH = 60

Kind = Literal["integer", "number", "choice"]


@dataclass(frozen=True)
class Choice:
    """One option of a choice: `value` is stored and sent, `label` is shown."""

    value: str
    label: str


@dataclass(frozen=True)
class InputSpec:
    """How one input looks and what it may be. Numbers count in `unit`; the range is inclusive."""

    name: str
    kind: Kind
    default: float | str
    label: str
    unit: str
    minimum: float
    maximum: float
    step: float
    help: str
    choices: tuple[Choice, ...]


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
    minimum: float = 0.0,
    maximum: float = math.inf,
    step: float = 1.0,
    help: str = "",  # noqa: A002 - the word every form uses
    choices: Sequence[Choice] = (),
) -> Any:
    """A dataclass field with what its form control needs.

    A default that is a whole number makes a field of whole numbers, a `float` one of numbers, and
    `choices` one of strings. Numbers are in `unit`; learners may type another unit of its kind.
    """
    kind: Kind = "choice" if choices else "integer" if isinstance(default, int) else "number"
    spec = InputSpec(
        name="",
        kind=kind,
        default=default,
        label=label,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        step=step,
        help=help,
        choices=tuple(choices),
    )
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


def to_query(inputs: Any) -> str:
    """The query string that `parse_inputs` reads back into equal inputs."""
    pairs = [(field.name, getattr(inputs, field.name)) for field in dataclasses.fields(inputs)]
    return urlencode([(name, _written(value)) for name, value in pairs])


def _written(value: float | str) -> str:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _read(spec: InputSpec, text: str) -> float | str:
    if spec.kind == "choice":
        return _read_choice(spec, text.strip())
    if not text.strip():
        raise QuantityError(_("Enter a number."))
    if len(text) > MAX_LENGTH:
        raise QuantityError(_("This is too long. Enter one number."))
    value = read_quantity(text, expected_unit=spec.unit).quantity.to(spec.unit).value
    if not spec.minimum <= value <= spec.maximum:
        raise QuantityError(_range_sentence(spec))
    if spec.kind == "number":
        return value
    if abs(value - round(value)) > 1e-9 * max(1.0, abs(value)):
        raise QuantityError(_("Enter a whole number."))
    return round(value)


def _read_choice(spec: InputSpec, text: str) -> str:
    if text in {choice.value for choice in spec.choices}:
        return text
    offered = ", ".join(choice.label for choice in spec.choices)
    raise QuantityError(_("Choose one of: %(choices)s.") % {"choices": offered})


def _range_sentence(spec: InputSpec) -> str:
    unit = f"\u00a0{spec.unit}" if spec.unit else ""
    words = {
        "minimum": format_number(spec.minimum, 6) + unit,
        "maximum": format_number(spec.maximum, 6) + unit if math.isfinite(spec.maximum) else "",
    }
    if not words["maximum"]:
        return _("Enter a number of at least %(minimum)s.") % words
    return _("Enter a number between %(minimum)s and %(maximum)s.") % words
