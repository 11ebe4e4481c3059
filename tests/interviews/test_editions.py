"""Editions: what learners read, for ever as it was."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from interviews.definition import save_scenario_from_data
from interviews.models import Answer, Grade, Interview, Scenario, ScenarioEdition
from interviews.models.grades import AppendOnlyError


def test_markdown_is_rendered_when_the_edition_is_made(edition: ScenarioEdition) -> None:
    assert "<em>nothing</em>" in edition.data["prompt_html"]
    assert "<strong>design</strong>" in edition.stages[0]["prompt_html"]


def test_markup_in_an_authors_text_does_not_run(
    scenario: Scenario, scenario_data: dict[str, Any], ada: Client
) -> None:
    hostile = scenario_data | {"prompt": "<script>alert(1)</script> [x](javascript:alert(1))"}
    save_scenario_from_data(data=hostile, source="", collection=scenario.collection)
    page = ada.post("/interviews/pay/start/", follow=True).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_an_interview_keeps_the_edition_it_began_with(
    ada: Client, interview: Interview, scenario: Scenario, scenario_data: dict[str, Any]
) -> None:
    scenario_data["stages"][0]["prompt"] = "Something else entirely"
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    page = ada.get(f"/interviews/sessions/{interview.pk}/stages/design/").text
    assert "What about <strong>design</strong>?" in page


def test_what_was_answered_stays_readable_when_the_scenario_is_deleted(
    ada: Client, graded: Answer, scenario: Scenario
) -> None:
    scenario.delete()
    assert ScenarioEdition.objects.get().is_current is False
    page = ada.get(f"/interviews/sessions/{graded.interview_id}/stages/design/").text
    assert "Graded by the embedded grader" in page
    assert "Take payments" not in Client().get("/interviews/").text


def test_publishing_again_what_was_withdrawn_makes_it_current(scenario: Scenario) -> None:
    scenario.unpublish()
    scenario.save_revision().publish()
    assert ScenarioEdition.objects.current().count() == 1
    assert ScenarioEdition.objects.count() == 1


def test_the_database_refuses_to_change_an_edition(edition: ScenarioEdition) -> None:
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        ScenarioEdition.objects.update(title="Another")


def test_the_database_refuses_to_change_a_grade(graded: Answer) -> None:
    grades = Grade.objects.all()
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        super(type(grades), grades).update(points=5)


def test_a_grade_refuses_to_be_saved_updated_or_deleted(graded: Answer) -> None:
    grade = Grade.objects.get()
    for change in (grade.save, grade.delete, Grade.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        Grade.objects.update(points=1)


def test_removing_an_account_removes_its_grades(graded: Answer) -> None:
    graded.interview.learner.user.delete()
    assert not Grade.objects.exists()
