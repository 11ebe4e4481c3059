"""A learner's course states, read once in a request."""

from typing import Any

from progress.models import CourseState


def course_state(request: Any, course_slug: str) -> CourseState | None:
    """Return where this request's learner stands in a course; one query for each course asked."""
    if not request.learner:
        return None
    kept: dict[str, CourseState | None] = request.__dict__.setdefault("_course_states", {})
    if course_slug not in kept:
        rows = CourseState.objects.filter(learner=request.learner.pk, course_slug=course_slug)
        kept[course_slug] = rows.first()
    return kept[course_slug]


def course_states(request: Any) -> dict[str, CourseState]:
    """Return all course states of this request's learner, by course slug."""
    if not request.learner:
        return {}
    rows = CourseState.objects.filter(learner=request.learner.pk)
    return {state.course_slug: state for state in rows}
