"""Follow-up questions: what a page's script saves while somebody types."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviews.follow_up_actions import FollowUpText, sync_follow_up
from interviews.models import Answer, Interview, KeptText
from tests.interviews.test_followups import MINE, REPLY, finished, page, url

__all__ = ["finished", "page", "url"]

type Post = Callable[..., Any]
MINE_TAB, OTHER_TAB = "a" * 32, "b" * 32


@pytest.fixture
def post(ada: Client, url: Callable[..., str]) -> Post:
    """Return a function that sends a text as the script does."""

    def send(text: str, base: int, editor: str = MINE_TAB, sequence: int = 1, **more: str) -> Any:
        data = {"text": text, "version": base, "editor": editor, "sequence": sequence}
        return ada.post(url(), data | more, headers={"Accept": "application/json"})

    return send


def test_what_is_typed_is_stored_and_acknowledged(post: Post, page: Callable[[], str]) -> None:
    response = post("half a thought", 0)
    assert (response.status_code, response.json()) == (200, {"state": "saved", "version": 1})
    answer = MINE.get()
    assert (answer.text, answer.submitted_at, answer.editor) == ("half a thought", None, MINE_TAB)
    shown = page()
    assert "half a thought</textarea>" in shown
    assert "Saved, version 1" in shown


def test_the_form_names_itself_and_its_addresses_to_the_script(
    page: Callable[[], str], url: Callable[..., str], finished: Interview
) -> None:
    shown = page()
    assert f'data-answer="{finished.pk}/design/idempotent"' in shown
    assert f'data-save="{url()}"' in shown
    assert f'data-state-url="{url("answer/")}"' in shown
    assert "Nothing saved yet" in shown


def test_a_lost_acknowledgement_is_not_taken_for_another_tab(post: Post) -> None:
    post("one", 0, sequence=1)
    again = post("one two", 0, sequence=2)
    assert again.json() == {"state": "saved", "version": 2}
    late = post("one", 0, sequence=1)
    assert (late.status_code, late.json()["state"]) == (409, "superseded")
    assert MINE.get().text == "one two"
    assert not KeptText.objects.exists()


def test_of_two_tabs_neither_overwrites_the_other_silently(
    post: Post, page: Callable[[], str]
) -> None:
    post("from the first", 0)
    refused = post("from the second", 0, OTHER_TAB)
    assert refused.status_code == 409
    told = refused.json()
    assert (told["state"], told["version"], told["text"]) == ("conflict", 1, "from the first")
    assert MINE.get().text == "from the first"
    assert KeptText.objects.get(settled_at=None).text == "from the second"
    assert "from the second" in page()
    chosen = post("from the second", 1, OTHER_TAB, 2)
    assert chosen.json() == {"state": "saved", "version": 2}
    assert not KeptText.objects.filter(settled_at=None).exists()


def test_a_form_without_script_takes_the_place_of_no_tabs_run(
    ada: Client, url: Callable[..., str], post: Post
) -> None:
    """What the plain form stored was not seen by the tab: it must not count as the tab's own."""
    post("by the tab", 0)
    ada.post(url(), {"text": "by a plain form", "version": 1, "step": "save"})
    assert post("by the tab, more", 1, sequence=2).json()["state"] == "conflict"
    assert MINE.get().text == "by a plain form"


def test_handing_in_tells_where_the_grading_is_shown(post: Post, url: Callable[..., str]) -> None:
    for _replayed in range(2):
        response = post(REPLY, 0, step="submit")
        assert response.status_code == 200
        assert response.json()["url"] == url("grading/")
    answer = MINE.get()
    assert answer.text == REPLY
    assert answer.submitted_at is not None
    assert answer.gradings.count() == 1


def test_an_outdated_tab_hands_nothing_in(post: Post) -> None:
    post("from the first", 0)
    assert post(REPLY, 0, OTHER_TAB, step="submit").json()["state"] == "conflict"
    assert MINE.get().submitted_at is None


