"""Writes of quizzes. Whatever concerns one learner happens under a lock on that learner's row, so
that two tabs, a double click and a merge follow one after the other.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Learner
from quizzes import signals
from quizzes.definition import compile_data, fingerprint, quiz_to_data
from quizzes.kinds import Answer, Judgement, kind_of
from quizzes.models import Attempt, Quiz, QuizEdition, Response


class ClosedAttemptError(Exception):
    """An attempt that was set aside takes no answers."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer.

    `answered` counts the attempt's answers; `refused`: another answer was stored before, and stays.
    """

    attempt: Attempt
    response: Response
    judgement: Judgement
    answered: int
    is_new: bool
    refused: bool


@transaction.atomic
def publish_edition(quiz: Quiz) -> QuizEdition:
    """Make what `quiz` holds the current edition; if it is that already, return it.

    Raises `quizzes.definition.DefinitionError` for a quiz that is not fit for learners.
    """
    Quiz.objects.select_for_update().get(pk=quiz.pk)
    data = quiz_to_data(quiz)
    mark = fingerprint(data)
    current = QuizEdition.objects.current().filter(quiz=quiz).first()
    if current is not None and current.fingerprint == mark:
        return current
    compiled = compile_data(data)
    withdraw_edition(quiz)
    edition = QuizEdition.objects.create(
        quiz=quiz,
        number=QuizEdition.objects.next_number(quiz),
        data=compiled,
        max_points=sum(question["points"] for question in compiled["questions"]),
        fingerprint=mark,
    )
    signals.edition_published.send(Quiz, edition=edition)
    return edition


def withdraw_edition(quiz: Quiz) -> None:
    """Let nobody begin the quiz any more; who has begun may finish."""
    QuizEdition.objects.current().filter(quiz=quiz).update(is_current=False)


@transaction.atomic
def set_free(*, slugs: list[str], is_free: bool) -> int:
    """Open quizzes to visitors without an account, or close them; returns how many changed."""
    return Quiz.objects.filter(slug__in=slugs).exclude(is_free=is_free).update(is_free=is_free)


@transaction.atomic
def start_attempt(
    *, learner: Learner, edition: QuizEdition, token: uuid.UUID | None = None
) -> Attempt:
    """Return the attempt that was begun with `token`, else the unfinished one, else a new one.

    Raises Learner.DoesNotExist when the learner was merged into another one meanwhile.
    """
    _lock(learner.pk)
    own = Attempt.objects.filter(learner=learner, quiz_id=edition.quiz_id).with_edition()
    return (
        (own.filter(token=token).first() if token else None)
        or own.unfinished().first()
        or Attempt.objects.create(
            learner=learner,
            quiz=edition.quiz,
            edition=edition,
            token=token or uuid.uuid4(),
            max_points=edition.max_points,
        )
    )


@transaction.atomic
def answer_question(*, attempt: Attempt, question_id: str, answer: Answer) -> Answered:
    """Store the answer to a question of an attempt, and finish the attempt if it was the last.

    The first answer counts: the same one again changes nothing, another one is refused. Raises
    KeyError for a question the edition does not have, ClosedAttemptError for an attempt set aside.
    """
    edition = attempt.edition
    _lock(attempt.learner_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    attempt.edition = edition
    question = {item["id"]: item for item in attempt.edition.questions}[question_id]
    responses = {response.question_id: response for response in attempt.responses.all()}
    if (earlier := responses.get(question_id)) is not None:
        return Answered(
            attempt,
            earlier,
            judgement=kind_of(question).judge(question, earlier.answer),
            answered=len(responses),
            is_new=False,
            refused=earlier.answer != answer,
        )
    if attempt.set_aside_at is not None:
        raise ClosedAttemptError
    judgement = kind_of(question).judge(question, answer)
    response = _store_response(attempt, question_id, answer, judgement)
    signals.question_answered.send(Attempt, attempt=attempt, response=response, question=question)
    answered = len(responses) + 1
    if answered == len(attempt.edition.questions):
        _finish(attempt)
    return Answered(attempt, response, judgement, answered, is_new=True, refused=False)


def _store_response(
    attempt: Attempt, question_id: str, answer: Answer, judgement: Judgement
) -> Response:
    attempt.points += judgement.points
    attempt.save(update_fields=["points"])
    return Response.objects.create(
        attempt=attempt,
        question_id=question_id,
        answer=answer,
        correct=judgement.correct,
        points=judgement.points,
    )


@transaction.atomic
def finish(attempt: Attempt) -> Attempt:
    """End an attempt with what is answered so far; ending it twice does no harm."""
    _lock(attempt.learner_id)
    attempt = Attempt.objects.with_edition().get(pk=attempt.pk)
    if attempt.finished_at is None and attempt.set_aside_at is None:
        _finish(attempt)
    return attempt


def _finish(attempt: Attempt) -> None:
    attempt.finished_at = timezone.now()
    attempt.save(update_fields=["finished_at"])
    signals.attempt_finished.send(Attempt, attempt=attempt)


def restart(*, learner: Learner, edition: QuizEdition) -> Attempt:
    """Begin again; an attempt that is still unfinished goes on instead."""
    return start_attempt(learner=learner, edition=edition)


@transaction.atomic
def merge_attempts(*, source: Learner, target: Learner) -> None:
    """Give `target` the attempts of `source`.

    Where both have an unfinished one of the same quiz, the one with more answers goes on and the
    other is set aside with its answers.
    """
    _lock(target.pk)
    own = {attempt.quiz_id: attempt for attempt in _unfinished_of(target)}
    for visiting in _unfinished_of(source):
        if (mine := own.get(visiting.quiz_id)) is not None:
            behind = min(visiting, mine, key=lambda attempt: attempt.responses.count())
            behind.set_aside_at = timezone.now()
            behind.save(update_fields=["set_aside_at"])
    _free_tokens(source, target)
    Attempt.objects.filter(learner=source).update(learner=target)


def _unfinished_of(learner: Learner) -> list[Attempt]:
    return list(Attempt.objects.filter(learner=learner).unfinished().order_by("pk"))


def _free_tokens(source: Learner, target: Learner) -> None:
    """A page that was posted under both learners has one token for two attempts."""
    taken = Attempt.objects.filter(learner=target).values("token")
    for attempt in Attempt.objects.filter(learner=source, token__in=taken):
        attempt.token = uuid.uuid4()
        attempt.save(update_fields=["token"])


def _lock(learner_id: int) -> None:
    """Wait for whoever is writing for this learner. Other apps may refer to the row meanwhile."""
    Learner.objects.select_for_update(no_key=True).only("pk").get(pk=learner_id)
