"""Quizzes in the studio."""

from django.utils.translation import gettext_lazy as _

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
