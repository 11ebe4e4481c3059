"""Lessons to make progress in, as editions: no studio needed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts import actions as accounts
from accounts.models import Learner, User
from courses.models import CourseEdition, LessonEdition


def build_course(slug: str, lessons: int = 3, **fields: Any) -> list[LessonEdition]:
    """Publish a course of free lessons; the first has the quiz “basics”, the others none."""
    editions = [
        LessonEdition.objects.create(
            content_id=uuid4(), number=1, course_slug=slug, slug=f"lesson-{number}",
            title=f"Lesson {number}", summary="", renderer="test", module="Module", minutes=5,
            free_preview=fields.get("free", True), html="<p>text</p>",
            quizzes=["basics"] if number == 1 else [], fingerprint="x",
        )
        for number in range(1, lessons + 1)
    ]  # fmt: skip
    outline = [
        {
            "content_id": str(edition.content_id), "slug": edition.slug, "title": edition.title,
            "summary": "", "minutes": 5, "free": True, "labs": 0,
        }
        for edition in editions
    ]  # fmt: skip
    CourseEdition.objects.create(
        content_id=uuid4(), number=1, course_slug=slug, title=slug.capitalize(), summary="",
        renderer="test", outline=[{"slug": "m", "title": "Module", "lessons": outline}],
    )  # fmt: skip
    return editions


@pytest.fixture
def lessons(db: None) -> list[LessonEdition]:
    """Three lessons: the first with a quiz, the others without."""
    return build_course("patterns")


@pytest.fixture
def learner(learner_user: User) -> Learner:
    """Ada as a learner."""
    return accounts.adopt_learner(user=learner_user, visitor_id=None)


@pytest.fixture
def finish_quiz(learner: Learner) -> Callable[..., None]:
    """Return a function that logs a finished attempt of Ada's."""
    from progress import actions

    def finish(attempt_id: int, points: float, max_points: float = 10) -> None:
        actions.finish_quiz(
            learner=learner, quiz="basics", title="Basics", attempt_id=attempt_id,
            points=points, max_points=max_points,
        )  # fmt: skip

    return finish


def done_ids(learner: Learner) -> frozenset[UUID]:
    """The lessons of “patterns” that are done."""
    from progress.models import CourseState

    state = CourseState.objects.filter(learner=learner, course_slug="patterns").first()
    return state.done_ids if state else frozenset()
