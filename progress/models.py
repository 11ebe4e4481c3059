"""The activity log, and projections of it that one command can rebuild."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner


class Verb(models.TextChoices):
    """What somebody did."""

    LESSON_OPENED = "lesson_opened", _("opened a lesson")
    LESSON_DONE = "lesson_done", _("finished a lesson")
    QUIZ_FINISHED = "quiz_finished", _("finished a quiz")
    CHALLENGE_PASSED = "challenge_passed", _("passed a challenge")
    ANSWER_SUBMITTED = "answer_submitted", _("submitted an interview answer")


# What makes a day count: something was done, not only looked at.
COUNTING = frozenset(Verb) - {Verb.LESSON_OPENED}


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Reads of the log."""

    def of(self, learner: Learner) -> Self:
        """One learner's activities."""
        return self.filter(learner_id=learner.pk)


class Activity(models.Model):
    """One thing a learner did. Rows are added, never changed or removed.

    ``key`` says what must not be logged twice for one learner. ``data`` holds all that the
    projections need, so that they can be rebuilt without looking at today's content.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="activities")
    verb = models.CharField(max_length=20, choices=Verb)
    key = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "key"], name="activity_logged_once")
        ]
        indexes = [models.Index(fields=["learner", "id"], name="activity_in_order")]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"


class Projection(models.Model):
    """What all projections have: an owner, and no meaning of their own."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class CourseState(Projection):
    """Where a learner stands in a course."""

    course_slug = models.SlugField(max_length=255)
    done = models.JSONField(default=dict)
    """Lesson content ids (text) that are done, with when."""
    last_lesson = models.UUIDField(null=True)
    last_path = models.CharField(max_length=600, blank=True, default="")
    last_title = models.CharField(max_length=255, blank=True, default="")
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "course_slug"], name="course_state_once")
        ]

    def __str__(self) -> str:
        return f"{self.course_slug}: {len(self.done)} done"

    @property
    def done_ids(self) -> frozenset[UUID]:
        """The lessons that are done."""
        return frozenset(UUID(lesson) for lesson in self.done)


class QuizResult(Projection):
    """A learner's best attempt at a quiz."""

    quiz = models.CharField(max_length=255)
    title = models.CharField(max_length=255)
    attempts = models.PositiveIntegerField(default=0)
    points = models.FloatField(default=0)
    max_points = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "quiz"], name="quiz_result_once")]

    def __str__(self) -> str:
        return f"{self.quiz}: {self.points:g} of {self.max_points:g}"


class ActiveDay(Projection):
    """How much a learner did on a day (in UTC)."""

    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "day"], name="active_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


PROJECTIONS: tuple[type[Any], ...] = (CourseState, QuizResult, ActiveDay)


def day_of(activity: Activity) -> date:
    """The day an activity counts for."""
    return activity.at.date()
