"""The list of sessions, and ending one."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.browsers import describe_browser
from accounts.models import User
from tests.accounts.conftest import FIREFOX

SESSIONS = "/account/sessions/"


@pytest.fixture
def here(log_in: Callable[[User], Client], learner_user: User) -> Client:
    """Ada's first browser."""
    return log_in(learner_user)


@pytest.fixture
def elsewhere(log_in: Callable[[User], Client], learner_user: User) -> Client:
    """Ada's second browser."""
    return log_in(learner_user)


@pytest.fixture
def hers(log_in: Callable[[User], Client], other_user: User) -> Client:
    """Grace's browser."""
    return log_in(other_user)


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def end(client: Client, session: UserSession) -> int:
    return client.post(f"{SESSIONS}{session.pk}/end/").status_code


def test_all_own_sessions_are_listed_and_nobody_elses(
    here: Client, elsewhere: Client, hers: Client
) -> None:
    page = here.get(SESSIONS).content.decode()
    assert page.count("/end/") == 2
    assert page.count("This browser") == 1
    assert page.count("Firefox on Linux") >= 2
    assert f"/sessions/{session_of(hers).pk}/end/" not in page


def test_an_ended_session_is_dead_at_once(here: Client, elsewhere: Client) -> None:
    assert end(here, session_of(elsewhere)) == 302
    assert elsewhere.get("/account/profile/").status_code == 302
    assert here.get("/account/profile/").status_code == 200


def test_ending_this_session_logs_out(here: Client) -> None:
    assert end(here, session_of(here)) == 302
    assert here.get("/account/profile/").status_code == 302


def test_somebody_elses_session_and_a_missing_one_answer_alike(here: Client, hers: Client) -> None:
    assert end(here, session_of(hers)) == 404
    assert here.post(f"{SESSIONS}999999/end/").status_code == 404
    assert hers.get("/account/profile/").status_code == 200


def test_all_other_sessions_end_together(here: Client, elsewhere: Client) -> None:
    here.post(SESSIONS)
    assert elsewhere.get("/account/profile/").status_code == 302
    assert here.get("/account/profile/").status_code == 200


CHROMIUM = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROMIUM, "Chrome on Windows"),
        (f"{CHROMIUM} Edg/140.0", "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.5.0", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_has_a_name_one_knows_it_by(header: str, name: str) -> None:
    assert describe_browser(header) == name
