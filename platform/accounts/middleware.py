"""Middleware of accounts."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import learners

Handler = Callable[[HttpRequest], HttpResponse]
STAFF_PATHS = ("/studio/",)


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
    """Let nobody into the studio without a second factor, where the installation requires one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_MFA_REQUIRED and request.path.startswith(STAFF_PATHS):
            from allauth.mfa.utils import is_mfa_enabled

            if request.user.is_authenticated and not is_mfa_enabled(request.user):
                messages.warning(request, _("The studio needs a second factor: add one here."))
                return redirect("mfa_index")
        return self.get_response(request)
