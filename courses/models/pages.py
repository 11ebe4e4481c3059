"""The studio's pages. Readers never see them: they see editions."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel, Panel
from wagtail.models import Collection, Page, Revision

from courses.blocks import LessonBody, Objectives, References, Scenarios
from courses.forms import ContentCopyForm, CoursePageForm, LessonPageForm, ModulePageForm
from courses.panels import SuggestingPanel, title_and_slug
from courses.signals import content_removed
from quizzes.fields import BlocksField

LONGEST_SUMMARY = 500
LONGEST_MINUTES = 600


def new_content_id() -> uuid.UUID:
    """An id that stays with an object wherever it is moved, exported or imported."""
    return uuid.uuid4()


class ContentPage(Page):
    """What courses, modules and lessons have in common."""

    content_id = models.UUIDField(unique=True, default=new_content_id, editable=False)

    # What belongs to the object itself, and never to a revision or a copy of it.
    own_fields: ClassVar[tuple[str, ...]] = ("content_id",)
    settings_panels: ClassVar[list[Panel]] = [CommentPanel()]
    show_in_menus_default = False
    # Authors see pages in the order in which learners do.
    admin_default_ordering = "ord"
    copy_form_class = ContentCopyForm
    # Who may read follows from “free preview” and from publishing, not from Wagtail's privacy.
    private_page_options: ClassVar[list[str]] = []

    class Meta:
        abstract = True

    @property
    def course_slug(self) -> str:
        """The slug of the course this belongs to, without a query."""
        return self.url_path.split("/")[2]

    def learner_path(self) -> str:
        """Where readers find this."""
        return f"/courses/{self.course_slug}/"

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Lead the studio's “view live” to the readers' page."""
        roots = self._get_relevant_site_root_paths(request)
        return (roots[0].site_id, settings.BASE_URL, self.learner_path()) if roots else None

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """A revision as a page: what belongs to the object itself is not taken from it."""
        page = super().with_content_json(content)
        for name in self.own_fields:
            attribute = self._meta.get_field(name).attname
            setattr(page, attribute, getattr(self, attribute))
        return page

    def save_revision(self, *args: Any, log_action: bool | str = True, **kwargs: Any) -> Revision:
        """Keep this version; the studio brings back only what is in the log, imports too."""
        return super().save_revision(*args, log_action=log_action, **kwargs)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete the page and all below it, and take them away from readers."""
        course_slug, url_path = self.course_slug, self.url_path
        result = super().delete(*args, **kwargs)
        content_removed.send(type(self), course_slug=course_slug, url_path=url_path)
        return result

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse: pages are for authors (`wagtail.urls` is not in the URLconf)."""
        raise NotImplementedError("Readers are served editions.")


class CourseIndexPage(Page):
    """The parent of all courses; has no page of its own."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["courses.CoursePage"]
    max_count = 1
    content_panels: ClassVar[list[Panel]] = [FieldPanel("title")]
    promote_panels: ClassVar[list[Panel]] = []
    settings_panels: ClassVar[list[Panel]] = []
    preview_modes: ClassVar[list[tuple[str, str]]] = []

    class Meta:
        verbose_name = _("course index")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Lead to the catalogue."""
        roots = self._get_relevant_site_root_paths(request)
        return (roots[0].site_id, settings.BASE_URL, "/courses/") if roots else None


