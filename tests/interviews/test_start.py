"""A scenario's page, and beginning an interview on it."""

from django.test import Client

from interviews.models import Answer, Interview, ScenarioEdition
from interviews.models.interviews import Mode


def test_the_page_of_a_scenario_tells_stages_but_not_the_situation(
    stranger: Client, edition: ScenarioEdition
) -> None:
    page = stranger.get("/interviews/pay/").text
    assert "Design" in page
    assert "8 min" in page
    assert "answers <em>nothing</em>" not in page
    assert "Log in to begin" in page


def test_starting_opens_the_first_stage_and_its_clock(
    ada: Client, edition: ScenarioEdition
) -> None:
    response = ada.post("/interviews/pay/start/", {"mode": "practice"}, follow=True)
    assert response.status_code == 200
    answer = Answer.objects.get()
    assert answer.stage_id == "design"
    assert answer.opened_at >= answer.interview.started_at
    assert 'data-deadline="' in response.text


def test_a_double_click_begins_one_interview(ada: Client, edition: ScenarioEdition) -> None:
    for _click in range(2):
        ada.post("/interviews/pay/start/", {"mode": "practice"})
    assert Interview.objects.count() == 1


def test_an_interview_that_waits_is_offered_again(ada: Client, interview: Interview) -> None:
    assert "Continue the interview" in ada.get("/interviews/pay/").text


def test_a_strict_interview_is_strict(ada: Client, edition: ScenarioEdition) -> None:
    ada.post("/interviews/pay/start/", {"mode": "strict"})
    assert Interview.objects.get().mode == Mode.STRICT


def test_a_mode_nobody_knows_is_practice(ada: Client, edition: ScenarioEdition) -> None:
    ada.post("/interviews/pay/start/", {"mode": "easy\x00"})
    assert Interview.objects.get().mode == Mode.PRACTICE


def test_a_stranger_is_led_to_the_log_in_and_back_to_the_page(
    stranger: Client, edition: ScenarioEdition
) -> None:
    response = stranger.post("/interviews/pay/start/")
    assert response["Location"] == "/account/login/?next=/interviews/pay/"
    assert not Interview.objects.exists()


def test_an_unknown_scenario_is_not_found(ada: Client) -> None:
    assert ada.get("/interviews/nothing/").status_code == 404
    assert ada.post("/interviews/nothing/start/").status_code == 404
