"""Whatever comes as files can be opened in the studio and saved there again."""

import pytest
from django.conf import settings

from courses.forms import publishing_problem
from courses.imports import import_course
from courses.models import CoursePage, LessonPage
from interviews.models import Scenario
from quizzes.models import Quiz

COURSES = sorted(path.parent for path in settings.CONTENT_DIR.glob("*/course.yaml"))


def test_there_are_courses_to_look_at() -> None:
    assert COURSES


@pytest.mark.parametrize("directory", COURSES, ids=lambda path: path.name)
def test_everything_in_a_course_of_ours_passes_the_checks_of_the_studio(
    db: None, directory: object
) -> None:
    import_course(directory=directory)  # type: ignore[arg-type]
    for page in (*LessonPage.objects.all(), *CoursePage.objects.all()):
        assert publishing_problem(page) == "", page.slug
    for course in CoursePage.objects.all():
        course.scenarios.stream_block.clean(course.scenarios)
    for quiz in Quiz.objects.all():
        quiz.full_clean()
        quiz.questions.stream_block.clean(quiz.questions)
    for scenario in Scenario.objects.all():
        scenario.full_clean()
        scenario.stages.stream_block.clean(scenario.stages)
