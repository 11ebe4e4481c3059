"""What interviews add to the studio."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from interviews.models import Scenario
from interviews.studio import DeleteScenarios, ScenarioViewSet
from interviews.views import review
from quizzes.owned import owned_menu_items

register_permission_policy(Scenario, CollectionPermissionPolicy(Scenario))
register_snippet(ScenarioViewSet)
hooks.register("register_bulk_action", fn=DeleteScenarios, order=100)


class WaitingMenuItem(MenuItem):
    """Leads to the answers that wait for a person."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Only to who has scenarios."""
        return review.may_review(request)


@hooks.register("register_admin_urls")
def review_urls() -> list[URLPattern]:
    """Put the pages for grading by a person below /studio/."""
    return [
        path("interviews/waiting/", review.waiting, name="interviews_waiting"),
        path("interviews/waiting/<int:pk>/", review.review, name="interviews_review"),
    ]


@hooks.register("register_admin_menu_item")
def waiting_item() -> MenuItem:
    """Offer them in the menu."""
    address = reverse("interviews_waiting")
    return WaitingMenuItem(_("Answers to grade"), address, icon_name="tasks", order=230)


@hooks.register("register_snippet_action_menu_item")
def publish_item(model: type[Model]) -> ActionMenuItem | None:
    """Let instructors publish in their own collections."""
    return owned_menu_items()[0] if model is Scenario else None


@hooks.register("register_snippet_action_menu_item")
def unpublish_item(model: type[Model]) -> ActionMenuItem | None:
    """Let instructors take back what is in their own collections."""
    return owned_menu_items()[1] if model is Scenario else None


@hooks.register("describe_collection_contents")
def scenarios_in(collection: Collection) -> dict[str, Any] | None:
    """A collection with scenarios is not empty, so Wagtail does not delete it."""
    count = Scenario.objects.filter(collection=collection).count()
    if not count:
        return None
    text = ngettext("%(count)s scenario", "%(count)s scenarios", count) % {"count": count}
    address = reverse(ScenarioViewSet().get_url_name("list"))
    return {"count": count, "count_text": text, "url": f"{address}?collection={collection.pk}"}
