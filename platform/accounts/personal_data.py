"""Everything that is kept about one person, for that person."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts import actions
from accounts.models import Learner, User
from accounts.signals import data_requested

Section = dict[str, Any]


def gather(user: User) -> Section:
    """Return what is kept about ``user``, each app's part under its own name."""
    learner = actions.adopt_learner(user=user, visitor_id=None)
    answers = data_requested.send(Learner, learner=learner)
    sections: Section = dict(section for _receiver, section in answers)
    return {"account": _account(user), "learner": _learner(learner)} | sections


def _account(user: User) -> Section:
    addresses = EmailAddress.objects.filter(user=user).order_by("email")
    factors = Authenticator.objects.filter(user=user).order_by("created_at")
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    return {
        "email": user.email,
        "name": user.name,
        "joined": user.date_joined,
        "last_login": user.last_login,
        "email_addresses": list(addresses.values("email", "verified", "primary")),
        "second_factors": list(factors.values("type", "created_at", "last_used_at")),
        "sessions": list(sessions.values("ip", "user_agent", "created_at")),
    }


def _learner(learner: Learner) -> Section:
    return {"id": learner.pk, "since": learner.created_at}
