"""What courses does when authors publish, unpublish, move or delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from courses import actions
from courses.models import CoursePage
from courses.models.pages import ContentPage
from courses.signals import content_removed

_paused: ContextVar[bool] = ContextVar("refreshing is paused", default=False)


@contextmanager
def paused() -> Iterator[None]:
    """Let many changes to a course pass; whoever makes them refreshes it at the end."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


@receiver([page_published, page_unpublished])
def refresh_editions(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Let readers see what is live now."""
    if isinstance(instance, ContentPage):
        _refresh(instance.url_path)


@receiver(post_page_move)
def refresh_both_ends(
    sender: Any, url_path_before: str, url_path_after: str, **kwargs: Any
) -> None:
    """Let readers see the new order, in the course that was left too."""
    for course_path in {_course_path(url_path_before), _course_path(url_path_after)}:
        _refresh(course_path)


@receiver(content_removed)
def retire_removed(sender: Any, course_slug: str, url_path: str, **kwargs: Any) -> None:
    """Take what was deleted away from readers."""
    if not _refresh(url_path):
        actions.retire_course(course_slug=course_slug)


def _refresh(url_path: str) -> bool:
    """Refresh the course of this address; False when there is none."""
    if _paused.get():
        return True
    course = CoursePage.objects.filter(url_path=_course_path(url_path)).first()
    if course is not None:
        actions.refresh_course(course_id=course.pk)
    return course is not None


def _course_path(url_path: str) -> str:
    return "/".join(url_path.split("/")[:3]) + "/"
