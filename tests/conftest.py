"""The fixed cast, and what every test stands on."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User

PASSWORD = "a long and quiet passphrase"


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def learner_user(db: None) -> User:
    """Ada, a learner."""
    return User.objects.create_user("ada@example.org", PASSWORD, name="Ada")


@pytest.fixture
def other_user(db: None) -> User:
    """Grace, another learner: must never see what is Ada's."""
    return User.objects.create_user("grace@example.org", PASSWORD, name="Grace")


@pytest.fixture
def instructor_user(db: None) -> User:
    """Barbara, an instructor; fixtures of courses say what she owns."""
    return User.objects.create_user("barbara@example.org", PASSWORD, name="Barbara")


@pytest.fixture
def admin_user(db: None) -> User:
    """Radia, an administrator."""
    return User.objects.create_superuser("radia@example.org", PASSWORD, name="Radia")


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a function that gives a client signed in as a user."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def ada(learner_user: User, sign_in: Callable[[User], Client]) -> Client:
    """Ada's browser."""
    return sign_in(learner_user)


@pytest.fixture
def grace(other_user: User, sign_in: Callable[[User], Client]) -> Client:
    """Grace's browser."""
    return sign_in(other_user)


@pytest.fixture
def barbara(instructor_user: User, sign_in: Callable[[User], Client]) -> Client:
    """Barbara's browser."""
    return sign_in(instructor_user)


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser without an account."""
    return Client()
