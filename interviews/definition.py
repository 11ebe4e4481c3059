"""Scenarios as plain data: the form of their YAML files.

Texts have no blank lines at their ends and numbers no needless fraction, so that data read from a
file and data read from the database compare equal when nobody has edited in between.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection

from grading.rubric import RELATIVE
from interviews.models import Scenario
from interviews.rubrics import DEFAULT_DIMENSION, rubric_of, unknown_estimate
from quizzes.text import tidy

type Data = dict[str, Any]

_SCENARIO_TEXTS = ("slug", "title", "level", "summary", "prompt")
_STAGE_TEXTS = ("id", "title", "prompt", "model_answer")
_CRITERION_TEXTS = ("id", "title", "statement", "hint", "follow_up")


def normalise_scenario_data(data: Mapping[str, Any]) -> Data:
    """Return the one spelling of a scenario's data: optional lists present, texts trimmed."""
    return {
        "id": str(data["id"]),
        **{key: _text(data[key]) for key in _SCENARIO_TEXTS},
        "stages": [_stage(stage) for stage in data["stages"]],
    }


def scenario_to_data(scenario: Scenario) -> Data:
    """Return the scenario's plain data, normalised, as its file would say it."""
    own = {key: getattr(scenario, key) for key in _SCENARIO_TEXTS}
    stages = [child.value for child in scenario.stages]
    return normalise_scenario_data({"id": scenario.content_id, **own, "stages": stages})


@transaction.atomic
def save_scenario_from_data(
    *, data: Mapping[str, Any], source: str, collection: Collection
) -> Scenario:
    """Create or overwrite the scenario with the id in `data`, and publish it.

    `source` is the exact text of its file. Raises ValidationError or `grading.RubricError` with
    sentences for the author, having changed nothing.
    """
    normal = normalise_scenario_data(data)
    content_id = UUID(normal["id"])
    scenario = Scenario.objects.select_for_update().filter(content_id=content_id).first()
    if scenario is None:
        scenario = Scenario(content_id=content_id, live=False)
    for key in _SCENARIO_TEXTS:
        setattr(scenario, key, normal[key])
    scenario.stages = json.dumps([_raw_stage(content_id, stage) for stage in normal["stages"]])
    scenario.collection = collection
    scenario.imported_source = source
    _check(scenario, normal)
    scenario.save()
    # The studio brings back only what is in the log.
    scenario.save_revision(clean=False, log_action=True).publish()
    scenario.refresh_from_db()  # publishing writes through an object of its own
    return scenario


def _check(scenario: Scenario, normal: Data) -> None:
    scenario.full_clean(exclude=["stages"])
    if not normal["stages"]:
        raise ValidationError("A scenario needs at least one stage.")
    for stage in normal["stages"]:
        rubric_of(stage)
    if unknown := unknown_estimate(normal["stages"]):
        sentence = _("“%(of)s” is not an estimate of this or an earlier stage.")
        raise ValidationError(sentence % {"of": unknown})


def _raw_stage(content_id: UUID, stage: Data) -> Data:
    """The stored form; ids of blocks are derived, so that revisions of imports compare."""

    def block_id(*path: str) -> str:
        return str(uuid5(content_id, "/".join((stage["id"], *path))))

    criteria = [
        {"type": "item", "id": block_id(criterion["id"]), "value": criterion}
        for criterion in stage["criteria"]
    ]
    return {"type": "stage", "id": block_id(), "value": {**stage, "criteria": criteria}}


def _stage(stage: Mapping[str, Any]) -> Data:
    texts = {key: _text(stage[key]) for key in _STAGE_TEXTS}
    return {
        "id": texts["id"],
        "title": texts["title"],
        "minutes": int(_number(stage["minutes"])),
        "prompt": texts["prompt"],
        "twist": _text(stage.get("twist")),
        "hints": [
            {"text": _text(hint["text"]), "cost": _number(hint["cost"])}
            for hint in stage.get("hints") or ()
        ],
        "estimates": [_estimate(estimate) for estimate in stage.get("estimates") or ()],
        "diagram": bool(stage.get("diagram")),
        "model_answer": texts["model_answer"],
        "criteria": [_criterion(criterion) for criterion in stage["criteria"]],
    }


def _criterion(criterion: Mapping[str, Any]) -> Data:
    texts = {key: _text(criterion.get(key, "")) for key in _CRITERION_TEXTS}
    return {
        "id": texts["id"],
        "title": texts["title"],
        "points": _number(criterion["points"]),
        "dimension": _text(criterion.get("dimension")) or DEFAULT_DIMENSION,
        "statement": texts["statement"],
        "hint": texts["hint"],
        "follow_up": texts["follow_up"],
        "paraphrases": _texts(criterion.get("paraphrases")),
        "misconceptions": _texts(criterion.get("misconceptions")),
        "groups": [_texts(group) for group in criterion.get("groups") or ()],
        "numbers": [_expected(number) for number in criterion.get("numbers") or ()],
    }


def _estimate(estimate: Mapping[str, Any]) -> Data:
    return {key: _text(estimate.get(key)) for key in ("id", "label", "unit", "help")}


def _expected(number: Mapping[str, Any]) -> Data:
    expected: Data = {
        "value": _number(number["value"]),
        "unit": _text(number.get("unit")),
        "tolerance": _number(number.get("tolerance", 0.05)),
    }
    if (scale := _text(number.get("scale")) or RELATIVE) != RELATIVE:
        expected |= {"scale": scale}
    if own := _text(number.get("of")):
        expected |= {"of": own, "times": _number(number.get("times", 1))}
    return expected


def _texts(values: Sequence[str] | None) -> list[str]:
    return [_text(value) for value in values or ()]


def _text(value: str | None) -> str:
    return tidy(value or "")


def _number(value: float | None) -> float:
    """A draft's missing number is 0; it cannot be published."""
    if value is None:
        return 0
    return int(value) if float(value).is_integer() else float(value)
