"""scenarios/<slug>.yaml: an interview's stages and the rubric of each."""

from dataclasses import dataclass
from typing import Literal, cast, get_args
from uuid import UUID

from django.utils.translation import gettext as _

from courses.interchange.characters import normalise_newlines
from courses.interchange.numbers import read_points, read_tolerance, read_unit, unit_values
from courses.interchange.quizzes import read_own_slug, read_unique
from courses.interchange.round_trip import checked
from courses.interchange.yaml_reader import Record, read_record
from courses.interchange.yaml_writer import Flow, Value, write_yaml

type Level = Literal["junior", "mid", "senior", "staff"]
LEVELS: tuple[Level, ...] = get_args(Level.__value__)
type Dimension = Literal[
    "requirements", "estimation", "design", "trade-offs", "failure", "communication"
]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension.__value__)
type Scale = Literal["relative", "magnitude"]
SCALES: tuple[Scale, ...] = get_args(Scale.__value__)
MOST_POWERS = 3
MOST_COST = 100


@dataclass(frozen=True, slots=True)
class ExpectedNumber:
    """A number an answer must contain; `tolerance` is relative, from 0 to 1, or with the scale
    `magnitude` in powers of ten, from 0 to 3.

    Where `of` names an estimate as `stage/estimate`, what the learner wrote there, multiplied by
    `times`, takes the place of `value`.
    """

    value: float
    unit: str
    tolerance: float
    of: str = ""
    times: float = 1
    scale: Scale = "relative"


@dataclass(frozen=True, slots=True)
class HintFile:
    """Help during a practice interview; taking it costs `cost` points of the stage."""

    text: str
    cost: float


@dataclass(frozen=True, slots=True)
class EstimateFile:
    """A field for one number of the learner's own, in `unit` (empty for a plain number)."""

    id: str
    label: str
    unit: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class CriterionFile:
    """One thing an answer must contain.

    Any of the `groups` counts; inside a group all terms must occur near each other; a term may
    name synonyms as `queue|enqueue|store`.
    """

    id: str
    title: str
    points: float
    statement: str
    hint: str
    follow_up: str
    paraphrases: tuple[str, ...]
    misconceptions: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[ExpectedNumber, ...] = ()
    dimension: Dimension = "design"


@dataclass(frozen=True, slots=True)
class StageFile:
    """One step; `twist` is a requirement that changes when it opens."""

    id: str
    title: str
    minutes: int
    prompt: str
    model_answer: str
    criteria: tuple[CriterionFile, ...]
    twist: str = ""
    hints: tuple[HintFile, ...] = ()
    estimates: tuple[EstimateFile, ...] = ()
    diagram: bool = False


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    id: UUID
    slug: str
    title: str
    level: Level
    summary: str
    prompt: str
    stages: tuple[StageFile, ...]


def scenario_path(slug: str) -> str:
    return f"scenarios/{slug}.yaml"


def parse_scenario(text: str, *, path: str) -> ScenarioFile:
    """Read a scenario; its slug must be the name of the file in `path`. Raises ContentError."""
    record = read_record(normalise_newlines(text), path=path)
    scenario = ScenarioFile(
        id=record.uuid(),
        slug=read_own_slug(record, path),
        title=record.title("title"),
        level=cast("Level", record.one_of("level", LEVELS)),
        summary=record.title("summary", longest=500),
        prompt=record.markdown("prompt"),
        stages=read_unique(record.records("stages", least=1), _stage),
    )
    record.done()
    return scenario


def write_scenario(scenario: ScenarioFile) -> str:
    """The canonical text of a scenario. Raises ContentError when it could not be read back."""
    text = write_yaml(
        {
            "id": scenario.id,
            "slug": scenario.slug,
            "title": scenario.title,
            "level": scenario.level,
            "summary": scenario.summary,
            "prompt": scenario.prompt,
            "stages": [_stage_value(stage) for stage in scenario.stages],
        }
    )
    return checked(text, scenario, path=scenario_path(scenario.slug), parse=parse_scenario)


def _stage(record: Record) -> StageFile:
    stage = StageFile(
        id=record.slug("id"),
        title=record.title("title"),
        minutes=record.whole("minutes", 1, 600),
        prompt=record.markdown("prompt"),
        model_answer=record.markdown("model_answer"),
        criteria=read_unique(record.records("criteria", least=1), _criterion),
        twist=record.markdown("twist") if record.has("twist") else "",
        hints=tuple(map(_hint, record.records("hints"))) if record.has("hints") else (),
        estimates=(
            read_unique(record.records("estimates"), _estimate) if record.has("estimates") else ()
        ),
        diagram=record.has("diagram") and record.boolean("diagram"),
    )
    record.done()
    return stage


