"""Writes: publishing, beginning, answering, finishing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal

from accounts.models import Learner
from quizzes import actions, signals
from quizzes.definition import DefinitionError
from quizzes.models import Attempt, ImmutableError, Quiz, QuizEdition, Response

RIGHT = {"chosen": ["b"]}
WRONG = {"chosen": ["a"]}


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """Collect what a signal carries, and whether it was sent inside a transaction."""
    news: list[dict[str, Any]] = []

    def receive(sender: Any, **kwargs: Any) -> None:
        news.append(kwargs | {"inside": connection.in_atomic_block})

    signal.connect(receive)
    try:
        yield news
    finally:
        signal.disconnect(receive)


@pytest.fixture
def attempt(learner: Learner, edition: QuizEdition) -> Attempt:
    """An attempt that has just begun."""
    return actions.start_attempt(learner=learner, edition=edition)


def answer_all(attempt: Attempt) -> actions.Answered:
    actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    actions.answer_question(attempt=attempt, question_id="many", answer={"chosen": ["a"]})
    typed = {"text": "13.5k/s", "value": 13500.0, "unit": "1/s"}
    return actions.answer_question(attempt=attempt, question_id="number", answer=typed)


def test_publishing_the_same_again_makes_no_edition(quiz: Quiz, edition: QuizEdition) -> None:
    assert actions.publish_edition(quiz) == edition


def test_publishing_is_news_only_when_something_is_new(quiz: Quiz) -> None:
    with heard(signals.edition_published) as news:
        actions.publish_edition(quiz)
        quiz.title = "Another title"
        edition = actions.publish_edition(quiz)
    assert [item["edition"] for item in news] == [edition]


def test_a_quiz_without_questions_cannot_be_published(quiz: Quiz) -> None:
    quiz.questions = []
    with pytest.raises(DefinitionError, match="at least one question"):
        actions.publish_edition(quiz)
    assert QuizEdition.objects.current().filter(quiz=quiz).exists()


def test_an_edition_never_changes(edition: QuizEdition) -> None:
    edition.data = {}
    with pytest.raises(ImmutableError):
        edition.save()


def test_one_edition_of_a_quiz_is_current(quiz: Quiz, edition: QuizEdition) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizEdition.objects.create(
            quiz=quiz, number=2, data=edition.data, max_points=1, fingerprint="x"
        )


def test_an_edition_holds_rendered_text(edition: QuizEdition) -> None:
    assert edition.questions[0]["ask"] == "Prompt <em>one</em>?"
    assert edition.questions[0]["name"] == "Prompt one?"
    assert edition.max_points == 4


def test_beginning_again_gives_the_unfinished_attempt(
    attempt: Attempt, learner: Learner, edition: QuizEdition
) -> None:
    assert actions.start_attempt(learner=learner, edition=edition, token=uuid4()) == attempt


def test_the_token_finds_its_attempt_even_when_finished(
    learner: Learner, edition: QuizEdition
) -> None:
    token = uuid4()
    attempt = actions.start_attempt(learner=learner, edition=edition, token=token)
    actions.finish(attempt)
    assert actions.start_attempt(learner=learner, edition=edition, token=token) == attempt
    assert actions.start_attempt(learner=learner, edition=edition) != attempt


def test_the_token_of_somebody_else_begins_an_own_attempt(
    attempt: Attempt, edition: QuizEdition
) -> None:
    own = Learner.objects.create()
    begun = actions.start_attempt(learner=own, edition=edition, token=attempt.token)
    assert begun.learner == own
    assert begun != attempt


def test_the_database_allows_one_unfinished_attempt(attempt: Attempt) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            learner=attempt.learner, quiz=attempt.quiz, edition=attempt.edition, max_points=1
        )


def test_an_answer_is_judged_and_kept(attempt: Attempt) -> None:
    done = actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    assert done.is_new
    assert done.response.correct
    assert Attempt.objects.get().points == 1


def test_the_first_answer_counts(attempt: Attempt) -> None:
    actions.answer_question(attempt=attempt, question_id="one", answer=WRONG)
    done = actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    assert done.refused
    assert not done.is_new
    assert done.response.answer == WRONG
    assert Attempt.objects.get().points == 0


def test_the_same_answer_again_is_not_refused(attempt: Attempt) -> None:
    actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    done = actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    assert not done.refused
    assert Attempt.objects.get().points == 1


def test_each_answer_is_news_once_inside_its_transaction(attempt: Attempt) -> None:
    with heard(signals.question_answered) as news:
        for _click in range(2):
            actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    assert [(item["response"].question_id, item["inside"]) for item in news] == [("one", True)]


def test_a_receiver_that_fails_leaves_nothing_behind(attempt: Attempt) -> None:
    def fail(sender: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    signals.question_answered.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    finally:
        signals.question_answered.disconnect(fail)
    assert not Response.objects.exists()
    assert Attempt.objects.get().points == 0


def test_the_last_answer_finishes_the_attempt(attempt: Attempt) -> None:
    with heard(signals.attempt_finished) as news:
        done = answer_all(attempt)
    assert done.attempt.finished_at is not None
    assert [(item["attempt"].points, item["inside"]) for item in news] == [(3.0, True)]
    assert Attempt.objects.get().share == 0.75


def test_finishing_twice_is_news_once(attempt: Attempt) -> None:
    with heard(signals.attempt_finished) as news:
        first = actions.finish(attempt)
        second = actions.finish(attempt)
    assert first.finished_at == second.finished_at
    assert len(news) == 1


def test_a_question_the_edition_does_not_have_is_an_error(attempt: Attempt) -> None:
    with pytest.raises(KeyError):
        actions.answer_question(attempt=attempt, question_id="missing", answer=RIGHT)


def test_an_attempt_set_aside_takes_no_answer(attempt: Attempt) -> None:
    attempt.set_aside_at = attempt.started_at
    attempt.save()
    with pytest.raises(actions.ClosedAttemptError):
        actions.answer_question(attempt=attempt, question_id="one", answer=RIGHT)
    assert actions.finish(attempt).finished_at is None


def test_opening_quizzes_to_visitors_keeps_drafts_and_editions(quiz: Quiz) -> None:
    quiz.title = "Half an idea"
    quiz.save_revision()
    assert actions.set_free(slugs=[quiz.slug, "missing"], is_free=True) == 1
    quiz.refresh_from_db()
    assert quiz.is_free
    assert quiz.get_latest_revision_as_object().is_free
    assert quiz.editions.count() == 1
