"""The copy of one's own data."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import Learner, User
from accounts.signals import data_requested


def test_a_stranger_is_led_to_the_log_in(stranger: Client) -> None:
    assert stranger.get("/account/data/").status_code == 302


def test_the_file_holds_the_account_and_the_learner(
    log_in: Callable[[User], Client], learner_user: User
) -> None:
    response = log_in(learner_user).get("/account/data/")
    assert response["Content-Disposition"] == 'attachment; filename="loadmark-data.json"'
    assert response["Cache-Control"] == "private, no-store"
    data = response.json()
    assert data["account"]["email"] == "ada@example.org"
    assert len(data["account"]["sessions"]) == 1
    assert data["learner"]["id"] == Learner.objects.get(user=learner_user).pk


def test_the_file_holds_no_secret(ada: Client, learner_user: User) -> None:
    text = ada.get("/account/data/").content.decode()
    assert learner_user.password not in text
    assert ada.session.session_key not in text


def test_the_file_holds_nothing_of_others(ada: Client, grace: Client) -> None:
    assert "grace" not in ada.get("/account/data/").content.decode()


def test_every_app_can_add_its_part(ada: Client, learner_user: User) -> None:
    def answer(sender: object, learner: Learner, **kwargs: Any) -> tuple[str, list[int]]:
        return "shells", [learner.pk]

    data_requested.connect(answer)
    try:
        data = ada.get("/account/data/").json()
    finally:
        data_requested.disconnect(answer)
    assert data["shells"] == [Learner.objects.get(user=learner_user).pk]
