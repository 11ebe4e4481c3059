"""Whatever is sent as a passkey, nobody gets in and nothing breaks."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.conftest import PASSWORD

LOG_IN = "/account/2fa/webauthn/login/"
ADD = "/account/2fa/webauthn/add/"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")
RESPONSE = st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON))
CREDENTIAL = st.fixed_dictionaries(
    {}, optional={"id": JSON, "rawId": JSON, "type": JSON, "response": JSON | RESPONSE}
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(credential=JSON | CREDENTIAL)
def test_a_made_up_passkey_logs_nobody_in(stranger: Client, credential: object) -> None:
    cache.clear()  # the limit on tries is not what is asked about here
    stranger.get(LOG_IN, headers={"Accept": "application/json"})
    response = stranger.post(LOG_IN, {"credential": json.dumps(credential)})
    assert response["Location"] == "/account/login/"


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(credential=JSON | CREDENTIAL)
def test_a_made_up_passkey_is_not_added(ada: Client, credential: object) -> None:
    ada.post("/account/reauthenticate/", {"password": PASSWORD, "next": ADD})
    response = ada.post(ADD, {"credential": json.dumps(credential), "name": "x"})
    assert response.status_code == 200


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00", '{"id": "é"}'])
def test_what_is_no_json_logs_nobody_in(stranger: Client, text: str) -> None:
    assert stranger.post(LOG_IN, {"credential": text})["Location"] == "/account/login/"


def test_without_a_mail_server_a_passkey_can_be_added(stranger: Client) -> None:
    form = {"email": "lise@example.org", "password1": PASSWORD}
    stranger.post("/account/signup/", form)
    stranger.post("/account/reauthenticate/", {"password": PASSWORD, "next": ADD})
    assert stranger.get(ADD).status_code == 200
    assert User.objects.get().emailaddress_set.filter(verified=False).exists()
