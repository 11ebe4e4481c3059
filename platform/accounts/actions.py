"""Writes of accounts."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import Learner, User
from accounts.signals import learner_merged


@transaction.atomic
def create_visitor() -> Learner:
    """Create the learner of a visitor without an account."""
    return Learner.objects.create()


@transaction.atomic
def adopt_learner(*, user: User, visitor_id: int | None) -> Learner:
    """Return the learner of ``user``, with what the visitor did in this browser merged into it."""
    visitor = (
        Learner.objects.select_for_update().filter(pk=visitor_id, user=None).first()
        if visitor_id
        else None
    )
    own = Learner.objects.filter(user=user).first()
    if visitor is None:
        return own or Learner.objects.get_or_create(user=user)[0]
    if own is None:
        visitor.user = user
        visitor.save(update_fields=["user"])
        return visitor
    learner_merged.send(Learner, source=visitor, target=own)
    visitor.delete()
    return own


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Delete the user, the learner and all that hangs on it, and log every browser out."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.delete()
