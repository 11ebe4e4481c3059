"""Scenarios in the studio."""

from django.utils.translation import gettext_lazy as _

from interviews.models import Scenario
from quizzes.owned import COURSE, OwnedDeleteBulkAction, OwnedSnippetViewSet


class ScenarioViewSet(OwnedSnippetViewSet):
    """Where instructors write scenarios and their rubrics."""

    model = Scenario
    icon = "comment"
    menu_label = _("Scenarios")
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = True
    list_display = ["title", "slug", "level", COURSE]
    list_filter = ["collection", "level"]
    search_fields = ["title", "slug"]
    list_per_page = 50


class DeleteScenarios(OwnedDeleteBulkAction):
    """Deletes several scenarios."""

    model_class = Scenario
