"""A quiz with one question of each kind, and quizzes to make."""

from collections.abc import Callable

import pytest
from wagtail.models import Collection

from accounts.models import Learner
from quizzes.definition import save_quiz_from_data
from quizzes.models import Quiz, QuizEdition
from tests.quizzes.builders import Data, quiz_data


@pytest.fixture
def collection(db: None) -> Collection:
    """Where the quizzes of a course live."""
    # The flush after a test with real transactions takes the root away.
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    return root.add_child(name="microservices")


@pytest.fixture
def make_quiz(collection: Collection) -> Callable[..., Quiz]:
    """Return a function that publishes a quiz of these questions."""

    def make(*questions: Data, slug: str = "breaker", is_free: bool = False) -> Quiz:
        data = quiz_data(*questions, slug=slug)
        quiz, _changed = save_quiz_from_data(
            data=data, source="", collection=collection, is_free=is_free
        )
        return quiz

    return make


@pytest.fixture
def quiz(make_quiz: Callable[..., Quiz]) -> Quiz:
    """One question of each kind, for learners with an account."""
    return make_quiz()


@pytest.fixture
def free_quiz(make_quiz: Callable[..., Quiz]) -> Quiz:
    """One question of each kind, for everybody."""
    return make_quiz(slug="open", is_free=True)


@pytest.fixture
def edition(quiz: Quiz) -> QuizEdition:
    """What learners are given of the quiz."""
    return QuizEdition.objects.current().get(quiz=quiz)


@pytest.fixture
def learner(db: None) -> Learner:
    """A learner without an account."""
    return Learner.objects.create()
