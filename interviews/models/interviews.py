"""One person's session, and the answer to each of its stages."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from interviews.models.scenarios import ScenarioEdition

if TYPE_CHECKING:
    from interviews.models.grades import Grade

MAX_TEXT = 50_000  # characters of one answer; the grader reads 2,000 words


def points_left(points: float, hint_cost: float) -> float:
    """What a stage counts: the grade's points less what its hints cost, never below zero."""
    return max(0.0, points - hint_cost)


# The same rule in a query of interviews; a stage without a grade counts nothing.
_POINTS_LEFT = Greatest(F("answers__current_grade__points") - F("answers__hint_cost"), 0.0)


def _more_by_newer_rubrics() -> Subquery:
    """By how much an interview's maximum has changed because grades of newer rubrics count.

    The first grade of an answer is by the rubric it was answered to.
    """
    first = Answer.objects.filter(pk=OuterRef("pk")).order_by("grades__pk")
    regraded = Answer.objects.filter(
        ~Q(current_grade__edition=F("interview__edition")),
        interview=OuterRef("pk"),
        criterion_id="",
        current_grade__isnull=False,
    )
    changes = regraded.annotate(
        change=F("current_grade__max_points") - Subquery(first.values("grades__max_points")[:1])
    )
    summed = changes.order_by().values("interview").annotate(total=Sum("change"))
    return Subquery(summed.values("total"))


class Mode(models.TextChoices):
    """Practice: time is a hint, each stage is debriefed at once. Strict: as in an interview."""

    PRACTICE = "practice", _("Practice")
    STRICT = "strict", _("Strict")


class InterviewQuerySet(models.QuerySet["Interview"]):
    """Reads of interviews."""

    def of(self, learner: Learner | None) -> "InterviewQuerySet":
        """Whatever this learner owns; nothing for a visitor who has done nothing."""
        return self.filter(learner=learner.pk) if learner else self.none()

    def unfinished_on(self, edition: ScenarioEdition) -> "InterviewQuerySet":
        """Those somebody can still answer in, on any edition of the scenario, newest first."""
        own = self.filter(finished_at=None, edition__scenario=edition.scenario_id)
        return own.order_by("-pk")

    def with_clock(self) -> "InterviewQuerySet":
        """Add `now`, the database's time, by which all deadlines are judged."""
        return self.annotate(now=Now())

    def with_answers(self) -> "InterviewQuerySet":
        """Bring edition, answers, current grades and gradings along."""
        from interviews.models.grades import Grading

        gradings = Prefetch(
            "gradings", Grading.objects.annotate(now=Now()).order_by("pk"), to_attr="history"
        )
        answers = Answer.objects.select_related("current_grade__grading").prefetch_related(gradings)
        return self.select_related("edition").prefetch_related(Prefetch("answers", answers))

    def with_grades(self) -> "InterviewQuerySet":
        """Bring edition, answers and current grades along, for reading results only."""
        answers = Answer.objects.select_related("current_grade")
        return self.select_related("edition").prefetch_related(Prefetch("answers", answers))

    def before(self, interview: "Interview") -> "InterviewQuerySet":
        """The same learner's on the same scenario that were finished earlier, latest first."""
        scenario = interview.edition.scenario_id
        same = Q(edition__scenario=scenario) if scenario else Q(edition=interview.edition_id)
        earlier = self.filter(same, learner=interview.learner_id).exclude(pk=interview.pk)
        return (
            earlier.filter(finished_at__lte=interview.finished_at)
            .defer("edition__data")
            .order_by("-finished_at", "-pk")
        )

    def with_results(self) -> "InterviewQuerySet":
        """Add the `points` that count and the `most` there was to earn, and how many stages are
        `submitted` and `graded`."""
        stages = Q(answers__criterion_id="")
        return self.select_related("edition").annotate(
            points=Coalesce(Sum(_POINTS_LEFT, filter=stages), 0.0),
            most=F("edition__max_points") + Coalesce(_more_by_newer_rubrics(), 0.0),
            submitted=Count("answers", filter=stages & Q(answers__submitted_at__isnull=False)),
            graded=Count("answers__current_grade", filter=stages),
        )

    def listed(self) -> "InterviewQuerySet":
        """With results, newest first, without the text of the scenario's stages."""
        return self.with_results().defer("edition__data").order_by("-started_at", "-pk")


