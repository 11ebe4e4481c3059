"""Handing in: answer and grading together, once, whatever the browser does."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from interviews import grading_queue
from interviews.models import Answer, Grade, Grading, Interview, KeptText
from interviews.models.grades import State


def test_an_answer_and_its_grading_are_stored_together(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    response = ada.post(stage_url("submit/"), {"text": "my answer", "version": 0, "key": "k"})
    assert response["Location"] == stage_url()
    answer.refresh_from_db()
    assert (answer.text, answer.version, answer.late) == ("my answer", 1, False)
    grading = answer.gradings.get()
    assert (grading.state, grading.attempts, grading.grader) == ("queued", 0, "embedded")


def test_nothing_is_submitted_when_the_queue_cannot_be_written(
    ada: Client,
    answer: Answer,
    stage_url: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_values: object) -> None:
        raise ConnectionError("the database went away")

    monkeypatch.setattr(Grading.objects, "create", refuse)
    with pytest.raises(ConnectionError):
        ada.post(stage_url("submit/"), {"text": "my answer", "version": 0, "key": "k"})
    answer.refresh_from_db()
    assert answer.submitted_at is None
    assert answer.text == ""


def test_the_same_submission_again_says_so_and_changes_nothing(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    for _again in range(2):
        response = send(ada, stage_url("submit/"), "my answer", 0, key="k")
        assert response.status_code == 200
        assert response.json() == {"state": "submitted", "version": 1, "url": stage_url()}
    assert Grading.objects.count() == 1


def test_another_text_after_the_submission_does_not_count(
    ada: Client, submitted: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    text = submitted.text
    send(ada, stage_url("submit/"), "something else", 1, key="other")
    submitted.refresh_from_db()
    assert submitted.text == text
    assert Grading.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_the_same_moment_make_one_grading(
    learner_user: User,
    answer: Answer,
    stage_url: Callable[..., str],
    sign_in: Callable[[User], Client],
) -> None:
    browsers = [sign_in(learner_user) for _tab in range(4)]

    def click(browser: Client) -> int:
        data = {"text": "my answer", "version": 0, "key": "one"}
        try:
            return browser.post(stage_url("submit/"), data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(click, browsers)) == [302] * 4
    assert Grading.objects.count() == 1
    assert Answer.objects.get().version == 1


def test_a_text_in_conflict_is_not_submitted(
    ada: Client, answer: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    send(ada, stage_url("save/"), "from another tab", 0)
    page = ada.post(
        stage_url("submit/"), {"text": "mine", "version": 0, "key": "k"}, follow=True
    ).text
    assert "Choose which one counts." in page
    assert "mine" in page
    assert not Grading.objects.exists()
    assert KeptText.objects.get().text == "mine"


def test_the_last_stage_finishes_the_interview(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    assert Interview.objects.get().finished_at is None
    ada.post(stage_url("open/", "failure"))
    ada.post(stage_url("submit/", "failure"), {"text": "retry", "version": 0, "key": "second"})
    assert Interview.objects.get().finished_at is not None


def test_late_is_decided_by_the_database_clock(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.update(opened_at=F("opened_at") - timedelta(minutes=11))
    page = ada.post(
        stage_url("submit/"), {"text": "x", "version": 0, "key": "k", "late": ""}, follow=True
    ).text
    assert Answer.objects.get().late
    assert "Submitted 3 min after the stage’s time was over." in page


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return a function that points whoever sends wake-up calls at another address."""
    before = current_app.conf.broker_write_url

    def move(url: str) -> None:
        current_app.conf.broker_write_url = url

    yield move
    current_app.conf.broker_write_url = before


def grade_after_the_sweep() -> None:
    """What beat and a worker do once they run again."""
    assert grading_queue.take_overdue() == []
    Grading.objects.update(sent_at=Now() - timedelta(minutes=1))
    for grading_id in grading_queue.take_overdue():
        grading_queue.grade_queued(grading_id)


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_slows_a_submission_nor_loses_it(
    ada: Client,
    answer: Answer,
    stage_url: Callable[..., str],
    broker_at: Callable[[str], None],
) -> None:
    broker_at("redis://127.0.0.1:1/0")
    began = time.monotonic()
    response = ada.post(stage_url("submit/"), {"text": "a queue", "version": 0, "key": "k"})
    assert time.monotonic() - began < 1
    assert response.status_code == 302
    assert Grading.objects.get().state == State.QUEUED
    grade_after_the_sweep()
    assert Grade.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_holds_a_submission_up_for_a_moment_only(
    ada: Client,
    answer: Answer,
    stage_url: Callable[..., str],
    broker_at: Callable[[str], None],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        response = ada.post(stage_url("submit/"), {"text": "a queue", "version": 0, "key": "k"})
        assert time.monotonic() - began < 3
    assert response.status_code == 302
    grade_after_the_sweep()
    assert Grade.objects.count() == 1
