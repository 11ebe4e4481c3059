"""Quizzes in the studio."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.models import Quiz
from quizzes.owned import COURSE, OwnedDeleteBulkAction, OwnedSnippetViewSet


class QuizViewSet(OwnedSnippetViewSet):
    """Where instructors write quizzes."""

    model = Quiz
    icon = "help"
    menu_label = _("Quizzes")
    menu_order = 210
    add_to_admin_menu = True
    copy_view_enabled = True
    list_display = ["title", "slug", COURSE]
    list_filter = ["collection"]
    search_fields = ["title", "slug"]
    list_per_page = 50


class DeleteQuizzes(OwnedDeleteBulkAction):
    """Deletes several quizzes."""

    model_class = Quiz


class QuizSlugBlock(blocks.CharBlock):
    """The slug of a published quiz."""

    def clean(self, value: Any) -> str:
        """Say so when there is no such quiz; a draft may be ahead of it."""
        slug: str = super().clean(value)
        if slug and not self.is_deferred_validation and not is_published(slug):
            raise ValidationError(
                _("There is no published quiz with the slug “%(slug)s”."), params={"slug": slug}
            )
        return slug


def is_published(slug: str) -> bool:
    """Whether learners can take the quiz with this slug."""
    return Quiz.objects.filter(slug=slug, editions__is_current=True).exists()
