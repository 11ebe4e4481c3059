"""What an author writes, and the editions that learners read."""

import uuid
from typing import Any, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.models import (
    CollectionMember,
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
)

from interviews.blocks import StagesBlock
from interviews.studio_forms import ScenarioForm
from quizzes.fields import BlocksField

type Data = dict[str, Any]


class Level(models.TextChoices):
    """How much experience a scenario is meant for."""

    JUNIOR = "junior", _("Junior")
    MID = "mid", _("Mid")
    SENIOR = "senior", _("Senior")
    STAFF = "staff", _("Staff")


class Scenario(
    CollectionMember, PreviewableMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model
):
    """A situation with stages and their rubrics, as its author edits it.

    Learners never read this row: publishing makes a `ScenarioEdition`.
    """

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True, help_text=_("The last part of the address.")
    )
    title = models.CharField(_("title"), max_length=200)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    summary = models.CharField(_("summary"), max_length=500, help_text=_("One sentence."))
    prompt = models.TextField(
        _("prompt"), help_text=_("Markdown: the situation, with the numbers it needs.")
    )
    stages = BlocksField(StagesBlock(), verbose_name=_("stages"))
    panels = [
        TitleFieldPanel("title", classname="", placeholder=False),
        FieldPanel("slug"),
        FieldPanel("collection", heading=_("Course")),
        FieldPanel("level"),
        FieldPanel("summary"),
        FieldPanel("prompt"),
        FieldPanel("stages"),
    ]
    base_form_class = ScenarioForm

    content_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    imported_source = models.TextField(
        default="", blank=True, editable=False, help_text="Exact text of the file last imported."
    )

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["title", "pk"]
        permissions = [("choose_scenario", "Can choose scenario")]

    def __str__(self) -> str:
        return self.title

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the page in the studio's frame."""
        from quizzes.preview import framed

        return framed(super().serve_preview(request, mode_name))

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """Name the page that shows an author what learners would read, stage by stage."""
        return "interviews/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> Data:
        """Render the draft exactly as an edition of it would be rendered."""
        from interviews.editions import edition_data

        return {**super().get_preview_context(request, mode_name), "data": edition_data(self)}

    def with_content_json(self, content: Data) -> "Scenario":
        """Keep what belongs to the scenario as a whole when an old revision is looked at."""
        scenario = cast("Scenario", super().with_content_json(content))
        scenario.content_id = self.content_id
        scenario.imported_source = self.imported_source
        return scenario


class ScenarioEditionQuerySet(models.QuerySet["ScenarioEdition"]):
    """Reads of editions."""

    def current(self) -> "ScenarioEditionQuerySet":
        """What learners may begin now."""
        return self.filter(is_current=True)

    def listed(self) -> "ScenarioEditionQuerySet":
        """The current editions in the order of the index, without their stages' text."""
        return self.current().defer("data").order_by("title", "pk")


class ScenarioEdition(models.Model):
    """A published state of a scenario. It never changes; interviews pin the one they began with.

    `data` holds the scenario's plain form with every Markdown text also rendered to HTML. The
    other columns repeat what lists show, so that lists need not load it.
    """

    scenario = models.ForeignKey(
        Scenario, null=True, on_delete=models.SET_NULL, related_name="editions"
    )
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Level)
    summary = models.CharField(max_length=500)
    minutes = models.PositiveIntegerField()
    stage_count = models.PositiveSmallIntegerField()
    max_points = models.FloatField()
    data = models.JSONField()
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ScenarioEditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="edition_number_unique"),
            models.UniqueConstraint(
                fields=["scenario"], condition=Q(is_current=True), name="edition_current_unique"
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_current=True), name="edition_slug_unique"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(scenario__isnull=False),
                name="edition_current_has_scenario",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def stages(self) -> list[Data]:
        """The stages in order, rubrics included: never hand these to a learner's template."""
        return cast("list[Data]", self.data["stages"])

    def stage(self, stage_id: str) -> Data:
        """Return one stage; raises KeyError when this edition has none of that id."""
        for stage in self.stages:
            if stage["id"] == stage_id:
                return stage
        raise KeyError(stage_id)
