"""Progress on pages of the apps below: marks in outlines, meters in the catalogue."""

from typing import Any
from uuid import UUID

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from courses.editions import outline_of
from courses.models import CourseEdition, LessonEdition
from progress import completion
from progress.states import course_state, course_states

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
def done_lessons(context: Context, course: CourseEdition) -> frozenset[str]:
    """Return the content ids (text) of the lessons of a course that are done."""
    state = course_state(context["request"], course.course_slug)
    return frozenset(state.done) if state else frozenset()


@register.simple_tag(takes_context=True)
def catalogue_progress(context: Context) -> dict[str, int]:
    """Return how many lessons are done, by course slug; one query for the whole catalogue."""
    return {slug: len(state.done) for slug, state in course_states(context["request"]).items()}


@register.filter
def get_item(mapping: dict[str, Any], key: str) -> Any:
    """Return an entry of a mapping, or 0."""
    return mapping.get(key, 0)
