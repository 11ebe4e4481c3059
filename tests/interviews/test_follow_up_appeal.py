"""Follow-up questions: a learner thinks that the verdict on an answer is wrong."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from interviews import grading_queue
from interviews.models import Answer, Appeal, Grade, Grading, Interview
from interviews.models.grades import State
from interviews.review import CriterionForm, criteria_of, grade_by_person
from tests.interviews.test_followups import BAD, MINE, finished, page, sent, url

__all__ = ["finished", "page", "url"]


@pytest.fixture
def judged(ada: Client, url: Callable[..., str]) -> Answer:
    """Ada's answer to a follow-up question, graded as missed."""
    ada.post(url(), sent(BAD))
    grading_queue.grade_queued(MINE.get().gradings.get().pk)
    return MINE.get()


@pytest.fixture
def form(judged: Answer) -> dict[str, str]:
    return {"grade": str(judged.current_grade_id), "text": "It <b>is</b> there."}


def test_an_appeal_in_its_place_is_kept_once_and_asks_a_person(
    ada: Client,
    judged: Answer,
    form: dict[str, str],
    url: Callable[..., str],
    page: Callable[[], str],
) -> None:
    assert f'action="{url("appeal/")}"' in page()
    for _double_click in range(2):
        response = ada.post(url("appeal/"), form)
    assert response["Location"].endswith("/debrief/#follow-up-design-idempotent")
    appeal = Appeal.objects.get()
    assert (appeal.grade_id, appeal.criterion_id) == (judged.current_grade_id, "idempotent")
    parked = Grading.objects.get(state=State.PARKED)
    assert (parked.answer, parked.text) == (judged, BAD)
    shown = page()
    assert "It &lt;b&gt;is&lt;/b&gt; there." in shown
    assert f'action="{url("appeal/")}"' not in shown


def test_a_person_settles_it_and_the_total_stays(
    ada: Client,
    form: dict[str, str],
    url: Callable[..., str],
    page: Callable[[], str],
    instructor_user: User,
) -> None:
    ada.post(url("appeal/"), form)
    parked = Grading.objects.get(state=State.PARKED)
    (criterion,) = criteria_of(parked)
    verdict = {
        "idempotent-verdict": "met",
        "idempotent-quote": "a bigger server",
        "idempotent-reason": "Fair enough.",
    }
    judgement = CriterionForm(verdict, criterion=criterion, answer=parked.text)
    assert judgement.is_valid()
    grade_by_person(grading=parked, judge=instructor_user, forms=[judgement])
    shown = page()
    assert "<b>missed → met</b>" in shown
    assert "Fair enough." in shown
    assert "Would have earned <b>3 of 3</b> points." in shown
    assert "0 <small>of 10</small>" in shown


def test_the_stages_own_verdict_is_another_one(
    ada: Client,
    judged: Answer,
    form: dict[str, str],
    url: Callable[..., str],
    finished: Interview,
) -> None:
    """Both are about the same criterion; an appeal against one says nothing about the other."""
    ada.post(url("appeal/"), form)
    stage = finished.answers.get(stage_id="design", criterion_id="")
    assert not Appeal.objects.filter(grade__answer=stage).exists()
    address = f"/interviews/sessions/{finished.pk}/stages/design/appeal/idempotent/"
    ada.post(address, {"grade": str(stage.current_grade_id), "text": ""})
    assert Appeal.objects.count() == 2


def test_a_grade_that_has_changed_is_not_appealed_against(
    ada: Client, form: dict[str, str], url: Callable[..., str], finished: Interview
) -> None:
    other = finished.answers.get(stage_id="failure").current_grade_id
    page = ada.post(url("appeal/"), form | {"grade": str(other)}, follow=True).text
    assert "This grade has changed since" in page
    assert not Appeal.objects.exists()


def test_too_long_a_reason_stays_in_the_form(
    ada: Client, form: dict[str, str], url: Callable[..., str]
) -> None:
    response = ada.post(url("appeal/"), form | {"text": "y" * 1001})
    assert response.status_code == 422
    assert "y" * 1001 in response.text
    assert f'action="{url("appeal/")}"' in response.text
    assert "#follow-up-design-idempotent" in response.text


def test_nothing_graded_is_nothing_to_appeal_against(
    ada: Client, url: Callable[..., str], finished: Interview
) -> None:
    assert ada.post(url("appeal/"), {"grade": "1"}).status_code == 404
    ada.post(url(), sent(BAD))
    assert ada.post(url("appeal/"), {"grade": "1"}).status_code == 404


def test_nobody_else_can_appeal(
    grace: Client, stranger: Client, form: dict[str, str], url: Callable[..., str]
) -> None:
    assert grace.post(url("appeal/"), form).status_code == 404
    assert stranger.post(url("appeal/"), form).status_code == 401
    assert not Appeal.objects.exists()
    assert Grade.objects.filter(grader="person").count() == 0
