"""Who gets into the studio, and by which door."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User


@pytest.fixture
def instructor(instructor_user: User) -> User:
    """Barbara, who may open the studio."""
    group = Group.objects.create(name="Instructors of something")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    instructor_user.groups.add(group)
    return instructor_user


def test_where_a_second_factor_is_required_an_instructor_without_one_is_led_to_it(
    barbara: Client, instructor: User, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    response = barbara.get("/studio/", follow=True)
    assert response.redirect_chain == [("/account/2fa/", 302)]
    assert "The studio needs a second factor" in response.content.decode()


@pytest.mark.parametrize("path", ["/studio/account/", "/studio/pages/", "/studio/nothing/here/"])
def test_no_page_below_the_studio_is_left_out(
    barbara: Client, instructor: User, settings: Settings, path: str
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    assert barbara.get(path)["Location"] == "/account/2fa/"
    assert barbara.post(path)["Location"] == "/account/2fa/"


def test_with_a_second_factor_the_studio_opens(
    barbara: Client, instructor: User, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    TOTP.activate(instructor, generate_totp_secret())
    assert barbara.get("/studio/").status_code == 200


def test_where_none_is_required_the_studio_opens_without(
    barbara: Client, instructor: User, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert barbara.get("/studio/").status_code == 200


@pytest.mark.parametrize("required", [True, False])
def test_a_learner_is_told_so_and_not_sent_in_circles(
    ada: Client, settings: Settings, required: bool
) -> None:
    settings.STAFF_MFA_REQUIRED = required
    response = ada.get("/studio/", follow=True)
    assert (response.status_code, response.redirect_chain) == (403, [])
    assert ada.get("/account/login/?next=/studio/", follow=True).status_code == 403


def test_a_stranger_comes_to_the_one_door_and_back(stranger: Client) -> None:
    assert stranger.get("/studio/pages/")["Location"] == "/account/login/?next=/studio/pages/"


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/studio/login/?next=/studio/pages/", "/account/login/?next=/studio/pages/"),
        ("/studio/logout/", "/account/logout/"),
        ("/studio/password_reset/", "/account/password/reset/"),
        ("/studio/password_reset/done/", "/account/password/reset/"),
        ("/studio/password_reset/confirm/MQ/x-y/", "/account/password/reset/"),
    ],
)
def test_wagtails_own_doors_lead_to_the_one_door(stranger: Client, path: str, door: str) -> None:
    assert stranger.get(path)["Location"] == door


def test_a_password_posted_to_wagtails_log_in_logs_nobody_in(
    stranger: Client, admin_user: User
) -> None:
    form = {"username": admin_user.email, "password": "a long and quiet passphrase"}
    response = stranger.post("/studio/login/", form)
    assert response["Location"] == "/account/login/"
    assert "_auth_user_id" not in stranger.session


def test_logging_out_in_the_studio_logs_out_with_one_click(
    barbara: Client, instructor: User, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    response = barbara.post("/studio/logout/", follow=True)
    assert response.redirect_chain[0] == ("/account/logout/", 307)
    assert barbara.get("/account/profile/").status_code == 302
