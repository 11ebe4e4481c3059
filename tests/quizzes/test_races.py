"""Two requests at once, on two real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import Learner
from quizzes import actions
from quizzes.models import Attempt, QuizEdition, Response

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; returns their results in order."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


def answer(attempt: Attempt, *chosen: str) -> Callable[[], actions.Answered]:
    return lambda: actions.answer_question(
        attempt=attempt, question_id="one", answer={"chosen": list(chosen)}
    )


def test_beginning_in_two_tabs_begins_one_attempt(learner: Learner, edition: QuizEdition) -> None:
    for _round in range(3):
        begun = at_once(*[lambda: actions.start_attempt(learner=learner, edition=edition)] * 4)
        assert len({attempt.pk for attempt in begun}) == 1
        actions.finish(begun[0])


def test_of_two_answers_at_once_one_counts(learner: Learner, edition: QuizEdition) -> None:
    for _round in range(3):
        attempt = actions.start_attempt(learner=learner, edition=edition)
        first, second = at_once(answer(attempt, "a"), answer(attempt, "b"))
        assert {first.is_new, second.is_new} == {True, False}
        assert first.response.answer == second.response.answer
        assert [first.refused, second.refused].count(True) == 1
        attempt.refresh_from_db()
        assert attempt.points == Response.objects.get(attempt=attempt).points
        actions.finish(attempt)


def test_a_double_click_stores_one_answer(learner: Learner, edition: QuizEdition) -> None:
    attempt = actions.start_attempt(learner=learner, edition=edition)
    done = at_once(*[answer(attempt, "b")] * 4)
    assert [item.is_new for item in done].count(True) == 1
    assert not any(item.refused for item in done)
    attempt.refresh_from_db()
    assert attempt.points == 1


def test_publishing_twice_at_once_makes_one_edition(edition: QuizEdition) -> None:
    quiz = edition.quiz
    quiz.title = "Another title"
    published = at_once(*[lambda: actions.publish_edition(quiz)] * 3)
    assert {item.number for item in published} == {2}
    assert QuizEdition.objects.current().get(quiz=quiz).number == 2
