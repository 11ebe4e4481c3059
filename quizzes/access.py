"""The one door to a quiz: what is there for the learner of a request, and who has to log in."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.models import Learner
from quizzes.models import Attempt, Quiz, QuizEdition


class LoginNeededError(Exception):
    """The quiz is only for learners with an account."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A quiz as one learner finds it.

    `current` is the edition to begin with, None once the quiz was taken back. `attempt` is the
    learner's unfinished one, else the newest finished one, else None.
    """

    quiz: Quiz
    current: QuizEdition | None
    attempt: Attempt | None


def access_quiz(request: HttpRequest, slug: str) -> Sitting:
    """Load a quiz for the learner of this request.

    Raises Http404 for a quiz that is not published, unless the learner had begun it before, and
    LoginNeededError for a visitor where the quiz is not open to visitors.
    """
    attempt = _own_attempt(request, slug)
    editions = QuizEdition.objects.for_page(slug)
    # An attempt brings the questions of its own edition: no need to read others.
    current = editions.defer("data").first() if attempt else editions.first()
    if current is not None:
        quiz = current.quiz
    elif attempt is not None:
        quiz = attempt.edition.quiz
    else:
        raise Http404
    if not (quiz.is_free or request.user.is_authenticated):
        raise LoginNeededError
    return Sitting(quiz, current, attempt)


def _own_attempt(request: HttpRequest, slug: str) -> Attempt | None:
    learner: Learner | None = request.learner  # type: ignore[attr-defined]
    if not learner:
        return None
    attempts = Attempt.objects.filter(learner_id=learner.pk, quiz__slug=slug).counted()
    return attempts.with_edition().newest_first().first()


def access_attempt(request: HttpRequest, sitting: Sitting, token: UUID | None) -> Attempt | None:
    """The learner's attempt at this quiz that was begun with `token`, else the unfinished one."""
    learner: Learner | None = request.learner  # type: ignore[attr-defined]
    newest = sitting.attempt
    if not learner or newest is None or newest.token == token:
        return newest if newest is not None and _goes_on(newest, token) else None
    begun = Attempt.objects.filter(learner_id=learner.pk, quiz=sitting.quiz, token=token)
    return begun.with_edition().first() or (newest if _goes_on(newest, token) else None)


def _goes_on(attempt: Attempt, token: UUID | None) -> bool:
    return attempt.finished_at is None or attempt.token == token
