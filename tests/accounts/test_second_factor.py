"""The second factor: asked for at log-in, added and taken away by its owner only."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD

INDEX = "/account/2fa/"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def show_who_one_is(client: Client, path: str) -> None:
    form = {"password": PASSWORD, "next": path}
    assert client.post("/account/reauthenticate/", form).status_code == 302


def set_up_app(client: Client) -> str:
    """Switch an authenticator app on and return its secret."""
    path = f"{INDEX}totp/activate/"
    show_who_one_is(client, path)
    secret = re.search(r"<code>(\w+)</code>", client.get(path).content.decode())
    assert secret
    assert client.post(path, {"code": code_of(secret[1])}).status_code == 302
    return secret[1]


@pytest.mark.parametrize(
    "path", ["totp/activate/", "webauthn/add/", "recovery-codes/", "recovery-codes/generate/"]
)
def test_changing_it_takes_the_password_once_more(ada: Client, member: User, path: str) -> None:
    response = ada.get(INDEX + path)
    expected = {302} if path != "recovery-codes/" else {302, 404}
    assert response.status_code in expected


def test_an_app_is_set_up_and_brings_recovery_codes(ada: Client, member: User) -> None:
    set_up_app(ada)
    kinds = set(Authenticator.objects.filter(user=member).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    page = ada.get(INDEX).content.decode()
    assert "Switch the app off" in page
    assert "10 codes are left" in page


def test_the_password_alone_opens_nothing_then(ada: Client, member: User) -> None:
    secret = set_up_app(ada)
    client = Client()
    form = {"login": member.email, "password": PASSWORD, "next": "/labs/"}
    assert client.post("/account/login/", form)["Location"] == f"{INDEX}authenticate/"
    assert client.get("/account/profile/").status_code == 302
    wrong = client.post(f"{INDEX}authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    later = time.time() + 31
    code = format_hotp_value(hotp_value(secret, int(later) // 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: later)
        response = client.post(f"{INDEX}authenticate/", {"code": code})
    assert response["Location"] == "/labs/"


def test_a_recovery_code_opens_once(ada: Client, member: User) -> None:
    set_up_app(ada)
    codes = ada.get(f"{INDEX}recovery-codes/download/").content.decode().split()
    form = {"login": member.email, "password": PASSWORD}
    for expected in (302, 200):
        client = Client()
        client.post("/account/login/", form)
        answer = client.post(f"{INDEX}authenticate/", {"code": codes[0]})
        assert answer.status_code == expected


def test_guessing_codes_is_slowed(ada: Client, member: User) -> None:
    set_up_app(ada)
    client = Client()
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    pages = [client.post(f"{INDEX}authenticate/", {"code": f"{n:06}"}) for n in range(6)]
    assert "Too many failed" in pages[-1].content.decode()


def test_somebody_elses_passkey_cannot_be_renamed_or_removed(
    ada: Client, member: User, other_user: User
) -> None:
    hers = Authenticator.objects.create(user=other_user, type="webauthn", data={"name": "Hers"})
    show_who_one_is(ada, INDEX)
    for action in ("edit", "remove"):
        path = f"{INDEX}webauthn/keys/{hers.pk}/{action}/"
        assert ada.get(path).status_code == 404
        assert ada.post(path, {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=hers.pk).exists()


def test_the_options_of_a_passkey_log_in_name_nobody(stranger: Client, member: User) -> None:
    response = stranger.get(f"{INDEX}webauthn/login/", headers={"Accept": "application/json"})
    options = response.json()["request_options"]["publicKey"]
    assert not options.get("allowCredentials")
