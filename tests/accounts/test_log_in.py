"""Logging in: nobody learns who has an account, guessing is slowed, sessions begin and end."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD

LOG_IN = "/account/login/"


def attempt(client: Client, email: str, password: str) -> tuple[int, str]:
    response = client.post(LOG_IN, {"login": email, "password": password})
    page = "" if response.status_code == 302 else response.content.decode()
    return response.status_code, page


def without_tokens(client: Client, email: str, page: str) -> str:
    token = client.cookies[next(name for name in client.cookies if "csrf" in name)].value
    assert token
    lines = page.replace(email, "…").splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower())


def test_the_right_password_opens_the_dashboard(stranger: Client, learner_user: User) -> None:
    response = stranger.post(LOG_IN, {"login": "ADA@example.org", "password": PASSWORD})
    assert response["Location"] == "/dashboard/"


def test_a_known_and_an_unknown_address_get_the_same_page(
    stranger: Client, learner_user: User
) -> None:
    known = attempt(stranger, learner_user.email, "wrong")
    unknown = attempt(stranger, "nobody@example.org", "wrong")
    assert known[0] == unknown[0] == 200
    assert without_tokens(stranger, learner_user.email, known[1]) == without_tokens(
        stranger, "nobody@example.org", unknown[1]
    )


def test_a_closed_account_is_known_only_to_who_has_the_password(
    stranger: Client, learner_user: User
) -> None:
    User.objects.update(is_active=False)
    status, page = attempt(stranger, learner_user.email, "wrong")
    assert (status, "inactive" in page) == (200, False)
    response = stranger.post(LOG_IN, {"login": learner_user.email, "password": PASSWORD})
    assert response["Location"] == "/account/inactive/"
    assert stranger.get("/account/profile/").status_code == 302


def test_guessing_at_one_account_is_refused_after_five_tries_even_with_the_right_password(
    stranger: Client, learner_user: User
) -> None:
    for _try in range(5):
        attempt(stranger, learner_user.email, "wrong")
    status, page = attempt(stranger, learner_user.email, PASSWORD)
    assert status == 200
    assert "Too many failed" in page


def test_the_owner_gets_in_again_when_the_time_is_over(
    stranger: Client, learner_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _try in range(5):
        attempt(stranger, learner_user.email, "wrong")
    now = ratelimit.time.time()
    monkeypatch.setattr(ratelimit.time, "time", lambda: now + 301)
    assert attempt(stranger, learner_user.email, PASSWORD)[0] == 302


def test_the_owner_need_not_wait_but_can_choose_a_new_password(
    stranger: Client, learner_user: User, mailoutbox: list[object]
) -> None:
    EmailAddress.objects.create(
        user=learner_user, email=learner_user.email, verified=True, primary=True
    )
    for _try in range(5):
        attempt(Client(REMOTE_ADDR="198.51.100.7"), learner_user.email, "wrong")
    stranger.post("/account/password/reset/", {"email": learner_user.email})
    body = mailoutbox[0].body  # type: ignore[attr-defined]
    link = next(word for word in body.split() if "/password/reset/key/" in word)
    form = stranger.get(link.removeprefix("http://testserver"))["Location"]
    stranger.post(form, {"password1": "another long phrase", "password2": "another long phrase"})
    assert attempt(stranger, learner_user.email, "another long phrase")[0] == 302


def test_one_place_that_tries_many_accounts_is_answered_429_with_a_page(stranger: Client) -> None:
    answers = [attempt(stranger, f"nobody{n}@example.org", "wrong")[0] for n in range(31)]
    assert answers == [200] * 30 + [429]
    response = stranger.post(LOG_IN, {"login": "x@example.org", "password": "x"})
    assert "a little fast" in response.content.decode()
    assert stranger.get(LOG_IN).status_code == 200


def test_other_places_are_not_slowed_by_it(stranger: Client, learner_user: User) -> None:
    for number in range(31):
        attempt(stranger, f"nobody{number}@example.org", "wrong")
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert attempt(other, learner_user.email, PASSWORD)[0] == 302


def test_a_session_gets_a_new_id_at_log_in_and_is_dead_after_log_out(
    stranger: Client, learner_user: User
) -> None:
    stranger.get(LOG_IN)
    stranger.session.save()
    before = stranger.session.session_key
    attempt(stranger, learner_user.email, PASSWORD)
    inside = stranger.session.session_key
    assert inside != before
    stolen = Client()
    stolen.cookies = stranger.cookies.copy()
    assert stolen.get("/account/profile/").status_code == 200
    stranger.post("/account/logout/")
    assert stolen.get("/account/profile/").status_code == 302


def test_a_link_alone_logs_nobody_out(ada: Client) -> None:
    assert ada.get("/account/logout/").status_code == 200
    assert ada.get("/account/profile/").status_code == 200


def test_a_form_without_its_token_is_refused(learner_user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert attempt(strict, learner_user.email, PASSWORD)[0] == 403
