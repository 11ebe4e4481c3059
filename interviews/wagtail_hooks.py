"""What interviews add to the studio."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from accounts.models import User
from interviews.models import Scenario
from interviews.studio import DeleteScenarios, ScenarioViewSet
from interviews.views import exemplars, extra_time, regrades, review, rubrics
from quizzes.owned import owned_menu_items

register_permission_policy(Scenario, CollectionPermissionPolicy(Scenario))
register_snippet(ScenarioViewSet)
hooks.register("register_bulk_action", fn=DeleteScenarios, order=100)

_SCENARIO = "interviews/scenarios/<int:pk>/"
_STAGE = f"{_SCENARIO}stages/<slug:stage_id>/"


class ReviewersMenuItem(MenuItem):
    """Leads to what people who have scenarios do."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Only to who has scenarios."""
        return review.may_review(request)


@hooks.register("register_admin_urls")
def review_urls() -> list[URLPattern]:
    """Put the pages for grading by a person and for rubrics below /studio/."""
    return [
        path("interviews/waiting/", review.waiting, name="interviews_waiting"),
        path("interviews/waiting/<int:pk>/", review.review, name="interviews_review"),
        path("interviews/graded/", exemplars.graded, name="interviews_graded"),
        path("interviews/graded/<int:pk>/", exemplars.overruled, name="interviews_overruled"),
        path(
            "interviews/graded/<int:pk>/<slug:criterion_id>/",
            exemplars.make_exemplar,
            name="interviews_make_exemplar",
        ),
        path("interviews/extra-time/", extra_time.extra_time, name="interviews_extra_time"),
        path(
            "interviews/extra-time/<int:pk>/revoke/",
            extra_time.revoke,
            name="interviews_revoke_extra_time",
        ),
        path(f"{_SCENARIO}rubrics/", rubrics.check_rubrics, name="interviews_check_rubrics"),
        path(f"{_SCENARIO}rubrics/stages/", rubrics.list_stages, name="interviews_list_stages"),
        path(f"{_STAGE}findings/", rubrics.check_stage, name="interviews_check_stage"),
        path(f"{_STAGE}try/", rubrics.try_text, name="interviews_try"),
        path(f"{_STAGE}impact/", exemplars.impact, name="interviews_impact"),
        path(f"{_STAGE}publish/", exemplars.publish, name="interviews_publish"),
        path(f"{_STAGE}discard/", exemplars.discard, name="interviews_discard"),
        path("interviews/regrades/<int:pk>/", regrades.show_regrade, name="interviews_regrade"),
    ]


@hooks.register("register_admin_menu_item")
def waiting_item() -> MenuItem:
    """Offer them in the menu."""
    address = reverse("interviews_waiting")
    return ReviewersMenuItem(_("Answers to grade"), address, icon_name="tasks", order=230)


@hooks.register("register_admin_menu_item")
def extra_time_item() -> MenuItem:
    """The same for extra time."""
    address = reverse("interviews_extra_time")
    return ReviewersMenuItem(_("Extra time"), address, icon_name="history", order=235)


@hooks.register("register_snippet_listing_buttons")
def rubric_button(snippet: Model, user: User, next_url: str | None = None) -> Iterator[Button]:
    """Lead from the list to the check of a scenario's rubrics."""
    if isinstance(snippet, Scenario):
        address = reverse("interviews_check_rubrics", args=[snippet.pk])
        yield Button(_("Check the rubric"), address, icon_name="circle-check", priority=15)


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
