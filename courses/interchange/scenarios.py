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


@dataclass(frozen=True, slots=True)
class ExpectedNumber:
    """A number an answer must contain; `tolerance` is relative, from 0 to 1."""

    value: float
    unit: str
    tolerance: float


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


@dataclass(frozen=True, slots=True)
class StageFile:
    id: str
    title: str
    minutes: int
    prompt: str
    model_answer: str
    criteria: tuple[CriterionFile, ...]


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
    )
    record.done()
    return stage


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
    number = ExpectedNumber(
        value=record.number("value"), unit=read_unit(record), tolerance=read_tolerance(record)
    )
    record.done()
    return number


def _stage_value(stage: StageFile) -> Value:
    return {
        "id": stage.id,
        "title": stage.title,
        "minutes": stage.minutes,
        "prompt": stage.prompt,
        "model_answer": stage.model_answer,
        "criteria": [_criterion_value(criterion) for criterion in stage.criteria],
    }


def _criterion_value(criterion: CriterionFile) -> Value:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "points": criterion.points,
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
    return Flow({"value": number.value, **unit, "tolerance": number.tolerance})
