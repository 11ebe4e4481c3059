"""Quizzes for authors, editions for learners, attempts and responses."""

import uuid
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Max, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.models import (
    CollectionMember,
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.models import Learner
from quizzes.blocks import QuestionsField
from quizzes.forms import OwnedForm
from quizzes.text import MAX_SLUG


class Quiz(
    PreviewableMixin,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    CollectionMember,
    models.Model,
):
    """A quiz as its authors see it. Learners see its current edition."""

    content_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(
        _("slug"),
        max_length=MAX_SLUG,
        unique=True,
        help_text=_("The quiz’s address, and how lessons refer to it: unique in this whole site."),
    )
    title = models.CharField(_("title"), max_length=200)
    is_free = models.BooleanField(_("open to visitors"), default=False, editable=False)
    """Whether visitors without an account may take it. Follows from the lessons that use it."""
    questions = QuestionsField(verbose_name=_("questions"))
    imported_source = models.TextField(blank=True, default="", editable=False)

    revisions = GenericRelation("wagtailcore.Revision", related_query_name="quiz")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="quiz",
        for_concrete_model=False,
    )

    panels = [
        TitleFieldPanel("title", classname="", placeholder=False),
        FieldPanel("slug"),
        FieldPanel("collection", heading=_("Course")),
        FieldPanel("questions"),
    ]

    base_form_class = OwnedForm

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["title", "pk"]
        permissions = [("choose_quiz", "Can choose quiz")]

    def __str__(self) -> str:
        return self.title

    def with_content_json(self, content: Any) -> "Quiz":
        """A revision as an object; what no author writes is that of the stored row."""
        quiz: Quiz = super().with_content_json(content)
        quiz.content_id, quiz.imported_source = self.content_id, self.imported_source
        quiz.is_free = self.is_free
        return quiz

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page in the studio's frame."""
        from quizzes.preview import framed

        return framed(super().serve_preview(request, mode_name))

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The page that shows authors what learners will see, and the key."""
        return "quizzes/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The questions as learners see them, each with its key."""
        from quizzes.preview import preview_context

        return preview_context(self)


class ImmutableError(TypeError):
    """Somebody tried to change an edition."""


class QuizEditionQuerySet(models.QuerySet["QuizEdition"]):
    """Reads of editions."""

    def current(self) -> Self:
        """What learners who begin now are given."""
        return self.filter(is_current=True)

    def for_page(self, slug: str) -> Self:
        """The current edition of the quiz with this slug, with no more of the quiz than needed."""
        of_no_use = ("quiz__questions", "quiz__imported_source")
        return self.current().filter(quiz__slug=slug).select_related("quiz").defer(*of_no_use)

    def next_number(self, quiz: Quiz) -> int:
        """The number of the next edition of a quiz, counting from 1."""
        newest = self.filter(quiz=quiz).aggregate(newest=Max("number"))["newest"]
        return (newest or 0) + 1


class QuizEdition(models.Model):
    """A quiz as it was published once, rendered. It never changes; attempts keep the one they
    began with.
    """

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    """`{"title", "questions": [compiled question, …]}` (quizzes.kinds.base.Compiled)."""
    max_points = models.FloatField()
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the definition this was made from."""
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuizEditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="quiz_edition_number"),
            models.UniqueConstraint(
                fields=["quiz"],
                condition=Q(is_current=True),
                name="one_current_edition_per_quiz",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new edition; a stored one is never changed."""
        if not self._state.adding:
            raise ImmutableError("An edition does not change: publish a new one.")
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        """The quiz's title in this edition."""
        return str(self.data["title"])

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The compiled questions, key included: never for a template."""
        questions: list[dict[str, Any]] = self.data["questions"]
        return questions


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Reads of attempts. Those set aside are kept, but count nowhere."""

    def counted(self) -> Self:
        """Without those set aside."""
        return self.filter(set_aside_at=None)

    def unfinished(self) -> Self:
        """Those that can go on."""
        return self.counted().filter(finished_at=None)

    def finished(self) -> Self:
        """Those whose every question is answered."""
        return self.counted().exclude(finished_at=None)

    def newest_first(self) -> Self:
        """The unfinished one, then the finished ones from the newest."""
        return self.order_by(F("finished_at").desc(nulls_first=True), "-pk")

    def with_edition(self) -> Self:
        """With the edition, and no more of the quiz than a page needs."""
        of_no_use = [f"edition__quiz__{name}" for name in ("questions", "imported_source")]
        return self.select_related("edition__quiz").defer(*of_no_use)


class Attempt(models.Model):
    """One learner going through one edition once."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="quiz_attempts")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    edition = models.ForeignKey(QuizEdition, on_delete=models.PROTECT, related_name="attempts")
    token = models.UUIDField(default=uuid.uuid4)
    """Made with the page that begins the attempt: posting that page twice begins one attempt."""
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    """When another unfinished attempt went on in its place (two browsers became one learner)."""
    points = models.FloatField(default=0)
    max_points = models.FloatField()

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "token"], name="attempt_token"),
            models.UniqueConstraint(
                fields=["learner", "quiz"],
                condition=Q(finished_at=None, set_aside_at=None),
                name="one_unfinished_attempt_per_quiz",
            ),
        ]
        indexes = [models.Index(fields=["learner", "quiz"], name="attempt_learner_quiz")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.edition_id}"

    @property
    def share(self) -> float:
        """Points as a part of the most there are, from 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0


class Response(models.Model):
    """The answer to one question in one attempt: the first one, for good."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    question_id = models.CharField(max_length=MAX_SLUG)
    answer = models.JSONField()
    correct = models.BooleanField()
    points = models.FloatField()
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_id"], name="one_response_per_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.question_id}"
