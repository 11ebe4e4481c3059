"""A forgotten password: one address, one use, and nobody learns who has an account."""

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD

NEW = "quite another passphrase"
RESET = "/account/password/reset/"


def ask(client: Client, outbox: list[EmailMessage], email: str) -> str:
    """Ask for a link and return its path."""
    client.post(RESET, {"email": email})
    found = re.search(r"http://testserver(\S+/key/\S+)", str(outbox[-1].body))
    assert found
    return found.group(1)


def follow(client: Client, path: str, password: str = NEW) -> int:
    """Open a link from a mail and choose a password; return the last status."""
    opened = client.get(path)
    if opened.status_code != 302:
        return opened.status_code
    form = {"password1": password, "password2": password}
    return client.post(opened["Location"], form).status_code


def test_a_known_and_an_unknown_address_are_answered_alike(
    stranger: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [stranger.post(RESET, {"email": e}) for e in (member.email, "nobody@example.org")]
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, f"{RESET}done/")}
    assert [message.to for message in mailoutbox] == [[member.email], ["nobody@example.org"]]


def test_the_link_opens_the_account_once(
    stranger: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    path = ask(stranger, mailoutbox, member.email)
    assert follow(stranger, path) == 302
    member.refresh_from_db()
    assert member.check_password(NEW)
    again = Client().get(path)
    assert "does not work any more" in again.content.decode()


def test_the_address_of_the_form_does_not_show_the_key(
    stranger: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    path = ask(stranger, mailoutbox, member.email)
    key = path.rstrip("/").rpartition("-")[2]
    assert key not in stranger.get(path)["Location"]


def test_a_new_address_or_a_log_in_makes_the_link_worthless(
    stranger: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    first = ask(stranger, mailoutbox, member.email)
    EmailAddress.objects.create(user=member, email="ada2@example.org", verified=True)
    assert follow(Client(), first) == 200
    second = ask(stranger, mailoutbox, member.email)
    Client().post("/account/login/", {"login": member.email, "password": PASSWORD})
    assert follow(Client(), second) == 200
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_every_browser_that_was_logged_in_is_logged_out(
    stranger: Client, ada: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    assert ada.get("/account/profile/").status_code == 200
    follow(stranger, ask(stranger, mailoutbox, member.email))
    assert ada.get("/account/profile/").status_code == 302


@pytest.mark.parametrize("path", ["1-x/", "zzzzzzzzzzzzzzzzzzzz-x/", "1-%00/", "1-set-password/"])
def test_a_made_up_link_gets_a_sentence(stranger: Client, path: str) -> None:
    response = stranger.get(f"{RESET}key/{path}")
    assert response.status_code == 200
    assert "does not work any more" in response.content.decode()


def test_asking_again_and_again_is_refused(
    stranger: Client, member: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [stranger.post(RESET, {"email": member.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mailoutbox) == 5


def test_the_link_works_for_one_hour(
    stranger: Client,
    member: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = ask(stranger, mailoutbox, member.email)
    now = dt.datetime.now()  # noqa: DTZ005 - as the maker of the links counts
    for minutes, status in ((59, 302), (61, 200)):
        later = now + dt.timedelta(minutes=minutes)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self, at=later: at)
        assert Client().get(path).status_code == status
