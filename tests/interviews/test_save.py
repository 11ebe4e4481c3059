"""Autosave: what is stored, and what never overwrites it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.test import Client

from interviews.models import Answer, Interview, KeptText
from interviews.models.interviews import MAX_TEXT, Mode


def test_each_save_makes_a_version(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    assert send(ada, stage_url("save/"), "one", 0).json() == {"state": "saved", "version": 1}
    assert send(ada, stage_url("save/"), "one two", 1).json() == {"state": "saved", "version": 2}
    answer.refresh_from_db()
    assert (answer.text, answer.version) == ("one two", 2)
    assert answer.saved_at is not None


def test_an_outdated_tab_gets_409_with_what_is_stored(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "from the first tab", 0, editor="a", sequence=1)
    response = send(ada, stage_url("save/"), "from the second tab", 0, editor="b", sequence=1)
    assert response.status_code == 409
    stored = {"text": "from the first tab", "estimates": {}, "diagram": ""}
    assert response.json() == {"state": "conflict", "version": 1, **stored}
    answer.refresh_from_db()
    assert answer.text == "from the first tab"
    assert KeptText.objects.get().text == "from the second tab"


def test_a_repeated_conflict_is_kept_once(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "stored", 0)
    for _again in range(3):
        send(ada, stage_url("save/"), "outdated", 0)
    assert KeptText.objects.count() == 1


def test_the_same_text_again_is_no_new_version(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    for _again in range(2):
        response = send(ada, stage_url("save/"), "the same", 0)
    assert response.json() == {"state": "saved", "version": 1}


def test_a_tab_whose_acknowledgement_was_lost_goes_on(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "first", 0, editor="a", sequence=1)
    response = send(ada, stage_url("save/"), "first and more", 0, editor="a", sequence=2)
    assert response.json() == {"state": "saved", "version": 2}


def test_a_save_that_was_overtaken_by_a_later_one_changes_nothing(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "later", 0, editor="a", sequence=2)
    response = send(ada, stage_url("save/"), "earlier", 0, editor="a", sequence=1)
    stored = {"text": "later", "estimates": {}, "diagram": ""}
    assert response.json() == {"state": "superseded", "version": 1, **stored}
    assert not KeptText.objects.exists()
    answer.refresh_from_db()
    assert answer.text == "later"


def test_who_has_seen_what_is_stored_may_change_it_whatever_the_count(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "stored", 0, editor="a", sequence=9)
    response = send(ada, stage_url("save/"), "changed", 1, editor="a", sequence=1)
    assert response.json() == {"state": "saved", "version": 2}


def test_a_text_that_was_overtaken_is_not_submitted(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "later", 0, editor="a", sequence=2)
    response = send(ada, stage_url("submit/"), "earlier", 0, editor="a", sequence=1, key="k")
    assert response.json()["state"] == "superseded"
    answer.refresh_from_db()
    assert answer.submitted_at is None


def test_a_tab_that_was_interrupted_by_another_has_to_choose(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "a", 0, editor="a", sequence=1)
    send(ada, stage_url("save/"), "a, then b", 1, editor="b", sequence=1)
    response = send(ada, stage_url("save/"), "a again", 1, editor="a", sequence=2)
    assert response.status_code == 409


def test_choosing_the_kept_text_keeps_the_other_one(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "stored", 0)
    send(ada, stage_url("save/"), "outdated", 0)
    assert "Another text was sent for this stage" in ada.get(stage_url()).text
    kept = KeptText.objects.get()
    for _double_click in range(2):
        ada.post(stage_url(f"kept/{kept.pk}/"), {"choice": "use"})
    answer.refresh_from_db()
    assert (answer.text, answer.version) == ("outdated", 2)
    assert KeptText.objects.get(settled_at=None).text == "stored"


def test_staying_with_what_is_stored_settles_the_kept_text(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "stored", 0)
    send(ada, stage_url("save/"), "outdated", 0)
    ada.post(stage_url(f"kept/{KeptText.objects.get().pk}/"), {"choice": "drop"})
    assert "Another text was sent" not in ada.get(stage_url()).text
    answer.refresh_from_db()
    assert answer.text == "stored"


def test_keeping_ones_own_text_in_the_page_settles_it_too(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "stored", 0)
    send(ada, stage_url("save/"), "mine", 0)
    send(ada, stage_url("save/"), "mine", 1)
    assert not KeptText.objects.filter(settled_at=None).exists()


def test_line_ends_are_stored_as_line_feeds(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "- one\r\n- two\r", 0)
    answer.refresh_from_db()
    assert answer.text == "- one\n- two\n"


def test_without_script_the_page_says_what_was_stored(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.post(stage_url("save/"), {"text": "typed", "version": 0}, follow=True).text
    assert "Saved as version 1." in page
    assert "Version 1 will be graded." in page


def test_a_text_that_is_too_long_comes_back_with_a_sentence(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    text = "x" * (MAX_TEXT + 1)
    refused = send(ada, stage_url("save/"), text, 0)
    assert refused.status_code == 422
    assert f"at most {MAX_TEXT}" in refused.json()["message"]
    page = ada.post(stage_url("save/"), {"text": text, "version": 0})
    assert page.status_code == 422
    assert text in page.text


def test_the_longest_text_fits_whatever_its_line_ends(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    assert send(ada, stage_url("save/"), "\r\n" * MAX_TEXT, 0).status_code == 200


def test_a_submitted_stage_takes_no_save(
    ada: Client, submitted: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    response = send(ada, stage_url("save/"), "afterthought", submitted.version)
    assert response.status_code == 409
    assert response.json()["state"] == "submitted"


def test_in_practice_a_save_after_the_time_is_taken(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    Answer.objects.update(opened_at=F("opened_at") - timedelta(minutes=9))
    assert send(ada, stage_url("save/"), "late", 0).status_code == 200
    assert "over time" in ada.get(stage_url()).text


def test_in_a_strict_interview_the_last_save_before_the_end_counts(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    send(ada, stage_url("save/"), "in time", 0)
    Answer.objects.update(opened_at=F("opened_at") - timedelta(minutes=9))
    response = send(ada, stage_url("save/"), "too late", 1)
    assert response.json() == {"state": "over", "version": 1}
    assert "The time is over: version 1 will be graded." in ada.get(stage_url()).text
    submitted = send(ada, stage_url("submit/"), "too late", 1)
    assert submitted.json()["state"] == "submitted"
    answer.refresh_from_db()
    assert (answer.text, answer.late) == ("in time", True)


def test_a_page_that_comes_back_learns_what_is_stored_and_a_token(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.update(text="stored", version=4)
    told = ada.get(stage_url("answer/")).json()
    assert told.pop("token")
    stored = {"text": "stored", "estimates": {}, "diagram": ""}
    assert told == {"state": "saved", "version": 4, **stored}
