"""What accounts does when somebody signs in or gets a role."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import learners
from accounts.models import User


@receiver(user_logged_in)
def adopt_visitor(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Carry over what this browser's visitor has done to the account."""
    learners.adopt_on_login(request, user, request.session.get(learners.SESSION_KEY))


@receiver(m2m_changed, sender=User.groups.through)
def remember_who_may_open_the_studio(
    sender: Any, instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Keep ``is_staff`` true for whoever may open the studio: every page's menu asks for it."""
    if action not in {"post_add", "post_remove", "post_clear"}:
        return
    users = User.objects.filter(pk__in=pk_set or ()) if kwargs["reverse"] else [instance]
    for user in users:
        fresh = User.objects.get(pk=user.pk)
        allowed = fresh.is_superuser or fresh.has_perm("wagtailadmin.access_admin")
        if allowed != fresh.is_staff:
            User.objects.filter(pk=user.pk).update(is_staff=allowed)
