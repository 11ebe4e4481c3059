"""What the dashboard shows, as plain values."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from courses.models import CourseEdition
from progress import calendar
from progress.models import ActiveDay, CourseState, QuizResult
from progress.states import course_states


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson, and whether it is done."""

    title: str
    path: str
    done: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course, what is done in it, and where to go on."""

    title: str
    slug: str
    done: int
    total: int
    lessons: tuple[LessonRow, ...]

    @property
    def is_done(self) -> bool:
        """Whether every lesson is done."""
        return self.total > 0 and self.done == self.total


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything a learner has done, at a glance."""

    courses: tuple[CourseRow, ...]
    resume: CourseState | None
    streak: int
    weeks: list[list[calendar.Day]]
    active_days: int
    quizzes: tuple[QuizResult, ...]

    @property
    def lessons_done(self) -> int:
        """How many lessons are done, in all courses."""
        return sum(course.done for course in self.courses)


def build_dashboard(request: Any, today: date) -> Dashboard:
    """Return the dashboard of this request's learner."""
    states = course_states(request)
    editions = CourseEdition.objects.current().order_by("title")
    courses = tuple(_course(edition, states.get(edition.course_slug)) for edition in editions)
    learner = request.learner
    days: dict[date, int] = {}
    quizzes: tuple[QuizResult, ...] = ()
    if learner:
        rows = ActiveDay.objects.filter(learner=learner.pk)
        days = dict(rows.values_list("day", "count"))
        quizzes = tuple(QuizResult.objects.filter(learner=learner.pk).order_by("quiz"))
    return Dashboard(
        courses=courses,
        resume=_latest(states),
        streak=calendar.streak(days, today),
        weeks=calendar.weeks(days, today),
        active_days=len(days),
        quizzes=quizzes,
    )


def _course(edition: CourseEdition, state: CourseState | None) -> CourseRow:
    done = state.done if state else {}
    lessons = tuple(
        LessonRow(
            lesson["title"],
            f"/courses/{edition.course_slug}/{lesson['slug']}/",
            lesson["content_id"] in done,
        )
        for module in edition.outline
        for lesson in module["lessons"]
    )
    return CourseRow(
        title=edition.title,
        slug=edition.course_slug,
        done=sum(lesson.done for lesson in lessons),
        total=len(lessons),
        lessons=lessons,
    )


def _latest(states: dict[str, CourseState]) -> CourseState | None:
    opened = [state for state in states.values() if state.last_at is not None]
    return max(opened, key=lambda state: state.last_at or 0, default=None)