class CoursePage(ContentPage):
    """A course: its description, and below it its modules."""

    summary = models.TextField(
        _("summary"),
        validators=[MaxLengthValidator(LONGEST_SUMMARY)],
        help_text=_("One sentence for the catalogue."),
    )
    description = models.TextField(
        _("description"), blank=True, help_text=_("Markdown, a paragraph or two.")
    )
    scenarios = BlocksField(
        Scenarios(),
        blank=True,
        verbose_name=_("interviews"),
        help_text=_("Scenarios of this course that are offered on its page."),
    )
    imported_source = models.TextField(blank=True, editable=False)
    collection = models.ForeignKey(
        Collection, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    instructors = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    own_fields = ("content_id", "imported_source", "collection", "instructors")
    exclude_fields_in_copy: ClassVar[list[str]] = list(own_fields)
    parent_page_types: ClassVar[list[str]] = ["courses.CourseIndexPage"]
    subpage_types: ClassVar[list[str]] = ["courses.ModulePage"]
    base_form_class = CoursePageForm
    content_panels: ClassVar[list[Panel]] = [
        *title_and_slug(),
        FieldPanel("summary"),
        FieldPanel("description"),
        SuggestingPanel("scenarios"),
    ]
    promote_panels: ClassVar[list[Panel]] = []

    class Meta:
        verbose_name = _("course")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The readers' page with the draft in it."""
        from courses.views.preview import course_preview

        return course_preview(request, self)


class ModulePage(ContentPage):
    """A module: a title, and below it its lessons."""

    exclude_fields_in_copy: ClassVar[list[str]] = ["content_id"]
    parent_page_types: ClassVar[list[str]] = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = ["courses.LessonPage"]
    base_form_class = ModulePageForm
    content_panels: ClassVar[list[Panel]] = title_and_slug()
    promote_panels: ClassVar[list[Panel]] = []
    preview_modes: ClassVar[list[tuple[str, str]]] = []

    class Meta:
        verbose_name = _("module")


class LessonPage(ContentPage):
    """A lesson."""

    summary = models.TextField(
        _("summary"),
        validators=[MaxLengthValidator(LONGEST_SUMMARY)],
        help_text=_("One sentence, also shown under the title."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
        help_text=_("Reading time, experiments included."),
    )
    free_preview = models.BooleanField(
        _("free preview"), default=False, help_text=_("Can be read without an account.")
    )
    objectives = BlocksField(
        Objectives(),
        verbose_name=_("objectives"),
        help_text=_("Three to five; each begins with a verb."),
    )
    references = BlocksField(
        References(),
        blank=True,
        verbose_name=_("references"),
        help_text=_("What the lesson draws on, for those who want to read on."),
    )
    body = BlocksField(
        LessonBody(),
        blank=True,
        verbose_name=_("body"),
        help_text=_("The lesson itself, block by block, from top to bottom."),
    )
    imported_source = models.TextField(blank=True, editable=False)
    imported_slug = models.SlugField(max_length=255, blank=True, editable=False)

    own_fields = ("content_id", "imported_source", "imported_slug")
    exclude_fields_in_copy: ClassVar[list[str]] = list(own_fields)
    parent_page_types: ClassVar[list[str]] = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = LessonPageForm
    content_panels: ClassVar[list[Panel]] = [
        *title_and_slug(),
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("minutes"), FieldPanel("free_preview")], heading=_("Reading")),
        FieldPanel("objectives"),
        SuggestingPanel("body"),
        FieldPanel("references"),
    ]
    promote_panels: ClassVar[list[Panel]] = []

    class Meta:
        verbose_name = _("lesson")

    def learner_path(self) -> str:
        return f"/courses/{self.course_slug}/{self.slug}/"

    def clean(self) -> None:
        """Refuse a slug that another lesson of the course has."""
        super().clean()
        if self.depth and (sentence := self.slug_problem(self.url_path)):
            raise ValidationError({"slug": sentence})

    def slug_problem(self, parent_url_path: str) -> str:
        """What is wrong with the slug inside the course of this address; empty if nothing is."""
        course_path = "/".join(parent_url_path.split("/")[:3]) + "/"
        twins = LessonPage.objects.filter(url_path__startswith=course_path, slug=self.slug)
        if twins.exclude(pk=self.pk).exists():
            return str(_("Another lesson of this course has this slug."))
        return ""

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The readers' page with the draft in it."""
        from courses.views.preview import lesson_preview

        return lesson_preview(request, self)