def test_what_another_tab_typed_after_the_submission_is_kept(
    post: Post, page: Callable[[], str]
) -> None:
    post(REPLY, 0, step="submit")
    late = post("a better thought", 0, OTHER_TAB)
    assert (late.status_code, late.json()["state"]) == (409, "submitted")
    assert MINE.get().text == REPLY
    assert "a better thought" in page()


def test_an_overtaken_save_of_the_same_tab_is_no_other_text(post: Post) -> None:
    post(REPLY, 0, sequence=5, step="submit")
    assert post(REPLY[:10], 0, sequence=3).json()["state"] == "submitted"
    assert not KeptText.objects.exists()


def test_an_empty_answer_is_told_to_the_script(post: Post) -> None:
    response = post(" ", 0, step="submit")
    assert response.status_code == 422
    assert response.json() == {"state": "invalid", "message": "Write an answer first."}
    assert not MINE.exists()


def test_a_tab_that_comes_back_asks_what_is_stored(
    ada: Client, url: Callable[..., str], post: Post
) -> None:
    told = ada.get(url("answer/")).json()
    assert (told["state"], told["version"], told["text"]) == ("saved", 0, "")
    post("half a thought", 0)
    told = ada.get(url("answer/")).json()
    assert (told["version"], told["text"]) == (1, "half a thought")
    assert told["token"]
    post(REPLY, 1, sequence=2, step="submit")
    assert ada.get(url("answer/")).json()["state"] == "submitted"


def test_nobody_else_saves_or_asks(
    grace: Client, stranger: Client, url: Callable[..., str], post: Post
) -> None:
    post("half a thought", 0)
    accept = {"Accept": "application/json"}
    sent = {"text": "mine now", "version": 1}
    assert grace.post(url(), sent, headers=accept).status_code == 404
    assert grace.get(url("answer/")).status_code == 404
    assert stranger.post(url(), sent, headers=accept).status_code == 401
    assert MINE.get().text == "half a thought"


def test_a_running_interview_tells_and_stores_nothing(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    address = stage_url("follow-up/idempotent/")
    assert "answer" not in ada.get(f"{address}answer/")["Location"]
    ada.post(address, {"text": "x", "version": 0}, headers={"Accept": "application/json"})
    assert not MINE.exists()


def test_ids_of_several_forms_are_unique(page: Callable[[], str]) -> None:
    ids = re.findall(r' id="([^"]+)"', page())
    assert len(ids) == len(set(ids))


def test_kept_texts_are_harmless(post: Post, page: Callable[[], str]) -> None:
    hostile = "</blockquote><script>alert(1)</script>"
    post("first", 0)
    post(hostile, 0, OTHER_TAB)
    shown = page()
    assert "<script>alert" not in shown
    assert escape(hostile) in shown


STEPS = st.lists(
    st.tuples(st.sampled_from([MINE_TAB, OTHER_TAB]), st.text("abc ", max_size=4)),
    max_size=8,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_two_tabs_do_no_text_is_lost(finished: Interview, steps: list[Any]) -> None:
    """Each tab saves on; the last text of each is stored, or kept beside what is.

    Capitals tell the tabs apart: the same words in both are one text, which either may delete.
    """
    MINE.all().delete()
    bases = {MINE_TAB: 0, OTHER_TAB: 0}
    last: dict[str, str] = {}
    for sequence, (tab, typed) in enumerate(steps, 1):
        text = typed.upper() if tab == OTHER_TAB else typed
        sent = FollowUpText("design", "idempotent", text, bases[tab], tab, sequence)
        saved = sync_follow_up(interview=finished, sent=sent)
        if saved.outcome == "saved":
            bases[tab] = saved.version
        last[tab] = text
    known = {one.text for one in MINE.all()} | set(KeptText.objects.values_list("text", flat=True))
    assert {text for text in last.values() if text.strip()} <= known
