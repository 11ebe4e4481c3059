"""Estimate fields: typed beside the answer, stored with it, and read back as understood."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from interviews.estimates import say_reading
from interviews.models import Answer, KeptText
from interviews.work import MAX_ESTIMATE
from tests.interviews.rich_stage import enrich


@pytest.fixture
def scenario_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    return enrich(scenario_data)


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("13.5k", "", "Read as 13\u202f500."),
        ("13 500", "1/s", "Read as 13\u202f500/s."),
        ("36000 per hour", "1/s", "Read as 36\u202f000/h, which is 10/s."),
        ("  ", "1/s", ""),
    ],
)
def test_a_number_is_said_back_in_the_unit_that_is_asked_for(
    text: str, unit: str, words: str
) -> None:
    assert say_reading(text, unit) == (words, True)


@pytest.mark.parametrize(
    ("text", "unit", "part"),
    [
        ("a lot", "1/s", "no number"),
        ("5 GB", "1/s", "measure different things"),
        ("5 bananas", "", "bananas"),
        ("1" * MAX_ESTIMATE, "", "too long"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text: str, unit: str, part: str) -> None:
    words, is_readable = say_reading(text, unit)
    assert not is_readable
    assert part in words


@given(text=st.text(max_size=MAX_ESTIMATE), unit=st.sampled_from(["", "1/s", "GB", "$", "%"]))
def test_every_text_has_a_reading_or_a_sentence(text: str, unit: str) -> None:
    words, is_readable = say_reading(text, unit)
    assert bool(words) == bool(text.strip())
    assert is_readable or words


def test_the_page_has_a_field_with_its_unit_for_each_estimate(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert '<label for="estimate-backlog">Unpaid orders</label>' in page
    assert '<span class="unit">1/s</span>' in page
    assert "After the outage." in page


def test_estimates_are_saved_with_the_answer_and_said_back(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    typed = {"estimate-backlog": "54k", "estimate-rate": "fast"}
    told = send(ada, stage_url("save/"), "text", 0, **typed).json()
    assert told["version"] == 1
    assert told["readings"]["backlog"] == {"of": "54k", "words": "Read as 54\u202f000.", "ok": True}
    assert not told["readings"]["rate"]["ok"]
    answer.refresh_from_db()
    assert answer.estimates == {"backlog": "54k", "rate": "fast"}
    page = ada.get(stage_url()).text
    assert 'value="fast"' in page
    assert "I found no number at the start." in page


def test_a_changed_estimate_alone_is_a_new_version(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "text", 0, **{"estimate-rate": "10"})
    told = send(ada, stage_url("save/"), "text", 1, **{"estimate-rate": "20"}).json()
    assert (told["state"], told["version"]) == ("saved", 2)


def test_an_emptied_field_is_emptied_and_a_field_that_was_not_sent_stays(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "text", 0, **{"estimate-rate": "10", "estimate-backlog": "5"})
    send(ada, stage_url("save/"), "text", 1, **{"estimate-rate": " "})
    answer.refresh_from_db()
    assert answer.estimates == {"backlog": "5"}


def test_a_conflict_in_an_estimate_keeps_the_whole_work_and_can_be_chosen(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "text", 0, **{"estimate-rate": "10"})
    refused = send(ada, stage_url("save/"), "text", 0, **{"estimate-rate": "20"}, diagram="a -> b")
    assert refused.status_code == 409
    assert refused.json()["estimates"] == {"rate": "10"}
    page = ada.get(stage_url()).text
    assert "Spare rate: 20" in page
    assert "a -&gt; b" in page
    ada.post(stage_url(f"kept/{KeptText.objects.get().pk}/"), {"choice": "use"})
    answer.refresh_from_db()
    assert (answer.estimates, answer.diagram) == ({"rate": "20"}, "a -> b")
    assert KeptText.objects.get(settled_at=None).estimates == {"rate": "10"}


def test_what_is_graded_has_the_estimates_as_a_list(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    typed = {"text": "We queue.", "version": 0, "key": "k", "estimate-backlog": "54 000"}
    ada.post(stage_url("submit/"), typed)
    assert answer.gradings.get().text == "We queue.\n\n- Unpaid orders: 54 000"


def test_a_field_that_is_too_long_comes_back_with_everything_that_was_typed(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    long = "9" * (MAX_ESTIMATE + 1)
    typed = {"text": "my text", "version": 0, "estimate-rate": long, "diagram": "x -> y"}
    page = ada.post(stage_url("save/"), typed)
    assert page.status_code == 422
    assert "Write only a number and its unit." in page.text
    for part in (long, "my text", "x -&gt; y"):
        assert part in page.text


def test_an_estimate_nobody_asked_for_is_not_stored(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "text", 0, **{"estimate-invented": "1"})
    answer.refresh_from_db()
    assert answer.estimates == {}


def test_a_form_sent_after_the_log_out_shows_every_part_again(
    stranger: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    typed = {"text": "my text", "version": 0, "estimate-rate": "12/s", "diagram": "one: two"}
    page = stranger.post(stage_url("save/"), typed).text
    assert [part for part in ("my text", "12/s", "one: two") if part not in page] == []


def test_estimates_alone_are_work_that_ending_early_submits(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "", 0, **{"estimate-rate": "10"})
    ada.post(f"/interviews/sessions/{answer.interview_id}/finish/")
    assert answer.gradings.get().text == "- Spare rate: 10"
