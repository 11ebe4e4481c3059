"""manage.py check_rubrics: what an author is told about a rubric."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from interviews.definition import normalise_scenario_data
from interviews.linting import lint_scenario, lint_stage
from interviews.models import Scenario

GOOD = {
    "id": "outbox",
    "title": "Keeps events",
    "points": 2,
    "statement": "An outbox table written in the same transaction keeps the event.",
    "hint": "Where does the event wait?",
    "follow_up": "Who empties it?",
    "paraphrases": ["The event is put into an outbox in the same database transaction."],
    "misconceptions": ["We publish the event first and write the order to the database later."],
    "groups": [["outbox", "transaction|commit"]],
}


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_rubrics", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def good_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    stage = scenario_data["stages"][0] | {"prompt": "How does the news get out?"}
    return scenario_data | {"stages": [stage | {"criteria": [GOOD]}]}


@pytest.fixture
def folder(tmp_path: Path, good_data: dict[str, Any]) -> Path:
    """A course's folder with one scenario file, which tests may spoil."""
    (tmp_path / "scenarios").mkdir()
    write(tmp_path, good_data)
    return tmp_path


def write(folder: Path, data: dict[str, Any]) -> None:
    (folder / "scenarios" / "pay.yaml").write_text(yaml.safe_dump(data))


def test_a_rubric_that_grades_its_own_texts_right_is_not_complained_about(folder: Path) -> None:
    assert run(str(folder)) == (0, "1 scenario: nothing to say about its rubrics.\n")


def test_a_finding_names_scenario_stage_and_criterion(
    folder: Path, good_data: dict[str, Any]
) -> None:
    good_data["stages"][0]["criteria"] = [GOOD | {"misconceptions": [GOOD["statement"]]}]
    write(folder, good_data)
    code, told = run(str(folder))
    assert code == 1
    assert "pay/design/outbox: This misconception is graded" in told
    assert f"“{GOOD['statement']}”" in told


def test_json_gives_one_object_per_finding(folder: Path, good_data: dict[str, Any]) -> None:
    good_data["stages"][0]["criteria"] = [GOOD | {"misconceptions": [GOOD["statement"]]}]
    write(folder, good_data)
    code, told = run("--json", str(folder))
    found = [json.loads(line) for line in told.splitlines()]
    assert code == 1
    assert {(one["scenario"], one["stage_id"], one["criterion_id"]) for one in found} == {
        ("pay", "design", "outbox")
    }
    assert "misconception-earns" in {one["problem"] for one in found}


def test_without_a_path_the_published_scenarios_are_checked(scenario: Scenario) -> None:
    code, told = run()
    assert code == 1
    assert "pay/design/queue: " in told


def test_a_file_that_is_no_scenario_is_refused_in_one_sentence(folder: Path) -> None:
    for text in ("just: this", "[1, 2]", "a: [", "- x"):
        (folder / "scenarios" / "pay.yaml").write_text(text)
        with pytest.raises(CommandError, match=r"pay\.yaml"):
            run(str(folder))


def test_a_rubric_nobody_can_use_is_a_finding_too(good_data: dict[str, Any]) -> None:
    good_data["stages"][0]["criteria"] = [GOOD | {"statement": ""}]
    data = normalise_scenario_data(good_data)
    (found,) = lint_stage(data, data["stages"][0])
    assert found.problem == "unusable"
    assert "needs a statement" in found.sentence
    assert list(lint_scenario(data)) == [found]
