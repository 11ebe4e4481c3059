"""Editions as readers' pages need them: kept in the process, because they never change."""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.http import Http404
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import CourseEdition, LessonEdition
from courses.outline import PreparedOutline, prepare_outline

KEPT_LESSONS = 256
KEPT_COURSES = 64


# Reading pages ask these all the time; building them with the ORM costs more than answering them.
_ADDRESS = """
    SELECT lesson.id, course.id
    FROM courses_lessonedition lesson
    JOIN courses_courseedition course ON course.course_slug = lesson.course_slug
    WHERE lesson.course_slug = %s AND lesson.slug = %s AND lesson.is_current AND course.is_current
"""
_COURSE = "SELECT id FROM courses_courseedition WHERE course_slug = %s AND is_current"
_COURSES = "SELECT id FROM courses_courseedition WHERE is_current ORDER BY title, id"


class Address(NamedTuple):
    """Which editions a lesson's address shows at the moment."""

    lesson: int
    course: int


def find_lesson(course_slug: str, slug: str) -> Address:
    """The current editions at this address, in one query; raises Http404."""
    with connection.cursor() as cursor:
        found = cursor.execute(_ADDRESS, [course_slug, slug]).fetchone()
    if found is None:
        raise Http404(_("There is no such lesson."))
    return Address(*found)


def find_course(course_slug: str) -> CourseEdition:
    """The current edition of a course; raises Http404."""
    with connection.cursor() as cursor:
        found = cursor.execute(_COURSE, [course_slug]).fetchone()
    if found is None:
        raise Http404(_("There is no such course."))
    return course_edition(found[0])


def all_courses() -> list[CourseEdition]:
    """The current edition of every course, by title."""
    with connection.cursor() as cursor:
        found = cursor.execute(_COURSES).fetchall()
    return [course_edition(pk) for (pk,) in found]


@lru_cache(maxsize=KEPT_LESSONS)
def lesson_edition(pk: int) -> LessonEdition:
    """The edition, shared between requests: never change it."""
    return LessonEdition.objects.get(pk=pk)


@lru_cache(maxsize=KEPT_COURSES)
def course_edition(pk: int) -> CourseEdition:
    """The edition, shared between requests: never change it."""
    return CourseEdition.objects.get(pk=pk)


def outline_of(edition: CourseEdition) -> PreparedOutline:
    """The prepared outline of a stored edition."""
    return _outline(edition.pk, get_language())


@lru_cache(maxsize=KEPT_COURSES)
def _outline(pk: int, _language: str) -> PreparedOutline:
    return prepare_outline(course_edition(pk))


@lru_cache(maxsize=KEPT_LESSONS)
def contents(pk: int) -> SafeString:
    """The list of a lesson's sections, for “on this page”."""
    return render_contents(lesson_edition(pk))


def render_contents(edition: LessonEdition) -> SafeString:
    """Links to the sections of a lesson."""
    sections = [entry for entry in edition.outline if entry["level"] == 2]
    links = ((entry["id"], entry["text"]) for entry in sections)
    return format_html_join("", '<li><a href="#{}">{}</a></li>', links)


def html_of(edition: LessonEdition) -> SafeString:
    """The body, which was made safe when it was rendered."""
    return mark_safe(edition.html)  # noqa: S308
