"""A lesson, from its edition."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.shell import render_shell
from courses import editions
from courses.access import may_read
from courses.models import LessonEdition
from courses.signals import lesson_opened


@require_safe
def lesson(request: HttpRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    """A lesson; strangers see what a locked one is about, and how to get in."""
    address = editions.find_lesson(course_slug, lesson_slug)
    edition = editions.lesson_edition(address.lesson)
    course = editions.course_edition(address.course)
    outline = editions.outline_of(course)
    context = {"lesson": edition, "course": course, "outline": outline}
    if not may_read(request, edition):
        return render(request, "courses/locked.html", context)
    lesson_opened.send(
        LessonEdition, request=request, edition=edition, learner=request.learner or None
    )
    context |= {
        "html": editions.html_of(edition),
        "contents": editions.contents(edition.pk),
        "neighbours": outline.neighbours(edition.content_id),
    }
    return render_shell(request, "courses/lesson.html", context, key=address)
