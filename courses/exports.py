"""Database to files: what readers see, byte for byte as it was imported where nobody edited it."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from courses import actions, comparison, conversion
from courses.definitions import quiz_file, scenario_file
from courses.interchange import (
    COURSE_PATH,
    ContentError,
    CourseBundle,
    LessonFile,
    QuizFile,
    ScenarioFile,
    SourceFile,
    course_source,
    lesson_source,
    parse_course,
    quiz_source,
    scenario_source,
    write_course,
)
from courses.models import CoursePage, LessonPage
from interviews.definition import scenario_to_data
from interviews.models import Scenario
from quizzes.definition import fingerprint, quiz_to_data
from quizzes.models import Quiz


@dataclass(frozen=True, slots=True)
class ExportReport:
    """`changed` are the paths that were written or deleted; `drafts` what is not published."""

    changed: tuple[str, ...]
    drafts: tuple[str, ...]


def export_course(*, slug: str, directory: Path) -> ExportReport:
    """Write what is published of a course into `directory`.

    Raises CoursePage.DoesNotExist, and ContentError for something no file can say or for a
    directory that holds another course.
    """
    course = CoursePage.objects.get(slug=slug)
    _check_directory(course, directory)
    bundle = course_bundle(course)
    return ExportReport(tuple(write_course(bundle, directory)), tuple(_drafts(course)))


def course_bundle(course: CoursePage) -> CourseBundle:
    """All files of a course, in memory. Raises ContentError for what no file can say."""
    value = comparison.stored_course(course)
    unedited = comparison.imported_course(course) == value
    pages = [placed.page.pk for placed in actions.live_lessons(course)]
    lessons = LessonPage.objects.in_bulk(pages)
    quizzes = Quiz.objects.filter(collection=course.collection_id, live=True).order_by("slug")
    scenarios = Scenario.objects.filter(collection=course.collection_id, live=True)
    return CourseBundle(
        course=course_source(value, course.imported_source if unedited else None),
        lessons=tuple(_lesson(lessons[pk]) for pk in pages),
        quizzes=tuple(_quiz(quiz) for quiz in quizzes) if course.collection_id else (),
        scenarios=tuple(_scenario(item) for item in scenarios.order_by("slug"))
        if course.collection_id
        else (),
    )


def _lesson(page: LessonPage) -> SourceFile[LessonFile]:
    value = conversion.lesson_file(page)
    unedited = comparison.imported_lesson(page) == value
    return lesson_source(value, page.imported_source if unedited else None)


def _quiz(quiz: Quiz) -> SourceFile[QuizFile]:
    data = quiz_to_data(quiz)
    unedited = comparison.imported_quiz(quiz) == fingerprint(data)
    return quiz_source(quiz_file(data), quiz.imported_source if unedited else None)


def _scenario(scenario: Scenario) -> SourceFile[ScenarioFile]:
    data = scenario_to_data(scenario)
    unedited = comparison.imported_scenario(scenario) == data
    return scenario_source(scenario_file(data), scenario.imported_source if unedited else None)


def _check_directory(course: CoursePage, directory: Path) -> None:
    """Do not delete the files of another course."""
    path = directory / COURSE_PATH
    if not path.exists():
        return
    if parse_course(path.read_text(encoding="utf-8")).id != course.content_id:
        reason = _("There is another course in this directory. Choose an empty one.")
        raise ContentError(COURSE_PATH, 0, reason)


def _drafts(course: CoursePage) -> list[str]:
    """Titles of pages with changes that are not published."""
    pages = course.get_descendants(inclusive=True).filter(has_unpublished_changes=True)
    return list(pages.order_by("path").values_list("draft_title", flat=True))
