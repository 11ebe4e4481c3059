"""A learner thinks that a verdict is wrong."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from interviews import appeals, grading_queue, tasks
from interviews.actions import NotNowError, queue_grading
from interviews.models import Answer, Appeal, Grading, Interview
from interviews.models.grades import State
from interviews.models.interviews import Mode
from tests.interviews.persons import grade_as_person

URL = "appeal/idempotent/"


@pytest.fixture
def form(graded: Answer) -> dict[str, str]:
    return {"grade": str(graded.current_grade_id), "text": "I wrote <b>once</b>."}


def test_an_appeal_is_kept_once_and_asks_a_person(
    ada: Client, graded: Answer, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    assert "I think this is wrong" in ada.get(stage_url()).text
    for _double_click in range(2):
        response = ada.post(stage_url(URL), form)
    assert response["Location"] == f"{stage_url()}#debrief-design"
    appeal = Appeal.objects.get()
    assert (appeal.grade_id, appeal.criterion_id) == (graded.current_grade_id, "idempotent")
    parked = Grading.objects.get(state=State.PARKED)
    assert (parked.grader, parked.text) == ("person", graded.text)
    page = ada.get(stage_url()).text
    assert "A person will look." in page
    assert "I wrote &lt;b&gt;once&lt;/b&gt;." in page
    assert page.count("I think this is wrong") == 1


def test_a_second_criterion_joins_the_grading_that_waits(
    ada: Client, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url(URL), form)
    ada.post(stage_url("appeal/queue/"), form)
    assert Appeal.objects.count() == 2
    assert Grading.objects.filter(state=State.PARKED).count() == 1


def test_a_person_settles_it_and_the_learner_sees_before_and_after(
    ada: Client,
    graded: Answer,
    form: dict[str, str],
    instructor_user: User,
    stage_url: Callable[..., str],
) -> None:
    ada.post(stage_url(URL), form)
    parked = Grading.objects.get(state=State.PARKED)
    grade = grade_as_person(
        parked,
        instructor_user,
        queue=("met", "in a queue", ""),
        idempotent=("partly", "retry it", "“Retry” alone is <i>half</i> of it."),
    )
    assert Appeal.objects.get().settled_by == grade
    page = ada.get(stage_url()).text
    assert "missed → partly met" in page
    assert "half" in page
    assert "<i>half</i>" not in page
    assert "Graded by a person." in page
    # What a person has decided is not asked again; what nobody appealed against may be.
    ada.post(stage_url(URL), {"grade": grade.pk})
    assert Appeal.objects.count() == 1
    ada.post(stage_url("appeal/queue/"), {"grade": grade.pk})
    assert Appeal.objects.count() == 2


def test_an_appeal_during_a_grading_waits_for_its_end(
    ada: Client, graded: Answer, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    queue_grading(answer=graded)
    ada.post(stage_url(URL), form)
    tasks.sweep()
    assert not Grading.objects.filter(state=State.PARKED).exists()
    Grading.objects.filter(state=State.QUEUED).update(state=State.FAILED)
    for _again in range(2):
        tasks.sweep()
    assert Grading.objects.filter(state=State.PARKED).count() == 1


def test_an_appeal_against_what_was_written_anew_asks_nobody(
    ada: Client, graded: Answer, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url(URL), form)
    Grading.objects.filter(state=State.PARKED).update(state=State.FAILED)
    graded.text = "An idempotency key goes with it."
    graded.save()
    grading_queue.grade_queued(queue_grading(answer=graded).pk)
    assert appeals.park_forgotten_appeals() == 0
    assert not Grading.objects.filter(state=State.PARKED).exists()


@pytest.mark.parametrize("change", [{"grade": "0"}, {"grade": "x"}, {"grade": ""}])
def test_a_form_without_a_grade_is_not_found(
    ada: Client, form: dict[str, str], stage_url: Callable[..., str], change: dict[str, str]
) -> None:
    assert ada.post(stage_url(URL), form | change).status_code == 404


def test_an_outdated_grade_or_unknown_criterion_is_told(
    ada: Client, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    for url, sent in ((URL, form | {"grade": "999"}), ("appeal/none/", form)):
        page = ada.post(stage_url(url), sent, follow=True).text
        assert "This grade has changed since" in page
    assert not Appeal.objects.exists()


def test_a_reason_that_is_too_long_is_given_back(
    ada: Client, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    reason = "why " * 400
    response = ada.post(stage_url(URL), form | {"text": reason})
    assert response.status_code == 422
    assert reason.strip() in response.text
    assert not Appeal.objects.exists()


def test_a_strict_interview_takes_no_appeal_before_its_debrief(
    graded: Answer, interview: Interview
) -> None:
    interview.mode = Mode.STRICT
    interview.save()
    graded.interview = interview
    with pytest.raises(NotNowError):
        appeals.appeal(
            answer=graded,
            grade_id=graded.current_grade_id or 0,
            criterion_id="queue",
            reason="",
        )


def test_nobody_appeals_for_somebody_else(
    grace: Client, stranger: Client, form: dict[str, str], stage_url: Callable[..., str]
) -> None:
    assert grace.post(stage_url(URL), form).status_code == 404
    refused = stranger.post(stage_url(URL), form)
    assert refused.status_code == 401
    assert "I wrote &lt;b&gt;once" in refused.text
    assert not Appeal.objects.exists()


def test_an_answer_without_a_grade_has_nothing_to_appeal_against(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    assert ada.post(stage_url(URL), {"grade": 1}).status_code == 404
