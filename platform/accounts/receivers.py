"""What accounts does when somebody signs in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import learners
from accounts.models import User


@receiver(user_logged_in)
def adopt_visitor(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Carry over what this browser's visitor has done to the account."""
    learners.adopt_on_login(request, user, request.session.get(learners.SESSION_KEY))
