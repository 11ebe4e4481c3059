"""Progress on pages of the apps below: marks in outlines, meters in the catalogue."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from courses.editions import outline_of
from courses.listing import cards, lessons_of
from courses.models import CourseEdition, LessonEdition
from progress import completion
from progress.states import course_state, done_counts

register = template.Library()


@register.simple_tag(takes_context=True)
def course_outline(context: Context, course: CourseEdition, current: UUID | None) -> SafeString:
    """Render a course's outline with this learner's marks."""
    state = course_state(context["request"], course.course_slug)
    done = state.done_ids if state else frozenset()
    return outline_of(course).render(done, current)


@register.inclusion_tag("progress/_lesson_status.html", takes_context=True)
def lesson_status(context: Context, lesson: LessonEdition) -> dict[str, Any]:
    """Say whether a lesson is done, or what it takes."""
    state = course_state(context["request"], lesson.course_slug)
    return {
        "done": state is not None and str(lesson.content_id) in state.done,
        "rule": completion.rule(lesson.quizzes),
        "lesson": lesson,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def course_lessons(context: Context, course: CourseEdition) -> SafeString:
    """Render a course's lessons with what this learner has done."""
    preview = context.get("is_preview")
    state = None if preview else course_state(context["request"], course.course_slug)
    return lessons_of(course).render(state.done if state else frozenset())


@register.simple_tag(takes_context=True)
def catalogue_cards(context: Context, courses: Sequence[CourseEdition]) -> SafeString:
    """Render the cards of the catalogue; one query for the whole of it."""
    return cards(courses, done_counts(context["request"]))
