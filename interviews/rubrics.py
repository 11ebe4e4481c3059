"""The rubric of a stage as the grader takes it, from the plain data of a scenario."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from estimation import Quantity, QuantityError, read_quantity
from grading import Criterion, criteria_from_data
from grading.rubric import MAGNITUDE, RELATIVE

type Data = Mapping[str, Any]
type Estimates = Mapping[str, Quantity]  # the learner's own, by `stage/estimate`

DEFAULT_DIMENSION = "design"
DIMENSIONS = {
    "requirements": _("Requirements"),
    "estimation": _("Estimation"),
    "design": _("Design"),
    "trade-offs": _("Trade-offs"),
    "failure": _("Failure"),
    "communication": _("Communication"),
}
SCALES = {
    RELATIVE: _("a part of the number"),
    MAGNITUDE: _("powers of ten"),
}
MOST_TOLERANCE = {RELATIVE: 1.0, MAGNITUDE: 3.0}
_OURS = ("dimension",)  # keys of a criterion the grader does not know


def rubric_of(stage: Data, own: Estimates | None = None) -> tuple[Criterion, ...]:
    """The criteria of a stage; numbers that hang on the learner's own take theirs from `own`.

    Raises grading.RubricError with a sentence for the author.
    """
    return criteria_from_data([_criterion(criterion, own or {}) for criterion in stage["criteria"]])


def question_for(prompt: str, stage: Data) -> str:
    """What a stage asks, with the scenario's `prompt` it stands under, as the grader is told."""
    parts = (prompt, stage["prompt"], stage.get("twist", ""))
    return "\n\n".join(part for part in parts if part)


def unknown_estimate(stages: Sequence[Data]) -> str:
    """The first number that hangs on an estimate no stage up to its own asks for, or nothing."""
    known: set[str] = set()
    for stage in stages:
        known |= {f"{stage['id']}/{one['id']}" for one in stage.get("estimates") or ()}
        for criterion in stage["criteria"]:
            for number in criterion.get("numbers") or ():
                if number.get("of") and number["of"] not in known:
                    return str(number["of"])
    return ""


def _criterion(criterion: Data, own: Estimates) -> dict[str, Any]:
    plain = {key: value for key, value in criterion.items() if key not in _OURS}
    return plain | {"numbers": [_number(one, own) for one in criterion.get("numbers") or ()]}


def _number(number: Data, own: Estimates) -> dict[str, Any]:
    """The expected number; a learner's own figure that can be read replaces the author's."""
    plain = {key: number[key] for key in ("value", "unit", "tolerance", "scale") if key in number}
    theirs = own.get(number.get("of", ""))
    if theirs is None:
        return plain
    try:
        value = theirs.value_in(number.get("unit", ""))
    except QuantityError:
        return plain  # measured in another kind of unit: the author's number stays
    return plain | {"value": value * number.get("times", 1)}


def own_estimates(stages: Sequence[Data], typed: Mapping[str, Mapping[str, str]]) -> Estimates:
    """What a learner typed into estimate fields, by `stage/estimate`.

    `typed` holds the texts by stage and estimate; those that cannot be read are left out.
    """
    found: dict[str, Quantity] = {}
    for stage in stages:
        for estimate in stage.get("estimates") or ():
            text = typed.get(stage["id"], {}).get(estimate["id"], "")
            quantity = read_estimate(text, estimate["unit"])
            if quantity is not None:
                found[f"{stage['id']}/{estimate['id']}"] = quantity
    return found


def read_estimate(text: str, unit: str) -> Quantity | None:
    """The quantity typed into a field in `unit`; None when it is empty or cannot be read."""
    if not text.strip():
        return None
    try:
        return read_quantity(text, expected_unit=unit).quantity
    except QuantityError:
        return None


def graded_text(stage: Data, text: str, typed: Mapping[str, str]) -> str:
    """What the grader reads and quotes: the answer, and the filled estimate fields as a list."""
    lines = [
        f"- {estimate['label']}: {typed[estimate['id']].strip()}"
        for estimate in stage.get("estimates") or ()
        if typed.get(estimate["id"], "").strip()
    ]
    if not lines:
        return text
    return "\n".join([text.rstrip(), "", *lines] if text.strip() else lines)
