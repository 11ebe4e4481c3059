"""The lists of courses and of a course's lessons, put together for each reader."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from courses.editions import course_edition
from courses.models import CourseEdition

KEPT = 64


class Listing(NamedTuple):
    """The lessons of a course: pieces as they are, and each lesson's line when it is done."""

    pieces: tuple[str, ...]
    done: dict[str, tuple[int, str]]
    """Lesson content id (text) -> where its line is among the pieces, and its line when done."""

    def render(self, done: frozenset[str]) -> SafeString:
        """Return the list with what is done marked."""
        pieces = list(self.pieces)
        for lesson in self.done.keys() & done:
            position, line = self.done[lesson]
            pieces[position] = line
        return mark_safe("".join(pieces))  # noqa: S308 - every piece comes out of a template


def lessons_of(course: CourseEdition) -> Listing:
    """Return the listing of a course; one that is stored is prepared once."""
    if course.pk is None:
        return _prepare(course)
    return _prepared(course.pk, get_language())


@lru_cache(maxsize=KEPT)
def _prepared(pk: int, _language: str) -> Listing:
    return _prepare(course_edition(pk))


def _prepare(course: CourseEdition) -> Listing:
    pieces: list[str] = []
    done: dict[str, tuple[int, str]] = {}
    for module in course.outline:
        pieces.append(render_to_string("courses/course.html#module", {"module": module}))
        for lesson in module["lessons"]:
            done[lesson["content_id"]] = (len(pieces), _line(course, lesson, done=True))
            pieces.append(_line(course, lesson, done=False))
        pieces.append("</ol></section>")
    return Listing(tuple(pieces), done)


def _line(course: CourseEdition, lesson: dict[str, object], *, done: bool) -> str:
    context = {"course": course, "lesson": lesson, "done": done}
    return render_to_string("courses/course.html#line", context)


def cards(courses: Sequence[CourseEdition], done: Mapping[str, int]) -> SafeString:
    """Return a card for each course, with a meter where something is done."""
    return mark_safe("".join(_card(course, done) for course in courses))  # noqa: S308 - templates


def _card(course: CourseEdition, done: Mapping[str, int]) -> str:
    count = done.get(course.course_slug, 0)
    if not count:
        return _plain_card(course.pk, get_language()) + "</li>"
    context = {"course": course, "done": count, "total": course.lesson_count}
    foot = render_to_string("courses/catalogue.html#foot", context)
    return _plain_card(course.pk, get_language()) + foot + "</li>"


@lru_cache(maxsize=KEPT * 4)
def _plain_card(pk: int, _language: str) -> str:
    return render_to_string("courses/catalogue.html#card", {"course": course_edition(pk)})
