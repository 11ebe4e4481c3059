"""The one door to what belongs to an account. Missing and forbidden both answer 404."""

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.shortcuts import get_object_or_404


def access_session(request: HttpRequest, pk: int) -> UserSession:
    """Return a session of the person who asks."""
    return get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
