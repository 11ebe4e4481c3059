"""Drafts as readers would see them. Only the studio calls these."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from courses import actions, editions
from courses.models import CourseEdition, CoursePage, LessonPage, ModulePage
from courses.outline import prepare_outline
from courses.views.catalogue import course_context
from quizzes.preview import framed


def lesson_preview(request: HttpRequest, page: LessonPage) -> HttpResponse:
    """The lesson as it would be published now."""
    course = _course_of(page)
    module = ModulePage.objects.ancestor_of(page).first()
    edition = actions.build_lesson_edition(page, course.slug, module.title if module else "")
    assert edition is not None  # noqa: S101 - only a known fingerprint gives None
    outline = prepare_outline(_draft_edition(course))
    context = {
        "lesson": edition,
        "course": course,
        "outline": outline,
        "html": editions.html_of(edition),
        "contents": editions.render_contents(edition),
        "neighbours": outline.neighbours(UUID(str(page.content_id))),
        "outline_html": outline.render(frozenset(), page.content_id),
        "is_preview": True,
    }
    return framed(render(request, "courses/lesson.html", context))


def course_preview(request: HttpRequest, page: CoursePage) -> HttpResponse:
    """The course page as it would be published now."""
    context = {**course_context(_draft_edition(page)), "is_preview": True}
    return framed(render(request, "courses/course.html", context))


def _course_of(page: LessonPage) -> CoursePage:
    return CoursePage.objects.ancestor_of(page).get()


def _draft_edition(course: CoursePage) -> CourseEdition:
    return actions.build_course_edition(course, actions.live_lessons(course))
