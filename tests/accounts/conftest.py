"""Browsers that came in by the real door: only those are in the list of sessions."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    """Return a function that logs somebody in with the form."""

    def enter(user: User) -> Client:
        client = Client(HTTP_USER_AGENT=FIREFOX)
        client.post("/account/login/", {"login": user.email, "password": PASSWORD})
        return client

    return enter


@pytest.fixture
def member(learner_user: User) -> User:
    """Ada, with a confirmed address."""
    EmailAddress.objects.create(
        user=learner_user, email=learner_user.email, verified=True, primary=True
    )
    return learner_user