def _hint(record: Record) -> HintFile:
    hint = HintFile(text=record.text("text"), cost=record.number("cost"))
    if not 0 <= hint.cost <= MOST_COST:
        raise record.error(_("A hint costs from 0 to 100 points."), "cost")
    record.done()
    return hint


def _estimate(record: Record) -> EstimateFile:
    estimate = EstimateFile(
        id=record.slug("id"),
        label=record.title("label"),
        unit=read_unit(record),
        help=record.text("help") if record.has("help") else "",
    )
    record.done()
    return estimate


def _criterion(record: Record) -> CriterionFile:
    criterion = CriterionFile(
        id=record.slug("id"),
        title=record.title("title"),
        points=read_points(record),
        statement=record.text("statement"),
        hint=record.text("hint"),
        follow_up=record.text("follow_up"),
        paraphrases=record.texts("paraphrases", least=1),
        misconceptions=record.texts("misconceptions") if record.has("misconceptions") else (),
        groups=_groups(record) if record.has("groups") else (),
        numbers=_numbers(record) if record.has("numbers") else (),
        dimension=(
            cast("Dimension", record.one_of("dimension", DIMENSIONS))
            if record.has("dimension")
            else "design"
        ),
    )
    record.done()
    return criterion


def _groups(record: Record) -> tuple[tuple[str, ...], ...]:
    groups = record.text_lists("groups")
    for term in (term for group in groups for term in group):
        if "\n" in term or not all(part.strip() for part in term.split("|")):
            reason = _("The term “%(term)s” has an empty synonym; write it as queue|enqueue.")
            raise record.error(reason % {"term": term}, "groups")
    return groups


def _numbers(record: Record) -> tuple[ExpectedNumber, ...]:
    return tuple(_number(entry) for entry in record.records("numbers"))


def _number(record: Record) -> ExpectedNumber:
    scale = _scale(record)
    number = ExpectedNumber(
        value=record.number("value"),
        unit=read_unit(record),
        tolerance=read_tolerance(record) if scale == "relative" else _read_powers(record),
        of=record.title("of") if record.has("of") else "",
        times=record.number("times") if record.has("times") else 1,
        scale=scale,
    )
    record.done()
    return number


def _scale(record: Record) -> Scale:
    return cast("Scale", record.one_of("scale", SCALES)) if record.has("scale") else "relative"


def _read_powers(record: Record) -> float:
    tolerance = record.number("tolerance")
    if not 0 <= tolerance <= MOST_POWERS:
        reason = _("In powers of ten the tolerance is from 0 to %(most)s.") % {"most": MOST_POWERS}
        raise record.error(reason, "tolerance")
    return tolerance


def _stage_value(stage: StageFile) -> Value:
    return {
        "id": stage.id,
        "title": stage.title,
        "minutes": stage.minutes,
        "prompt": stage.prompt,
        **_optional_values(stage),
        "model_answer": stage.model_answer,
        "criteria": [_criterion_value(criterion) for criterion in stage.criteria],
    }


def _optional_values(stage: StageFile) -> dict[str, Value]:
    """What a stage may have, in the order of the file, where it has it."""
    values: dict[str, Value] = {
        "twist": stage.twist,
        "hints": [_hint_value(hint) for hint in stage.hints],
        "estimates": [_estimate_value(estimate) for estimate in stage.estimates],
        "diagram": stage.diagram,
    }
    return {key: value for key, value in values.items() if value}


def _hint_value(hint: HintFile) -> Value:
    return {"text": hint.text, "cost": hint.cost}


def _estimate_value(estimate: EstimateFile) -> Value:
    value: dict[str, Value] = {"id": estimate.id, "label": estimate.label}
    value |= unit_values(estimate.unit)
    return value | ({"help": estimate.help} if estimate.help else {})


def _criterion_value(criterion: CriterionFile) -> Value:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "points": criterion.points,
        **({"dimension": criterion.dimension} if criterion.dimension != "design" else {}),
        "statement": criterion.statement,
        "hint": criterion.hint,
        "follow_up": criterion.follow_up,
        "paraphrases": criterion.paraphrases,
        "misconceptions": criterion.misconceptions,
        "groups": [Flow(group) for group in criterion.groups],
        "numbers": [_number_value(number) for number in criterion.numbers],
    }


def _number_value(number: ExpectedNumber) -> Value:
    unit = unit_values(number.unit)
    value: dict[str, str | float] = {"value": number.value, **unit, "tolerance": number.tolerance}
    if number.scale != "relative":
        value |= {"scale": number.scale}
    if number.of:
        value |= {"of": number.of, "times": number.times}
    return Flow(value)
