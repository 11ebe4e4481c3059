"""Every address of the events process. A script asks it: what it refuses needs no page."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config import health


def refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be answered, in the same way for what is missing and what is foreign."""
    return HttpResponse("not found\n", status=404, content_type="text/plain")


def fail(request: HttpRequest) -> HttpResponse:
    """Answer after an error of ours."""
    return HttpResponse("error\n", status=500, content_type="text/plain")


urlpatterns = [
    path("", include("interviews.events_urls")),
    path("health/alive/", health.alive, name="health_alive"),
]

handler400 = handler403 = handler404 = refuse
handler500 = fail
