"""Totals after a regrade by a rubric with another maximum: what counts is what is added up."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.definition import save_scenario_from_data
from interviews.models import Answer, Interview, Scenario, ScenarioEdition
from tests.interviews.conftest import QUEUE_ANSWER

NEWER_MAX = 4 + 3 + 2  # the regraded stage: queue worth 4, idempotent 3, and a new criterion
OLDER_MAX = 5
BOTH = f"{NEWER_MAX + OLDER_MAX}"


@pytest.fixture
def newer(scenario: Scenario, scenario_data: dict[str, Any]) -> ScenarioEdition:
    """An edition whose first stage asks for more."""
    criteria = scenario_data["stages"][0]["criteria"]
    criteria[0]["points"] = 4
    criteria.append(
        criteria[0] | {"id": "drain", "title": "Drains it", "points": 2, "dimension": "failure"}
    )
    save_scenario_from_data(data=scenario_data, source="new", collection=scenario.collection)
    return ScenarioEdition.objects.current().get()


def regrade(answer: Answer, edition: ScenarioEdition) -> None:
    grading = actions.request_grading(
        answer=answer, again=answer.gradings.order_by("pk")[0], edition=edition
    )
    grading_queue.grade_queued(grading.pk)
    answer.refresh_from_db()


@pytest.fixture
def regraded(graded: Answer, newer: ScenarioEdition) -> Answer:
    """Ada's finished interview of one stage, which was graded again by the newer rubric."""
    actions.finish_interview(interview=graded.interview)
    regrade(graded, newer)
    assert graded.current_grade is not None
    assert graded.current_grade.max_points == NEWER_MAX
    return graded


@pytest.fixture
def page(ada: Client, regraded: Answer) -> Callable[[], str]:
    """Return a function that opens the debrief."""
    return lambda: ada.get(f"/interviews/sessions/{regraded.interview_id}/debrief/").text


def test_the_total_takes_the_maximum_of_the_grade_that_counts(
    regraded: Answer, page: Callable[[], str]
) -> None:
    points = f"{regraded.points:g}"
    assert f"{points} <small>of {BOTH}</small>" in page()


def test_the_dimensions_add_up_to_the_same_total(page: Callable[[], str]) -> None:
    shown = re.findall(r'class="count">[\d.]+ of ([\d.]+)<', page())
    assert shown == ["12", "2"]
    assert sum(float(one) for one in shown) == float(BOTH)


@pytest.mark.parametrize("address", ["/interviews/", "/dashboard/"])
def test_lists_say_the_same(ada: Client, regraded: Answer, address: str) -> None:
    points = f"{regraded.points:g}"
    shown = re.sub(r"\.0\b", "", ada.get(address).text)
    assert f"{points} / {BOTH}" in shown


def test_a_list_asks_nothing_more_for_regraded_interviews(
    regraded: Answer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        (listed,) = Interview.objects.listed()
        assert listed.most == float(BOTH)  # type: ignore[attr-defined]


def test_an_interview_nobody_regraded_keeps_its_editions_maximum(
    graded: Answer, newer: ScenarioEdition
) -> None:
    actions.finish_interview(interview=graded.interview)
    assert Interview.objects.with_results().get().most == 10  # type: ignore[attr-defined]


def test_two_regrades_are_not_counted_twice(
    regraded: Answer, scenario_data: dict[str, Any], scenario: Scenario
) -> None:
    scenario_data["stages"][0]["criteria"][2]["points"] = 7
    save_scenario_from_data(data=scenario_data, source="3", collection=scenario.collection)
    regrade(regraded, ScenarioEdition.objects.current().get())
    listed = Interview.objects.with_results().get()
    assert listed.most == 4 + 3 + 7 + OLDER_MAX  # type: ignore[attr-defined]


def test_a_comparison_uses_the_rubric_of_each_grade(
    ada: Client, learner: Learner, regraded: Answer, newer: ScenarioEdition, db: None
) -> None:
    later = actions.start_interview(learner=learner, edition=newer, mode="practice")
    answer = later.answers.get()
    actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key="later")
    grading_queue.grade_queued(answer.gradings.get().pk)
    actions.finish_interview(interview=later)
    page = ada.get(f"/interviews/sessions/{later.pk}/debrief/").text
    points = f"{regraded.points:g}"
    assert f"you earned {points} of {BOTH} points, now {points} of {BOTH}." in page
    assert "No criterion went better or worse." in page
    assert "new in this edition" not in page


def test_the_newer_edition_is_fetched_once_however_many_stages_have_it(
    learner: Learner,
    scenario: Scenario,
    scenario_data: dict[str, Any],
    ada: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    edition = ScenarioEdition.objects.current().get()
    interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
    for stage in edition.stages:
        answer = actions.open_stage(interview=interview, stage_id=stage["id"])
        actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key=stage["id"])
        grading_queue.grade_queued(answer.gradings.get().pk)
    for stage in scenario_data["stages"]:
        stage["criteria"][0]["points"] = 4
    save_scenario_from_data(
        data=scenario_data, source="new", collection=Collection.get_first_root_node()
    )
    newer = ScenarioEdition.objects.current().get()
    for answer in interview.answers.all():
        regrade(answer, newer)
    # user, interview, answers, gradings, grades of several, the newer edition, appeals, earlier
    with django_assert_max_num_queries(9):
        page = ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text
    assert "<small>of 14</small>" in page
