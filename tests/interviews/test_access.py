"""Every address below an interview, opened by everybody who is not its owner."""

from collections.abc import Callable

import pytest
from django.test import Client

from interviews.models import Answer, Grading, Interview, KeptText
from interviews.models.grades import State

GETS = ["", "debrief/"]
POSTS = ["finish/"]
STAGE_GETS = ["", "grading/", "answer/", "follow-up/queue/grading/"]
STAGE_POSTS = [
    "open/",
    "save/",
    "submit/",
    "retry/",
    "ask/",
    "kept/1/",
    *(f"follow-up/queue/{tail}" for tail in ("", "again/")),
]
ANSWER = {"text": "mine now", "version": 0}


@pytest.fixture
def addresses(interview: Interview, stage_url: Callable[..., str]) -> list[tuple[str, str]]:
    """Every method and address below Ada's interview."""
    base = f"/interviews/sessions/{interview.pk}/"
    gets = [base + tail for tail in GETS] + [stage_url(tail) for tail in STAGE_GETS]
    posts = [base + tail for tail in POSTS] + [stage_url(tail) for tail in STAGE_POSTS]
    return [("get", url) for url in gets] + [("post", url) for url in posts]


def test_another_learner_finds_nothing_at_any_address(
    grace: Client, submitted: Answer, addresses: list[tuple[str, str]]
) -> None:
    for method, url in addresses:
        assert getattr(grace, method)(url, ANSWER).status_code == 404, url


def test_an_interview_of_nobody_answers_as_one_of_somebody_else(
    grace: Client, interview: Interview
) -> None:
    missing = grace.get("/interviews/sessions/999999/")
    assert missing.status_code == 404
    assert grace.get(f"/interviews/sessions/{interview.pk}/").status_code == 404


def test_a_stage_is_found_through_its_own_interview_only(
    ada: Client, grace: Client, submitted: Answer
) -> None:
    grace.post("/interviews/pay/start/")
    hers = Interview.objects.latest("pk")
    assert hers.pk != submitted.interview_id
    url = f"/interviews/sessions/{hers.pk}/stages/design/"
    assert ada.get(url).status_code == 404
    assert submitted.text not in grace.get(url).text


def test_a_kept_text_of_another_answer_is_out_of_reach(
    ada: Client, grace: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    grace.post("/interviews/pay/start/")
    hers = Answer.objects.latest("pk")
    kept = KeptText.objects.create(answer=hers, text="hers", base_version=0)
    ada.post(stage_url(f"kept/{kept.pk}/"), {"choice": "use"})
    answer.refresh_from_db()
    kept.refresh_from_db()
    assert answer.text == ""
    assert kept.settled_at is None


def test_a_stranger_is_led_to_the_log_in(
    stranger: Client, submitted: Answer, addresses: list[tuple[str, str]]
) -> None:
    for method, url in addresses:
        response = getattr(stranger, method)(url, ANSWER)
        assert response.status_code == (302 if method == "get" else 401), url
        if method == "get":
            assert response["Location"].startswith("/account/login/?next=")


def test_a_stranger_keeps_the_text_that_could_not_be_stored(
    stranger: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    response = stranger.post(stage_url("save/"), {"text": "an hour of work", "version": 0})
    assert "an hour of work" in response.text


def test_a_script_of_a_stranger_is_told_401(
    stranger: Client, submitted: Answer, addresses: list[tuple[str, str]]
) -> None:
    for headers in ({"Accept": "application/json"}, {"HX-Request": "true"}):
        for method, url in addresses:
            assert getattr(stranger, method)(url, headers=headers).status_code == 401, url


def test_views_take_the_methods_they_are_for(ada: Client, addresses: list[tuple[str, str]]) -> None:
    for method, url in addresses:
        other = "post" if method == "get" else "get"
        assert getattr(ada, other)(url).status_code == 405, url


def test_pages_of_an_interview_stay_out_of_shared_caches(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    response = ada.get(stage_url())
    assert response["Cache-Control"] == "private, no-store"
    assert "HX-Request" in response["Vary"]


def test_grading_is_not_asked_for_twice_by_somebody_else(
    grace: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    Grading.objects.update(state=State.FAILED)
    grace.post(stage_url("retry/"))
    assert Grading.objects.count() == 1
