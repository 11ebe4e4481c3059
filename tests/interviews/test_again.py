"""Trying a stage again in practice: the text stays, the clock starts anew, nothing is forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from interviews import grading_queue, practice
from interviews.actions import NotNowError
from interviews.models import Answer, Grading, Interview
from interviews.models.grades import State
from interviews.models.interviews import Mode

BETTER = "An idempotency key on each charge, and a queue that stores the charge."


def test_a_graded_stage_opens_again_with_its_text_and_a_new_clock(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.update(opened_at=F("opened_at") - timedelta(minutes=30), late=True)
    assert "Try this stage again" in ada.get(stage_url()).text
    page = ada.post(stage_url("again/"), {"tries": "1"}, follow=True).text
    before = graded.text
    graded.refresh_from_db()
    assert (graded.text, graded.tries, graded.late) == (before, 2, False)
    assert graded.submitted_at is None
    assert '<textarea id="answer"' in page
    assert 'class="clock"' in page
    assert "Your earlier try: " in page
    assert "Your answer then" in page
    assert "I think this is wrong" not in page


def test_a_double_click_begins_one_try(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    for _click in range(2):
        ada.post(stage_url("again/"), {"tries": "1"})
    graded.refresh_from_db()
    assert graded.tries == 2


def test_the_new_try_is_graded_and_the_old_words_stay_in_the_history(
    ada: Client, graded: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    before = graded.text
    ada.post(stage_url("again/"), {"tries": "1"})
    send(ada, stage_url("submit/"), BETTER, graded.version, key="second")
    page = ada.get(stage_url()).text
    assert "Waiting, 0 s." in page
    assert "Your earlier try: " in page
    assert before in page.replace("<mark>", "").replace("</mark>", "")
    grading_queue.grade_queued(graded.gradings.get(state=State.QUEUED).pk)
    graded.refresh_from_db()
    assert graded.current_grade is not None
    assert graded.current_grade.grading.text == BETTER
    assert [one.grading.text for one in graded.grades.order_by("pk")] == [before, BETTER]
    assert "Your earlier try" not in ada.get(stage_url()).text


def test_an_old_submission_sent_once_more_does_not_hand_the_new_try_in(
    ada: Client, graded: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    ada.post(stage_url("again/"), {"tries": "1"})
    send(ada, stage_url("submit/"), graded.text, 0, key="first")
    graded.refresh_from_db()
    assert graded.submitted_at is None
    assert graded.gradings.count() == 1


def test_points_count_no_more_until_the_new_try_is_graded(graded: Answer) -> None:
    practice.begin_again(answer=graded, tries=1)
    listed = Interview.objects.with_results().get()
    assert (listed.points, listed.graded) == (0, 0)  # type: ignore[attr-defined]


def test_a_stage_that_is_being_graded_is_not_begun_again(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    assert "Try this stage again" not in ada.get(stage_url()).text
    page = ada.post(stage_url("again/"), {"tries": "1"}, follow=True).text
    assert "This stage cannot be tried again now." in page
    submitted.refresh_from_db()
    assert submitted.tries == 1


def test_a_person_who_was_asked_about_the_earlier_try_is_not_waited_for(submitted: Answer) -> None:
    Grading.objects.update(state=State.PARKED)
    practice.begin_again(answer=submitted, tries=1)
    assert not Grading.objects.filter(state=State.PARKED).exists()


@pytest.mark.parametrize("ended", [True, False])
def test_a_strict_or_finished_interview_has_one_go(
    ada: Client, graded: Answer, stage_url: Callable[..., str], ended: bool
) -> None:
    if ended:
        Interview.objects.update(finished_at=F("started_at"))
    else:
        Interview.objects.update(mode=Mode.STRICT)
    assert "Try this stage again" not in ada.get(stage_url()).text
    graded.interview.refresh_from_db()
    with pytest.raises(NotNowError):
        practice.begin_again(answer=graded, tries=1)


def test_the_session_leads_to_the_stage_that_was_opened_last(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("open/", "failure"))
    ada.post(stage_url("again/"), {"tries": "1"})
    response = ada.get(f"/interviews/sessions/{graded.interview_id}/")
    assert response["Location"] == stage_url()


def test_the_interview_ends_only_when_no_stage_is_open(
    ada: Client, graded: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    ada.post(stage_url("open/", "failure"))
    assert "submitting it finishes the interview" in ada.get(stage_url(stage="failure")).text
    ada.post(stage_url("again/"), {"tries": "1"})
    assert "submitting it finishes the interview" not in ada.get(stage_url(stage="failure")).text
    send(ada, stage_url("submit/", "failure"), "retry", 0, key="last")
    assert Interview.objects.get().finished_at is None
    send(ada, stage_url("submit/"), BETTER, graded.version, key="second")
    assert Interview.objects.get().finished_at is not None
