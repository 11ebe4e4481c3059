"""Hints in practice: one after the other, for points, and never before they are taken."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from interviews import practice
from interviews.models import Answer, Interview
from interviews.models.interviews import Mode, points_left
from tests.interviews.rich_stage import enrich

FROM_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def scenario_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    return enrich(scenario_data)


def test_the_page_offers_the_next_hint_with_its_cost_and_none_of_its_words(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "Take a hint (costs 0.5 points)" in page
    assert "2 hints are left." in page
    assert "a charge <strong>wait" not in page


def test_a_hint_that_was_taken_stays_and_the_next_is_offered(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.post(stage_url("hint/"), {"hint": "1"}, follow=True).text
    assert "Where does a charge <strong>wait</strong>?" in page
    assert "What makes a retry harmless" not in page
    assert "Take a hint (costs 1 points)" in page


def test_a_double_click_takes_one_hint(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    for _click in range(2):
        ada.post(stage_url("hint/"), {"hint": "1"})
    answer.refresh_from_db()
    assert (answer.hints_taken, answer.hint_cost) == (1, 0.5)


def test_a_script_gets_the_hints_alone_and_stores_nothing_by_the_way(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    sent = {"hint": "1", "text": "half a word", "version": 0}
    fragment = ada.post(stage_url("hint/"), sent, headers=FROM_SCRIPT).text
    assert "<html" not in fragment
    assert "Where does a charge" in fragment
    answer.refresh_from_db()
    assert answer.text == ""


def test_without_script_what_is_typed_is_stored_before_the_hint(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("hint/"), {"hint": "1", "text": "half an answer", "version": 0})
    answer.refresh_from_db()
    assert (answer.text, answer.hints_taken) == ("half an answer", 1)


@pytest.mark.parametrize("number", ["2", "0", "-1", "3", "x", "", "9" * 40, "²"])
def test_a_hint_that_is_not_next_is_not_given(
    ada: Client, answer: Answer, stage_url: Callable[..., str], number: str
) -> None:
    page = ada.post(stage_url("hint/"), {"hint": number}, follow=True).text
    assert "There is no such hint now." in page
    answer.refresh_from_db()
    assert answer.hints_taken == 0


def test_a_strict_interview_has_no_hints(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    assert "Take a hint" not in ada.get(stage_url()).text
    ada.post(stage_url("hint/"), {"hint": "1"})
    answer.refresh_from_db()
    assert answer.hints_taken == 0


def test_a_submitted_stage_gives_no_hints(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("hint/"), {"hint": "1"})
    submitted.refresh_from_db()
    assert submitted.hints_taken == 0


@pytest.mark.parametrize(("points", "cost", "left"), [(5, 0, 5), (5, 1.5, 3.5), (1, 1.5, 0)])
def test_hints_never_take_more_than_there_is(points: float, cost: float, left: float) -> None:
    assert points_left(points, cost) == left


def test_the_cost_is_taken_off_in_the_result_the_list_and_the_debrief(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.filter(pk=graded.pk).update(hints_taken=1, hint_cost=0.5)
    graded.refresh_from_db()
    assert graded.current_grade is not None
    earned = graded.current_grade.points
    assert earned > 0.5
    said = f"{earned:g} points less 0.5 for hints: {earned - 0.5:g} of 5 points count."
    assert said in ada.get(stage_url()).text
    ada.post(f"/interviews/sessions/{graded.interview_id}/finish/")
    assert f">{earned - 0.5:g} / 10<" in ada.get("/interviews/").text
    debrief = ada.get(f"/interviews/sessions/{graded.interview_id}/debrief/").text
    assert f'<dd class="value">{earned - 0.5:g} ' in debrief


def test_a_list_and_an_answer_count_alike_when_hints_cost_more_than_was_earned(
    graded: Answer,
) -> None:
    Answer.objects.filter(pk=graded.pk).update(hint_cost=99)
    graded.refresh_from_db()
    listed = Interview.objects.with_results().get()
    assert listed.points == graded.points == 0  # type: ignore[attr-defined]


def test_the_action_takes_hints_in_order(answer: Answer) -> None:
    for number in (1, 2):
        practice.take_hint(answer=answer, number=number)
    answer.refresh_from_db()
    assert (answer.hints_taken, answer.hint_cost) == (2, 1.5)