class Interview(models.Model):
    """A learner works through one edition of a scenario."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="interviews")
    edition = models.ForeignKey(
        ScenarioEdition, on_delete=models.PROTECT, related_name="interviews"
    )
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.PRACTICE)
    extra_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Time this person has beyond a stage's minutes, in per cent of them."
    )
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["learner", "-started_at"], name="interview_by_learner")]

    def __str__(self) -> str:
        return f"interview {self.pk}"

    @property
    def is_strict(self) -> bool:
        """Whether time limits are kept and the debrief waits for the end."""
        return self.mode == Mode.STRICT

    def edition_of(self, grade: "Grade") -> ScenarioEdition:
        """The edition whose rubric `grade` was given by; one that is newer is fetched once."""
        if grade.edition_id == self.edition_id:
            return self.edition
        known: dict[int, ScenarioEdition] = self.__dict__.setdefault("known_editions", {})
        if grade.edition_id not in known:
            known[grade.edition_id] = grade.edition
        return known[grade.edition_id]

    def answers_by_stage(self) -> dict[str, "Answer"]:
        """The answers of all stages opened so far, without those to follow-up questions."""
        return {one.stage_id: one for one in self.answers.all() if not one.criterion_id}


class Answer(models.Model):
    """What was written for one stage. It exists once the stage's content has been shown.

    With a `criterion_id` it is the answer to that criterion's follow-up question instead, asked
    after the stage was graded. `estimates` holds what was typed into the stage's fields, by id, and
    `diagram` a D2 text; both are versioned with the text. `hints_taken` counts from the first.
    `tries` counts the times a stage was begun in a practice interview; `opened_at` is that of the
    latest, and a grade is current only if it is of that one.

    `version` counts what was stored; every writer names the version it started from. `editor` is
    the tab that stored last, `editor_base` the version at which its unbroken run of saves began
    and `sequence` counts the changes made in it up to what is stored: a tab whose acknowledgement
    got lost is still recognised as the author of what is stored.
    """

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="answers")
    stage_id = models.CharField(max_length=80)
    criterion_id = models.CharField(max_length=80, blank=True, default="")
    text = models.TextField(blank=True, default="")
    estimates = models.JSONField(blank=True, default=dict)
    diagram = models.TextField(blank=True, default="")
    hints_taken = models.PositiveSmallIntegerField(default=0)
    hint_cost = models.FloatField(
        default=0, help_text="Points the hints taken cost together: lists need not load the stage."
    )
    tries = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.CharField(max_length=64, blank=True, default="")
    late = models.BooleanField(default=False)
    editor = models.CharField(max_length=64, blank=True, default="")
    editor_base = models.PositiveIntegerField(default=0)
    sequence = models.PositiveBigIntegerField(default=0)
    current_grade = models.OneToOneField(
        "interviews.Grade", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "stage_id", "criterion_id"], name="answer_stage_unique"
            ),
            models.UniqueConstraint(
                fields=["interview", "submission_key"],
                condition=~Q(submission_key=""),
                name="answer_submission_unique",
            ),
            models.CheckConstraint(
                condition=Q(editor_base__lte=F("version")), name="answer_editor_base_known"
            ),
            models.CheckConstraint(condition=Q(hint_cost__gte=0), name="answer_hint_cost_positive"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def points(self) -> float | None:
        """The points that count, hints taken off; None while there is no grade."""
        if self.current_grade is None:
            return None
        return points_left(self.current_grade.points, self.hint_cost)

    def deadline(self, minutes: int) -> datetime:
        """When the stage's time is over, by the database's clock, extra time included."""
        return self.opened_at + timedelta(minutes=minutes) * (
            1 + self.interview.extra_percent / 100
        )


class KeptText(models.Model):
    """What was sent from an outdated page: kept whole, so that its author can choose."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="kept_texts")
    text = models.TextField()
    estimates = models.JSONField(blank=True, default=dict)
    diagram = models.TextField(blank=True, default="")
    base_version = models.PositiveIntegerField()
    kept_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["answer"], condition=Q(settled_at=None), name="kept_text_unsettled"
            )
        ]

    def __str__(self) -> str:
        return f"kept text {self.pk}"


class ExtraTime(models.Model):
    """Time an instructor gave a learner for every stage of a scenario, in per cent of it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="extra_times")
    scenario = models.ForeignKey(
        "interviews.Scenario", on_delete=models.CASCADE, related_name="extra_times"
    )
    percent = models.PositiveSmallIntegerField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "scenario"], name="extra_time_unique"),
            models.CheckConstraint(condition=Q(percent__lte=400), name="extra_time_bounded"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % more"
