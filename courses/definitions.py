"""Quizzes and scenarios between their apps' plain data and the interchange form."""

from dataclasses import asdict
from typing import Any

import yaml

from courses.interchange import (
    ChoiceQuestion,
    Question,
    QuizFile,
    ScenarioFile,
    parse_quiz,
    parse_scenario,
    quiz_path,
    scenario_path,
)

type Data = dict[str, Any]


def quiz_data(file: QuizFile) -> Data:
    """A quiz file as the quizzes app takes it."""
    questions = [_question(question) for question in file.questions]
    return {"id": str(file.id), "slug": file.slug, "title": file.title, "questions": questions}


def _question(question: Question) -> Data:
    data = _listed(asdict(question))
    if isinstance(question, ChoiceQuestion):
        return data
    if not question.unit:
        del data["unit"]
    return {**data, "kind": question.kind}


def scenario_data(file: ScenarioFile) -> Data:
    """A scenario file as the interviews app takes it."""
    return {**_listed(asdict(file)), "id": str(file.id)}


def _listed(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: _listed(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(child) for child in value]
    return value


def quiz_file(data: Data) -> QuizFile:
    """The quiz file that says this; raises ContentError when no file can."""
    return parse_quiz(_dumped(data), path=quiz_path(data["slug"]))


def scenario_file(data: Data) -> ScenarioFile:
    """The scenario file that says this; raises ContentError when no file can."""
    stages = [_stage(stage) for stage in data["stages"]]
    return parse_scenario(_dumped({**data, "stages": stages}), path=scenario_path(data["slug"]))


def _stage(stage: Data) -> Data:
    """What a stage may have but has not is no key of its file."""
    optional = ("twist", "hints", "estimates", "diagram")
    present = {key: value for key, value in stage.items() if value or key not in optional}
    estimates = [_filled(estimate) for estimate in stage.get("estimates", ())]
    criteria = [_criterion(criterion) for criterion in stage["criteria"]]
    return present | {"criteria": criteria} | ({"estimates": estimates} if estimates else {})


def _criterion(criterion: Data) -> Data:
    return {**criterion, "numbers": [_filled(number) for number in criterion["numbers"]]}


def _filled(entry: Data) -> Data:
    """A plain number has no key “unit” in a file, nor an estimate without help a “help”."""
    return {key: value for key, value in entry.items() if value or key not in {"unit", "help"}}


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, which the reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dumped(data: Data) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
