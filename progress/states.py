"""A learner's course states, read once in a request."""

import json
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from progress.models import CourseState

# Written out, because Django takes longer to build these statements than PostgreSQL to answer
# them, and reading pages need them all the time.
_ONE = """
    select done, last_lesson from progress_coursestate where learner_id = %s and course_slug = %s
"""
_COUNTS = """
    select course_slug, (select count(*) from jsonb_object_keys(done))
    from progress_coursestate where learner_id = %s
"""


class Standing(NamedTuple):
    """Where a learner stands in a course."""

    done: frozenset[str]
    """Content ids (text) of the lessons that are done."""
    last_lesson: UUID | None

    @property
    def done_ids(self) -> frozenset[UUID]:
        """The same as UUIDs."""
        return frozenset(UUID(lesson) for lesson in self.done)


def course_state(request: Any, course_slug: str) -> Standing | None:
    """Return where this request's learner stands in a course; one query for each course asked."""
    if not request.learner:
        return None
    kept: dict[str, Standing | None] = request.__dict__.setdefault("_course_states", {})
    if course_slug not in kept:
        kept[course_slug] = _read(request.learner.pk, course_slug)
    return kept[course_slug]


def _read(learner_id: int, course_slug: str) -> Standing | None:
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [learner_id, course_slug])
        row = cursor.fetchone()
    return Standing(frozenset(json.loads(row[0])), row[1]) if row else None


def course_states(request: Any) -> dict[str, CourseState]:
    """Return all course states of this request's learner, by course slug."""
    if not request.learner:
        return {}
    rows = CourseState.objects.filter(learner=request.learner.pk)
    return {state.course_slug: state for state in rows}


def done_counts(request: Any) -> dict[str, int]:
    """Return how many lessons are done, by course slug."""
    if not request.learner:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [request.learner.pk])
        return dict(cursor.fetchall())
