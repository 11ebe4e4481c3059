"""A visitor who had answered something signs up or logs in."""

import pytest

from accounts.actions import adopt_learner
from accounts.models import Learner, User
from quizzes import actions
from quizzes.models import Attempt, QuizEdition, Response


@pytest.fixture
def target(learner_user: User) -> Learner:
    """The learner of Ada's account."""
    return Learner.objects.create(user=learner_user)


def play(learner: Learner, edition: QuizEdition, *questions: str) -> Attempt:
    """Answer these questions of a new attempt."""
    attempt = actions.start_attempt(learner=learner, edition=edition)
    for identity in questions:
        actions.answer_question(attempt=attempt, question_id=identity, answer={"chosen": ["b"]})
    return attempt


def merge(user: User, visitor: Learner) -> None:
    adopt_learner(user=user, visitor_id=visitor.pk)


def test_attempts_of_the_visitor_move_to_the_account(
    learner: Learner, target: Learner, learner_user: User, edition: QuizEdition
) -> None:
    finished = actions.finish(play(learner, edition, "one"))
    unfinished = play(learner, edition, "one", "many")
    merge(learner_user, learner)
    assert set(Attempt.objects.filter(learner=target).counted()) == {finished, unfinished}


def test_the_visitor_who_is_further_along_goes_on(
    learner: Learner, target: Learner, learner_user: User, edition: QuizEdition
) -> None:
    behind = play(target, edition, "one")
    ahead = play(learner, edition, "one", "many")
    merge(learner_user, learner)
    assert Attempt.objects.filter(learner=target).unfinished().get() == ahead
    behind.refresh_from_db()
    assert behind.set_aside_at is not None
    assert behind.learner == target


@pytest.mark.parametrize("answered", [["one"], ["one", "many"]])
def test_the_account_that_is_as_far_or_further_goes_on(
    answered: list[str],
    learner: Learner,
    target: Learner,
    learner_user: User,
    edition: QuizEdition,
) -> None:
    ahead = play(target, edition, *answered)
    play(learner, edition, "one")
    merge(learner_user, learner)
    assert Attempt.objects.filter(learner=target).unfinished().get() == ahead


def test_no_answer_is_lost(
    learner: Learner, target: Learner, learner_user: User, edition: QuizEdition
) -> None:
    play(target, edition, "one")
    play(learner, edition, "one", "many")
    merge(learner_user, learner)
    assert Response.objects.filter(attempt__learner=target).count() == 3


def test_one_token_in_both_is_no_conflict(
    learner: Learner, target: Learner, learner_user: User, edition: QuizEdition
) -> None:
    first = actions.finish(play(target, edition))
    second = play(learner, edition)
    Attempt.objects.filter(pk=second.pk).update(token=first.token)
    merge(learner_user, learner)
    assert Attempt.objects.filter(learner=target).count() == 2
