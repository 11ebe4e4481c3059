"""One of everything, and somebody in every role."""

import dataclasses

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from wagtail.models import Collection

from accounts.models import User
from interviews.models import Answer, KeptText
from quizzes.definition import save_quiz_from_data
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
from tests.progress.conftest import build_course
from tests.quizzes.builders import quiz_data

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


@dataclasses.dataclass(frozen=True)
class World:
    """The objects of the sample paths, all of them Ada's, and who the people are.

    ``None`` is the stranger.
    """

    interview: int
    kept: int
    lesson: str
    session: int
    passkey: int
    people: dict[str, User | None]

    def address(self, sample: str) -> str:
        """Return a sample path with the objects' own keys."""
        return sample.format(**dataclasses.asdict(dataclasses.replace(self, people={})))

    def browser(self, role: str) -> Client:
        """Return a fresh browser of the person in this role; it reports errors as pages."""
        client = Client(raise_request_exception=False)
        user = self.people[role]
        if user is not None:
            client.force_login(user)
        return client


def _session_of(user: User) -> int:
    """Log in by the real door: only such sessions are listed."""
    Client().post("/account/login/", {"login": user.email, "password": PASSWORD})
    return UserSession.objects.get(user=user).pk


def _factors_of(user: User) -> int:
    """An app, codes, and a passkey that nobody holds the private key of."""
    public = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    data = AuthenticatorData.create(
        bytes(32),
        AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP,
        0,
        AttestedCredentialData.create(Aaguid.NONE, b"key", public),
    )
    attestation = AttestationObject.create(fmt="none", auth_data=data, att_stmt={})
    collected = CollectedClientData.create(type="webauthn.create", challenge=b"x", origin="x")
    credential = {
        "id": websafe_encode(b"key"),
        "rawId": websafe_encode(b"key"),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "attestationObject": websafe_encode(attestation),
            "clientDataJSON": websafe_encode(collected),
        },
    }
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    kept = {"name": "Ada's key", "credential": credential}
    return Authenticator.objects.create(user=user, type="webauthn", data=kept).pk


def _open_studio_to(user: User) -> None:
    group = Group.objects.create(name="Instructors of something")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)


@pytest.fixture
def world(
    learner_user: User,
    other_user: User,
    instructor_user: User,
    admin_user: User,
    graded: Answer,
) -> World:
    """A course, a quiz for members, a scenario, and what Ada has of each."""
    lessons = build_course("patterns")
    root = Collection.get_first_root_node()
    save_quiz_from_data(data=quiz_data(slug="members"), source="", collection=root, is_free=False)
    session = _session_of(learner_user)  # while the password is enough
    kept = KeptText.objects.create(answer=graded, text="An older text.", base_version=0)
    _open_studio_to(instructor_user)
    people: dict[str, User | None] = {
        "stranger": None,
        "learner": other_user,
        "instructor": instructor_user,
        "administrator": admin_user,
        "owner": learner_user,
    }
    for user in filter(None, people.values()):
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
    return World(
        interview=graded.interview_id,
        kept=kept.pk,
        lesson=str(lessons[1].content_id),
        session=session,
        passkey=_factors_of(learner_user),
        people=people,
    )
