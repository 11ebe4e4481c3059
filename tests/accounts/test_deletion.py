"""Deleting one's account."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import Learner, User
from interviews.models import Grade, Interview
from progress.models import Activity
from tests.conftest import PASSWORD
from tests.interviews.conftest import (
    answer,
    edition,
    graded,
    interview,
    learner,
    scenario,
    scenario_data,
    submitted,
)

__all__ = [
    "answer",
    "edition",
    "graded",
    "interview",
    "learner",
    "scenario",
    "scenario_data",
    "submitted",
]
DELETE = "/account/delete/"


def test_a_stranger_is_led_to_the_log_in(stranger: Client) -> None:
    assert stranger.post(DELETE, {"password": PASSWORD}).status_code == 302


def test_looking_deletes_nothing(ada: Client, learner_user: User) -> None:
    page = ada.get(DELETE).content.decode()
    assert "your interviews, with their answers and grades" in page
    assert User.objects.filter(pk=learner_user.pk).exists()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_nothing_is_deleted(
    ada: Client, learner_user: User, password: str
) -> None:
    assert ada.post(DELETE, {"password": password}).status_code == 422
    assert User.objects.filter(pk=learner_user.pk).exists()


def test_guessing_the_password_here_is_slowed_too(ada: Client, learner_user: User) -> None:
    for _try in range(5):
        ada.post(DELETE, {"password": "wrong"})
    assert ada.post(DELETE, {"password": PASSWORD}).status_code == 422


@pytest.mark.usefixtures("graded")
def test_the_account_goes_with_everything_that_hangs_on_it(
    ada: Client, learner_user: User, other_user: User
) -> None:
    others = Learner.objects.create(user=other_user)
    assert Interview.objects.exists()
    assert Grade.objects.exists()
    response = ada.post(DELETE, {"password": PASSWORD}, follow=True)
    assert "are deleted" in response.content.decode()
    assert list(User.objects.all()) == [other_user]
    assert list(Learner.objects.all()) == [others]
    for model in (Interview, Grade, Activity, UserSession):
        assert not model.objects.exists()


def test_every_browser_is_logged_out(log_in: Callable[[User], Client], learner_user: User) -> None:
    first, second = log_in(learner_user), log_in(learner_user)
    first.post(DELETE, {"password": PASSWORD})
    assert second.get("/account/profile/").status_code == 302
    assert not second.session.items()


def test_an_account_without_a_password_has_to_show_its_owner_in_another_way(
    ada: Client, learner_user: User
) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(learner_user)
    learner_user.set_unusable_password()
    learner_user.save()
    ada.force_login(learner_user)
    response = ada.post(DELETE)
    assert response.status_code == 302
    assert "/account/2fa/reauthenticate/" in response["Location"]
    assert User.objects.filter(pk=learner_user.pk).exists()
