"""The controls of a lab or a calculator as a template needs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from django.utils.translation import gettext


class Declared(Protocol):
    """What labs.parameters.Spec and estimation.inputs.InputSpec have in common."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> object: ...
    @property
    def unit(self) -> str: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def step(self) -> float | None: ...
    @property
    def help(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a control that is a list."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what it is called, what it may hold, what is in it, what is wrong with it."""

    id: str
    name: str
    label: str
    unit: str
    text: str
    minimum: str
    maximum: str
    step: str
    help: str
    choices: tuple[Choice, ...]
    error: str

    @property
    def shown(self) -> str:
        """What the control holds, as a person reads it: `60 requests/s`, or the chosen label."""
        chosen = [choice.label for choice in self.choices if choice.chosen]
        return chosen[0] if chosen else f"{self.text} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class PresetLink:
    """A named parameter set and the query that opens it."""

    slug: str
    label: str
    note: str
    query: str
    chosen: bool


def build_control(
    spec: Declared,
    *,
    prefix: str,
    text: str,
    choices: Sequence[tuple[str, object]],
    errors: Mapping[str, str],
) -> Control:
    """Return the control for one declared parameter; ``choices`` are (value, label) pairs."""
    return Control(
        id=f"{prefix}-{spec.name}",
        name=spec.name,
        label=_translated(spec.label),
        unit=_translated(spec.unit),
        text=text,
        minimum=_number(spec.minimum),
        maximum=_number(spec.maximum),
        step=_number(spec.step),
        help=_translated(spec.help),
        choices=tuple(Choice(value, _translated(label), value == text) for value, label in choices),
        error=errors.get(spec.name, ""),
    )


def query_string(pairs: Mapping[str, str]) -> str:
    """Return ``?a=b`` or an empty string."""
    return f"?{urlencode(pairs)}" if pairs else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _translated(text: object) -> str:
    return gettext(str(text)) if text else ""
