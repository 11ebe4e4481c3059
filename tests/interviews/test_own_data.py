"""The interviews in the copy of one's own data, and what deleting an account leaves of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Learner, User
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.models import Answer, Grading, Interview, KeptText, ModelCall, ScenarioEdition
from interviews.models.interviews import Mode
from interviews.own_data import own_data
from tests.conftest import PASSWORD
from tests.interviews.conftest import QUEUE_ANSWER

RAW = '{"criteria": [{"id": "queue", "verdict": "met", "why": "Ada says <b>so</b>."}]}'
QUERIES = 7


def ask_model(grading: Grading, learner: Learner, raw: str = RAW) -> ModelCall:
    return ModelCall.objects.create(
        grading=grading,
        learner=learner,
        model="small-model",
        prompt_sha256="0" * 64,
        prompt_tokens=700,
        completion_tokens=90,
        outcome="answered",
        raw=raw,
        seconds=1.5,
    )


def download(client: Client) -> list[Any]:
    told: list[Any] = json.loads(client.get("/account/data/").content)["interviews"]
    return told


@pytest.fixture
def asked(graded: Answer, learner: Learner) -> Answer:
    """Ada's graded answer, about which a language model was asked."""
    ask_model(graded.gradings.get(), learner)
    return graded


def test_the_copy_holds_what_a_model_said_about_an_answer(ada: Client, asked: Answer) -> None:
    (interview,) = download(ada)
    (answer,) = interview["answers"]
    assert answer["text"] == QUEUE_ANSWER
    (call,) = answer["model_calls"]
    assert call.pop("at")
    assert call == {
        "model": "small-model",
        "outcome": "answered",
        "answer": RAW,
        "prompt_sha256": "0" * 64,
        "prompt_tokens": 700,
        "completion_tokens": 90,
        "seconds": 1.5,
    }


def test_the_copy_holds_verdicts_appeals_and_kept_texts(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    form = {"grade": graded.current_grade_id, "text": "I said so."}
    ada.post(stage_url("appeal/idempotent/"), form)
    KeptText.objects.create(answer=graded, text="From another tab", base_version=0)
    (answer,) = download(ada)[0]["answers"]
    (grade,) = answer["grades"]
    assert [one["verdict"] for one in grade["criteria"]] == ["met", "missed"]
    assert grade["appeals"][0]["reason"] == "I said so."
    assert answer["kept_texts"][0]["text"] == "From another tab"


def test_nobody_gets_what_was_said_about_others(grace: Client, asked: Answer) -> None:
    assert download(grace) == []
    assert "Ada" not in grace.get("/account/data/").text


def test_a_strict_interview_tells_its_grades_when_it_has_ended(
    ada: Client, asked: Answer, interview: Interview
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    (answer,) = download(ada)[0]["answers"]
    assert answer["text"] == QUEUE_ANSWER
    assert not {"grades", "model_calls"} & answer.keys()
    actions.finish_interview(interview=interview)
    (answer,) = download(ada)[0]["answers"]
    assert len(answer["grades"]) == len(answer["model_calls"]) == 1


@pytest.mark.parametrize("size", [1, 4])
def test_more_interviews_need_no_more_queries(
    learner: Learner,
    edition: ScenarioEdition,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
        answer = interview.answers.get()
        actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key=f"{number}")
        grading = answer.gradings.get()
        grading_queue.grade_queued(grading.pk)
        ask_model(grading, learner)
        actions.finish_interview(interview=interview)
    with django_assert_num_queries(QUERIES):
        assert len(own_data(learner)) == size


def test_deleting_the_account_deletes_what_a_model_said(
    ada: Client, asked: Answer, other_user: User, edition: ScenarioEdition
) -> None:
    others = Learner.objects.get_or_create(user=other_user)[0]
    theirs = actions.start_interview(learner=others, edition=edition, mode="practice")
    answer = theirs.answers.get()
    actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key="theirs")
    kept = ask_model(answer.gradings.get(), others)
    ada.post("/account/delete/", {"password": PASSWORD})
    assert list(ModelCall.objects.all()) == [kept]
    assert list(Interview.objects.all()) == [theirs]
