"""Scenarios in the studio."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import EditView

from interviews.models import Scenario
from quizzes.owned import COURSE, OwnedDeleteBulkAction, OwnedSnippetViewSet


class ScenarioEditView(EditView):
    """The form, with a way to the check of its rubrics."""

    @property
    def header_more_buttons(self) -> list[Any]:
        """What the menu beside the title offers."""
        address = reverse("interviews_check_rubrics", args=[self.object.pk])
        check = Button(_("Check the rubric"), url=address, icon_name="circle-check", priority=5)
        return [check, *super().header_more_buttons]


class ScenarioViewSet(OwnedSnippetViewSet):
    """Where instructors write scenarios and their rubrics."""

    model = Scenario
    edit_view_class = ScenarioEditView
    edit_template_name = "interviews/studio/scenario_form.html"
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
