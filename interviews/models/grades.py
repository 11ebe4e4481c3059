"""The queue of gradings, and the grades that come out of it."""

from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Answer
from interviews.models.scenarios import ScenarioEdition

ATTEMPTS = 3


class State(models.TextChoices):
    """Where a grading stands."""

    QUEUED = "queued", _("waiting")
    LEASED = "leased", _("being graded")
    DONE = "done", _("graded")
    FAILED = "failed", _("could not be graded")
    PARKED = "parked", _("waiting for a person")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_STATES = (State.QUEUED, State.LEASED, State.PARKED)


class Grading(models.Model):
    """A request to grade an answer: this row is the queue, the broker only wakes a worker.

    `attempts` is raised and committed before work begins, so that an answer which kills its
    worker reaches the cap. It is also the fencing token: who holds the lease knows its number,
    and writes only while the row still has it. `progress` lists the assessed criteria so far.
    `text` is what is graded and quoted, fixed when the grading is requested: a stage that is begun
    anew changes the answer, never what an earlier grade quotes. `diagram` is what was drawn beside
    it. `edition` holds the rubric.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="gradings")
    text = models.TextField(default="", editable=False)
    diagram = models.TextField(default="", editable=False)
    edition = models.ForeignKey(ScenarioEdition, on_delete=models.PROTECT, related_name="+")
    regrade = models.ForeignKey(
        "interviews.Regrade",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="gradings",
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_cap = models.PositiveSmallIntegerField(default=ATTEMPTS)
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    grader = models.CharField(max_length=60)
    grader_version = models.CharField(max_length=60)
    progress = models.JSONField(default=list)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["answer"], condition=Q(state__in=OPEN_STATES), name="grading_open_unique"
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=F("attempts_cap")), name="grading_attempts_capped"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.LEASED) | Q(lease_until__isnull=False),
                name="grading_lease_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=Q(state__in=OPEN_STATES),
                name="grading_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"grading {self.pk}: {self.state}"


class AppendOnlyError(TypeError):
    """Somebody tried to change a grade."""


class GradeQuerySet(models.QuerySet["Grade"]):
    """Grades are written once; removing an account still removes its grades."""

    def update(self, **values: Any) -> Never:
        """Refuse: a correction is a new grade."""
        raise AppendOnlyError("A grade never changes: write a new one.")

    def delete(self) -> Never:
        """Refuse: history stays."""
        raise AppendOnlyError("A grade is never deleted: write a new one.")


class Grade(models.Model):
    """What was found in one answer by whom. Append-only, in the database too (a trigger)."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="grades")
    grading = models.OneToOneField(Grading, on_delete=models.CASCADE, related_name="grade")
    grader = models.CharField(max_length=60)
    grader_version = models.CharField(max_length=60)
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The person who graded; empty for a program.",
    )
    edition = models.ForeignKey(ScenarioEdition, on_delete=models.PROTECT, related_name="+")
    stage_id = models.CharField(max_length=80)
    points = models.FloatField()
    max_points = models.FloatField()
    provisional = models.BooleanField(default=False)
    assessment = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GradeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=0) & Q(points__lte=F("max_points")),
                name="grade_points_in_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.points:g} of {self.max_points:g}"

    def save(self, **options: Any) -> None:
        """Insert; a second save is refused."""
        if not self._state.adding:
            raise AppendOnlyError("A grade never changes: write a new one.")
        super().save(**options)

    def delete(self, *args: Any, **options: Any) -> Never:
        """Refuse: history stays."""
        raise AppendOnlyError("A grade is never deleted: write a new one.")


class Appeal(models.Model):
    """A learner thinks that the verdict on one criterion is wrong; a person looks at it."""

    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="appeals")
    criterion_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_by = models.ForeignKey(
        Grade, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grade", "criterion_id"], name="appeal_unique")
        ]

    def __str__(self) -> str:
        return f"appeal against {self.criterion_id}"


class Regrade(models.Model):
    """Past answers of a scenario graded again by a newer edition of its rubric."""

    edition = models.ForeignKey(ScenarioEdition, on_delete=models.PROTECT, related_name="+")
    stage_id = models.CharField(max_length=80)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "stage_id"], name="regrade_once_per_edition")
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at=None), name="regrade_under_way")
        ]

    def __str__(self) -> str:
        return f"regrade {self.pk}"


class ModelCall(models.Model):
    """One request to a language model while grading, and what it answered."""

    grading = models.ForeignKey(Grading, on_delete=models.CASCADE, related_name="model_calls")
    learner = models.ForeignKey("accounts.Learner", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=200)
    prompt_sha256 = models.CharField(max_length=64)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=40)
    raw = models.TextField(blank=True, default="")
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["learner", "-created_at"], name="model_call_by_learner"),
            models.Index(fields=["created_at"], name="model_call_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.outcome}"
