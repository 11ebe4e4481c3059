"""Where a page that waits for a grade hears of it, and what its policy has to allow for that.

EVENTS says where browsers reach the events process: a port of the same host, `same` (below /events/
of the site itself, by a proxy), or `off`: then pages ask every second.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.csp import CSP

SAME, OFF = "same", "off"


def address_of_events(pk: int, stage_id: str) -> str:
    """Return where to listen: a path, one behind a colon and a port, or nothing."""
    if settings.EVENTS == OFF:
        return ""
    path = reverse("events", "interviews.events_urls", [pk, stage_id])
    return path if settings.EVENTS == SAME else f":{settings.EVENTS}{path}"


def hears_events(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the page connect to the events process, where that has a port of its own."""

    @wraps(view)
    def with_policy(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if settings.EVENTS not in {SAME, OFF}:
            host, _port = split_domain_port(request.get_host())
            events = f"{request.scheme}://{host}:{settings.EVENTS}"
            policy = settings.SECURE_CSP | {"connect-src": [CSP.SELF, events]}
            response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's csp_override does
        return response

    return with_policy
