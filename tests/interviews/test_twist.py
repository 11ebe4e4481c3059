"""A requirement that changes at a stage: said before its question, and again in the debrief."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from interviews.models import Answer
from tests.interviews.rich_stage import enrich


@pytest.fixture
def scenario_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    return enrich(scenario_data)


def test_a_twist_stands_above_the_question(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "allows <em>five</em> requests" in page
    assert page.index("The situation changes") < page.index("What about <strong>design")


def test_a_twist_is_told_again_in_the_debrief(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    assert "The situation changed" in ada.get(stage_url()).text
    ada.post(f"/interviews/sessions/{graded.interview_id}/finish/")
    debrief = ada.get(f"/interviews/sessions/{graded.interview_id}/debrief/").text
    assert "The situation changed" in debrief


def test_a_stage_without_a_twist_speaks_of_no_change(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("open/", "failure"))
    assert "The situation change" not in ada.get(stage_url(stage="failure")).text
