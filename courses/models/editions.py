"""Editions: what readers see. Made when something is published, and never changed afterwards."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Max, Q


class ImmutableError(TypeError):
    """Somebody tried to change an edition."""


class EditionQuerySet[E: "Edition"](models.QuerySet[E]):
    """Reads that every kind of edition has."""

    def current(self) -> Self:
        """What readers see now."""
        return self.filter(is_current=True)

    def next_number(self, content_id: object) -> int:
        """The number of the next edition of this object, counting from 1."""
        newest = self.filter(content_id=content_id).aggregate(newest=Max("number"))["newest"]
        return (newest or 0) + 1


class Edition(models.Model):
    """What both kinds of edition have."""

    content_id = models.UUIDField()
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    course_slug = models.SlugField(max_length=255)
    title = models.CharField(max_length=255)
    summary = models.TextField()
    renderer = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new edition; of a stored one only `is_current` may change."""
        if not self._state.adding and set(kwargs.get("update_fields") or ["*"]) != {"is_current"}:
            raise ImmutableError("An edition does not change: make a new one.")
        super().save(*args, **kwargs)


class LessonEdition(Edition):
    """A lesson as readers see it, completely rendered."""

    slug = models.SlugField(max_length=255)
    module = models.CharField(max_length=255)
    minutes = models.PositiveSmallIntegerField()
    free_preview = models.BooleanField()
    objectives = models.JSONField(default=list)
    """Texts, one for each objective."""
    html = models.TextField()
    outline = models.JSONField(default=list)
    """`{"level": 2 or 3, "id": anchor, "title": text}` for each section."""
    text = models.TextField(blank=True)
    """Plain text for search."""
    labs = models.JSONField(default=list)
    quizzes = models.JSONField(default=list)
    calculators = models.JSONField(default=list)
    """Slugs of what the lesson uses, in order."""
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of everything the edition was made from, renderer and lab versions included."""
    revision_id = models.BigIntegerField(null=True)
    """The studio's revision this was made from; a plain number, because revisions may be purged."""

    objects: ClassVar[EditionQuerySet["LessonEdition"]] = EditionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_slug", "slug"],
                condition=Q(is_current=True),
                name="one_current_lesson_per_address",
            ),
            models.UniqueConstraint(
                fields=["content_id"],
                condition=Q(is_current=True),
                name="one_current_edition_per_lesson",
            ),
            models.UniqueConstraint(fields=["content_id", "number"], name="lesson_edition_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course_slug}/{self.slug} ({self.number})"

    @property
    def path(self) -> str:
        """Where readers find the lesson."""
        return f"/courses/{self.course_slug}/{self.slug}/"


class CourseEdition(Edition):
    """A course as readers see it: its description and the order of its lessons."""

    outline = models.JSONField(default=list)
    """Modules in order: `{"slug", "title", "lessons": [{"content_id", "slug", "title", "summary",
    "minutes", "free", "labs"}]}`; labs is the number of labs and calculators."""
    description_html = models.TextField(blank=True)
    scenarios = models.JSONField(default=list)
    """Slugs of the interviews that belong to the course."""

    objects: ClassVar[EditionQuerySet["CourseEdition"]] = EditionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_slug"],
                condition=Q(is_current=True),
                name="one_current_course_per_address",
            ),
            models.UniqueConstraint(
                fields=["content_id"],
                condition=Q(is_current=True),
                name="one_current_edition_per_course",
            ),
            models.UniqueConstraint(fields=["content_id", "number"], name="course_edition_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course_slug} ({self.number})"

    @property
    def lesson_count(self) -> int:
        """How many lessons the course has."""
        return sum(len(module["lessons"]) for module in self.outline)
