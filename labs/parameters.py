"""Parameters of a lab: how they are declared, and how untrusted text becomes them."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Value = bool | int | float | str

LONGEST_TEXT = 32
MOST_UNKNOWN_NAMES = 5
LARGEST_SEED = 2**31 - 1
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_SPEC = "labs.parameter"


class ParameterSet(Protocol):
    """Any frozen dataclass whose fields were declared with `parameter`."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


type Text = str | _StrPromise  # a string, or one that is translated when it is shown


@dataclass(frozen=True, slots=True)
class Spec:
    """One control of a lab: everything a form, a check and a help text need to know.

    `minimum`, `maximum` and `step` are None for choices; `choices` maps each allowed
    value to its label and is empty for numbers.
    """

    name: str
    default: Value
    label: Text
    unit: str
    minimum: float | None
    maximum: float | None
    step: float | None
    help: Text
    choices: Mapping[Value, Text]

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.default, int) and not isinstance(self.default, bool)

    @property
    def range_text(self) -> str:
        """The allowed range in words and with its unit, such as `1 to 30 s`."""
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        low, high = text_of(self.minimum or 0), text_of(self.maximum or 0)
        return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": self.unit}


class ParameterError(ValueError):
    """Untrusted parameters were wrong; `problems` holds (field name, sentence) pairs."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(sentence for _field, sentence in problems))


def parameter[T: (bool, int, float, str)](
    default: T,
    *,
    label: Text,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    help: Text = "",  # noqa: A002 -- the word every form library uses for it
    choices: Mapping[Any, Text] | None = None,
) -> T:
    """Declare one field of a parameter dataclass.

    A number needs `minimum`, `maximum` and `step` (in `unit`); the default must lie on a
    step counted from the minimum. Anything else needs `choices`, value to label.
    """
    spec = Spec("", default, label, unit, minimum, maximum, step, help, dict(choices or {}))
    problem = _declaration_problem(spec)
    if problem:
        raise TypeError(f"parameter {label}: {problem}")
    declared: Any = dataclasses.field(default=default, metadata={_SPEC: spec})
    return declared  # type: ignore[no-any-return]


def _declaration_problem(spec: Spec) -> str:
    if spec.choices:
        return "" if spec.default in spec.choices else "the default is not one of the choices"
    if spec.minimum is None or spec.maximum is None or spec.step is None or spec.step <= 0:
        return "a number needs minimum, maximum and a positive step"
    if not spec.minimum <= float(spec.default) <= spec.maximum:
        return "the default is outside the range"
    return "" if _on_step(spec, Decimal(str(spec.default))) else "the default is not on a step"


def specs(parameters: ParameterSet | type[ParameterSet]) -> tuple[Spec, ...]:
    """The controls of a parameter dataclass (or an instance of one), in field order."""
    return tuple(
        dataclasses.replace(cast("Spec", field.metadata[_SPEC]), name=field.name)
        for field in dataclasses.fields(cast("Any", parameters))
    )


def values(parameters: ParameterSet) -> dict[str, Value]:
    """Every parameter by name."""
    return {spec.name: getattr(parameters, spec.name) for spec in specs(parameters)}


def text_of(value: Value) -> str:
    """The one canonical text of a value, as used in URLs: `0.5`, `20`, `full`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def to_query(parameters: ParameterSet) -> dict[str, str]:
    """The canonical query of a parameter set: only what differs from the defaults."""
    return {
        spec.name: text_of(getattr(parameters, spec.name))
        for spec in specs(parameters)
        if getattr(parameters, spec.name) != spec.default
    }


def parse[P: ParameterSet](kind: type[P], texts: Mapping[str, str]) -> P:
    """Parameters of dataclass `kind` from untrusted text; what is not named keeps its default.

    Raises ParameterError naming every field that is wrong.
    """
    known = specs(kind)
    problems = _unknown_names({spec.name for spec in known}, texts)
    found: dict[str, Value] = {}
    for spec in known:
        if spec.name in texts:
            try:
                found[spec.name] = _parse_one(spec, texts[spec.name])
            except ValueError as error:
                problems.append((spec.name, str(error)))
    if problems:
        raise ParameterError(problems)
    return cast("Callable[..., P]", kind)(**found)


def parse_seed(text: str) -> int:
    """A seed from untrusted text: a whole number from 0 to `LARGEST_SEED`."""
    cleaned = text.strip()[: LONGEST_TEXT + 1]
    if re.fullmatch(r"[0-9]{1,10}", cleaned) and int(cleaned) <= LARGEST_SEED:
        return int(cleaned)
    sentence = _("The seed must be a whole number from 0 to %(largest)s.")
    raise ParameterError([("seed", sentence % {"largest": LARGEST_SEED})])


def _unknown_names(known: set[str], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    unknown = sorted(name for name in texts if name not in known)
    sentence = _("This lab has no parameter “%(name)s”. It has: %(known)s.")
    listed = ", ".join(sorted(known))
    return [
        (_shortened(name), sentence % {"name": _shortened(name), "known": listed})
        for name in unknown[:MOST_UNKNOWN_NAMES]
    ]


def _shortened(text: str) -> str:
    printable = "".join(character for character in text if character.isprintable())
    return printable if len(printable) <= LONGEST_TEXT else printable[:LONGEST_TEXT] + "…"


def _parse_one(spec: Spec, text: str) -> Value:
    """The value of one field; raises ValueError with a sentence for the person."""
    cleaned = text.strip() if len(text) <= LONGEST_TEXT * 2 else text
    if spec.choices:
        return _parse_choice(spec, cleaned)
    if len(cleaned) > LONGEST_TEXT or not _NUMBER.fullmatch(cleaned):
        raise ValueError(_sentence(spec, gettext_noop("%(label)s must be a number: %(range)s.")))
    number = Decimal(cleaned)
    if not Decimal(str(spec.minimum)) <= number <= Decimal(str(spec.maximum)):
        message = gettext_noop("%(label)s must be from %(range)s, not %(given)s.")
        raise ValueError(_sentence(spec, message, given=cleaned))
    if not _on_step(spec, number):
        message = gettext_noop("%(label)s goes in steps of %(step)s from %(low)s (%(range)s).")
        raise ValueError(_sentence(spec, message))
    return int(number) if spec.is_whole else float(number)


def _parse_choice(spec: Spec, text: str) -> Value:
    for choice in spec.choices:
        if text_of(choice) == text:
            return choice
    message = gettext_noop("%(label)s must be one of: %(range)s.")
    raise ValueError(_sentence(spec, message))


def _sentence(spec: Spec, message: str, *, given: str = "") -> str:
    return _(message) % {
        "label": spec.label,
        "range": spec.range_text.strip(),
        "given": given,
        "step": text_of(spec.step or 0),
        "low": text_of(spec.minimum or 0),
    }


def _on_step(spec: Spec, number: Decimal) -> bool:
    offset = number - Decimal(str(spec.minimum))
    return offset % Decimal(str(spec.step)) == 0
