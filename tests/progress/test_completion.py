"""What counts as done."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Learner
from courses.models import LessonEdition
from progress import completion
from progress.models import Activity, QuizResult, Verb
from tests.progress.conftest import done_ids

Finish = Callable[..., None]


def test_a_quiz_with_seventy_percent_completes_its_lesson(
    lessons: list[LessonEdition], learner: Learner, finish_quiz: Finish
) -> None:
    finish_quiz(1, 6.9)
    assert done_ids(learner) == frozenset()
    finish_quiz(2, 7)
    assert done_ids(learner) == {lessons[0].content_id}


def test_a_worse_second_attempt_takes_nothing_away(
    lessons: list[LessonEdition], learner: Learner, finish_quiz: Finish
) -> None:
    finish_quiz(1, 9)
    finish_quiz(2, 1)
    result = QuizResult.objects.get(learner=learner)
    assert (result.points, result.attempts) == (9, 2)
    assert done_ids(learner) == {lessons[0].content_id}


def test_hearing_of_an_attempt_twice_counts_once(
    lessons: list[LessonEdition], learner: Learner, finish_quiz: Finish
) -> None:
    finish_quiz(1, 9)
    finish_quiz(1, 9)
    assert QuizResult.objects.get(learner=learner).attempts == 1


def test_a_lesson_without_a_quiz_is_done_when_marked(
    ada: Client, lessons: list[LessonEdition], learner: Learner
) -> None:
    response = ada.post(f"/dashboard/lessons/{lessons[1].content_id}/read/")
    assert response.status_code == 302
    assert response["Location"] == lessons[1].path
    assert done_ids(learner) == {lessons[1].content_id}


def test_marking_twice_is_logged_once(
    ada: Client, lessons: list[LessonEdition], learner: Learner
) -> None:
    for _ in range(2):
        ada.post(f"/dashboard/lessons/{lessons[1].content_id}/read/")
    assert Activity.objects.of(learner).filter(verb=Verb.LESSON_DONE).count() == 1


def test_a_lesson_with_a_quiz_cannot_be_marked(ada: Client, lessons: list[LessonEdition]) -> None:
    assert ada.post(f"/dashboard/lessons/{lessons[0].content_id}/read/").status_code == 404


def test_a_visitor_can_mark_a_free_lesson(stranger: Client, lessons: list[LessonEdition]) -> None:
    stranger.post(f"/dashboard/lessons/{lessons[1].content_id}/read/")
    assert Activity.objects.get().learner.user is None


def test_a_visitor_cannot_mark_a_locked_lesson(
    stranger: Client, lessons: list[LessonEdition]
) -> None:
    LessonEdition.objects.filter(pk=lessons[1].pk).update(free_preview=False)
    assert stranger.post(f"/dashboard/lessons/{lessons[1].content_id}/read/").status_code == 404
    assert not Activity.objects.exists()


def test_marking_needs_a_post(ada: Client, lessons: list[LessonEdition]) -> None:
    assert ada.get(f"/dashboard/lessons/{lessons[1].content_id}/read/").status_code == 405


def test_the_rule_is_said_in_words() -> None:
    assert "mark it as read" in completion.rule([])
    assert "at least 70 %" in completion.rule(["basics"])
    assert "each of its quizzes" in completion.rule(["basics", "more"])
