"""The door to what a learner marks."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from courses.access import may_read
from courses.models import LessonEdition


def access_lesson(request: HttpRequest, content_id: UUID) -> LessonEdition:
    """Return the lesson as it is published now; missing and locked answer alike."""
    edition = LessonEdition.objects.current().filter(content_id=content_id).first()
    if edition is None or not may_read(request, edition):
        raise Http404
    return edition


def lesson_around(request: HttpRequest) -> LessonEdition | None:
    """Return the lesson whose page this request was made from, if the reader may read it.

    The browser says where it is; a made-up page only changes where its own user continues.
    """
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    try:
        match = resolve(urlsplit(page).path)
    except (Resolver404, ValueError):
        return None
    if match.view_name != "courses:lesson":
        return None
    address = {"course_slug": match.kwargs["course_slug"], "slug": match.kwargs["lesson_slug"]}
    edition = LessonEdition.objects.current().filter(**address).first()
    return edition if edition is not None and may_read(request, edition) else None
