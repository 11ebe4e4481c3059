"""Who may read what."""

from django.http import HttpRequest

from courses.models import LessonEdition


def may_read(request: HttpRequest, edition: LessonEdition) -> bool:
    """Free previews are for everybody, the rest for people with an account."""
    return edition.free_preview or request.user.is_authenticated
