"""Writes of progress: the log, and what follows from it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Learner
from courses.models import LessonEdition
from progress import completion
from progress.models import PROJECTIONS, Activity, QuizResult, Verb
from progress.projections import project


@transaction.atomic
def log(
    *, learner: Learner, verb: Verb, key: str, data: dict[str, Any], at: datetime | None = None
) -> Activity | None:
    """Add an activity and project it; None when this was logged before."""
    activity = Activity(
        learner_id=learner.pk, verb=verb, key=key, data=data, at=at or timezone.now()
    )
    Activity.objects.bulk_create([activity], ignore_conflicts=True)
    stored = Activity.objects.filter(learner_id=learner.pk, key=key).get()
    if stored.at != activity.at or stored.verb != verb:
        return None
    project(stored)
    return stored


def open_lesson(*, learner: Learner, edition: LessonEdition) -> None:
    """Remember where the learner is, so that they can continue there."""
    now = timezone.now()
    activity = Activity(
        learner_id=learner.pk,
        verb=Verb.LESSON_OPENED,
        key=f"opened:{edition.content_id}:{now.isoformat()}",
        data={
            "course": edition.course_slug,
            "lesson": str(edition.content_id),
            "path": edition.path,
            "title": edition.title,
        },
        at=now,
    )
    # Two statements without a transaction: the log leads, and rebuilding repairs a lost second.
    activity.save(force_insert=True)
    project(activity)


def mark_read(*, learner: Learner, edition: LessonEdition) -> None:
    """Finish a lesson that has no quiz; does nothing for one that has."""
    if not edition.quizzes:
        _finish_lesson(learner, edition)


@transaction.atomic
def finish_quiz(
    *,
    learner: Learner,
    quiz: str,
    title: str,
    attempt_id: int,
    points: float,
    max_points: float,
) -> None:
    """Log a finished attempt, and the lessons it completes."""
    log(
        learner=learner,
        verb=Verb.QUIZ_FINISHED,
        key=f"attempt:{attempt_id}",
        data={"quiz": quiz, "title": title, "points": points, "max": max_points},
    )
    results = {result.quiz: result for result in QuizResult.objects.filter(learner=learner.pk)}
    for edition in LessonEdition.objects.current().filter(quizzes__contains=[quiz]):
        if completion.is_done(edition.quizzes, results):
            _finish_lesson(learner, edition)


def _finish_lesson(learner: Learner, edition: LessonEdition) -> None:
    log(
        learner=learner,
        verb=Verb.LESSON_DONE,
        key=f"done:{edition.content_id}",
        data={
            "course": edition.course_slug,
            "lesson": str(edition.content_id),
            "title": edition.title,
            "path": edition.path,
        },
    )


@transaction.atomic
def merge(*, source: Learner, target: Learner) -> None:
    """Give a visitor's log to an account; what both have done counts once."""
    known = Activity.objects.of(target).values("key")
    Activity.objects.of(source).exclude(key__in=known).update(learner=target)
    rebuild(learners=[target.pk])


@transaction.atomic
def rebuild(*, learners: list[int] | None = None) -> int:
    """Compute the projections again from the log; return how many activities were read."""
    mine = Q() if learners is None else Q(learner__in=learners)
    for projection in PROJECTIONS:
        projection.objects.filter(mine).delete()
    count = 0
    for activity in Activity.objects.filter(mine).order_by("at", "pk").iterator(chunk_size=2000):
        project(activity)
        count += 1
    return count
