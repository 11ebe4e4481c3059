"""The list of scenarios and of one's own interviews."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner
from interviews import actions
from interviews.definition import save_scenario_from_data
from interviews.models import Interview, Scenario, ScenarioEdition

QUERIES = 4  # user, scenarios, count of interviews, interviews (the session is cached)


def add_scenarios(data: dict[str, Any], count: int) -> None:
    root = Collection.get_first_root_node()
    for number in range(count):
        own = {"id": f"5f1d7bb2-4a52-4d22-8f0e-{number:012}", "slug": f"pay-{number}"}
        save_scenario_from_data(data=data | own, source="", collection=root)


def add_interviews(learner: Learner, edition: ScenarioEdition, count: int) -> None:
    for _number in range(count):
        interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
        actions.finish_interview(interview=interview)


def test_a_stranger_sees_what_there_is(stranger: Client, edition: ScenarioEdition) -> None:
    page = stranger.get("/interviews/").text
    assert "Take payments" in page
    assert "2 stages · 13 min" in page


def test_an_empty_index_says_so(stranger: Client, db: None) -> None:
    assert "No scenario is published yet." in stranger.get("/interviews/").text


def test_an_unpublished_scenario_is_not_listed(stranger: Client, scenario: Scenario) -> None:
    scenario.unpublish()
    assert "Take payments" not in stranger.get("/interviews/").text
    assert stranger.get("/interviews/pay/").status_code == 404


def test_own_interviews_are_listed_with_their_state(ada: Client, interview: Interview) -> None:
    assert "0 of 2 stages submitted" in ada.get("/interviews/").text


def test_interviews_of_others_are_not_listed(grace: Client, interview: Interview) -> None:
    assert "stages submitted" not in grace.get("/interviews/").text


@pytest.mark.parametrize("size", [1, 12])
def test_the_number_of_queries_does_not_grow(
    ada: Client,
    learner: Learner,
    edition: ScenarioEdition,
    scenario_data: dict[str, Any],
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    add_scenarios(scenario_data, size)
    add_interviews(learner, edition, size)
    ada.get("/interviews/")
    with django_assert_num_queries(QUERIES):
        ada.get("/interviews/")


def test_a_page_that_does_not_exist_shows_the_nearest(ada: Client, interview: Interview) -> None:
    assert ada.get("/interviews/?page=99").status_code == 200
    assert ada.get("/interviews/?page=x").status_code == 200
