"""Middleware of accounts."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import learners
from common.http import forbidden

Handler = Callable[[HttpRequest], HttpResponse]
STAFF_PATHS = ("/studio/",)
# They lead out of the studio, to the site's own pages: see config.urls.
DOORS = ("/studio/login/", "/studio/logout/", "/studio/password_reset/")


class LearnerMiddleware:
    """Give every request a ``learner``: falsy for a visitor who has done nothing worth keeping."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.learner = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: learners.current_learner(request)
        )
        return self.get_response(request)


class StaffMfaMiddleware:
    """Let only those into the studio who may, and where required only with a second factor."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """Answer instead of the studio.

        Not before the view is known: only then can a message be left for the next page.
        """
        path = request.path_info
        inside = path.startswith(STAFF_PATHS) and not path.startswith(DOORS)
        if not inside or not request.user.is_authenticated:
            return None
        if not request.user.has_perm("wagtailadmin.access_admin"):
            # Wagtail would send them to the log-in, which sends them back here, for ever.
            return forbidden(request)
        if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user):
            messages.warning(request, _("The studio needs a second factor: add one here."))
            return redirect("mfa_index")
        return None
