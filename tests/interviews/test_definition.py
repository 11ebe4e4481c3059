"""Between the file of a scenario and the database, nothing is lost or invented."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Collection

from courses.definitions import scenario_data as scenario_data_of
from courses.definitions import scenario_file
from grading import RubricError
from interviews.definition import (
    normalise_scenario_data,
    save_scenario_from_data,
    scenario_to_data,
)
from interviews.models import Scenario, ScenarioEdition

TEXT = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=80
)


def test_what_was_imported_comes_out_again(
    scenario: Scenario, scenario_data: dict[str, Any]
) -> None:
    stored = Scenario.objects.get(pk=scenario.pk)
    assert scenario_to_data(stored) == normalise_scenario_data(scenario_data)


def test_an_import_publishes(scenario: Scenario) -> None:
    assert scenario.live
    assert not scenario.has_unpublished_changes
    assert scenario.latest_revision == scenario.live_revision


def test_the_same_import_again_makes_no_edition(
    scenario: Scenario, scenario_data: dict[str, Any]
) -> None:
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    assert ScenarioEdition.objects.count() == 1


def test_an_import_that_changes_something_makes_the_next_edition(
    scenario: Scenario, scenario_data: dict[str, Any]
) -> None:
    changed = scenario_data | {"title": "Take payments twice"}
    save_scenario_from_data(data=changed, source="new", collection=scenario.collection)
    current = ScenarioEdition.objects.current().get()
    assert (current.number, current.title) == (2, "Take payments twice")
    assert Scenario.objects.get().imported_source == "new"


def test_tuples_missing_lists_and_blank_lines_are_the_same_scenario(
    scenario_data: dict[str, Any],
) -> None:
    other = {**scenario_data, "prompt": f"\n{scenario_data['prompt']}\r\n", "level": "senior"}
    other["stages"] = tuple(
        {
            **stage,
            "criteria": tuple(
                {key: value for key, value in criterion.items() if value != []}
                for criterion in stage["criteria"]
            ),
        }
        for stage in scenario_data["stages"]
    )
    assert normalise_scenario_data(other) == normalise_scenario_data(scenario_data)


@pytest.mark.parametrize("scale", ["relative", "magnitude"])
def test_a_tolerances_scale_goes_through_the_file_and_back(
    scenario: Scenario, scenario_data: dict[str, Any], scale: str
) -> None:
    number = {"value": 3, "unit": "GB", "tolerance": 0.5, "scale": scale}
    scenario_data["stages"][0]["criteria"][0]["numbers"] = [number]
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    stored = scenario_to_data(Scenario.objects.get())
    read = scenario_data_of(scenario_file(stored))
    assert normalise_scenario_data(read) == stored
    kept = stored["stages"][0]["criteria"][0]["numbers"][0]
    assert kept.get("scale", "relative") == scale


def test_a_scale_nobody_knows_is_refused(scenario: Scenario, scenario_data: dict[str, Any]) -> None:
    numbers = [{"value": 1, "unit": "", "tolerance": 0.1, "scale": "wide"}]
    scenario_data["stages"][0]["criteria"][0]["numbers"] = numbers
    with pytest.raises(RubricError, match="wide"):
        save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=TEXT, prompt=TEXT, hint=TEXT, value=st.floats(0.01, 1e9), points=st.integers(1, 9))
def test_any_text_and_number_survives(
    scenario: Scenario,
    scenario_data: dict[str, Any],
    title: str,
    prompt: str,
    hint: str,
    value: float,
    points: int,
) -> None:
    criterion = scenario_data["stages"][0]["criteria"][0]
    criterion |= {"title": title, "hint": hint, "points": points}
    criterion["numbers"] = [{"value": value, "unit": "1/s", "tolerance": 0.1}]
    scenario_data["prompt"] = f"x{prompt}"
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    assert scenario_to_data(Scenario.objects.get()) == normalise_scenario_data(scenario_data)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"level": "wizard"}, ValidationError),
        ({"slug": "Not a slug"}, ValidationError),
        ({"stages": []}, ValidationError),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    scenario: Scenario, scenario_data: dict[str, Any], change: dict[str, Any], error: type
) -> None:
    with pytest.raises(error):
        save_scenario_from_data(
            data=scenario_data | change, source="", collection=scenario.collection
        )
    assert Scenario.objects.get().title == "Take payments"
    assert ScenarioEdition.objects.count() == 1


def test_a_unit_nobody_knows_is_refused(scenario_data: dict[str, Any], scenario: Scenario) -> None:
    numbers = [{"value": 1, "unit": "furlongs", "tolerance": 0.1}]
    scenario_data["stages"][0]["criteria"][0]["numbers"] = numbers
    with pytest.raises(RubricError, match="furlongs"):
        save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)


def test_a_slug_belongs_to_one_scenario(scenario: Scenario, scenario_data: dict[str, Any]) -> None:
    twin = scenario_data | {"id": "5f1d7bb2-4a52-4d22-8f0e-000000000001"}
    with pytest.raises(ValidationError, match="slug"):
        save_scenario_from_data(data=twin, source="", collection=Collection.get_first_root_node())
