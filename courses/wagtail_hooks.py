"""What the studio shows beside Wagtail's own: beginning a course; and what it need not show."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.models import Page
from wagtail.query import PageQuerySet

from courses.forms import publishing_problem
from courses.models import LessonPage
from courses.views.owned import OwnedPageViewSet, own_pages
from courses.views.studio import WhereToBegin, new_course

# What these lead to is closed: see courses.studio_urls.
HIDDEN_MENU_ITEMS = {"images", "reports", "help"}
LAST = 1000
"""Order of a hook that corrects what all others have put in."""


@hooks.register("register_admin_urls")
def studio_urls() -> list[URLPattern]:
    """Addresses below /studio/; Wagtail asks for the right to enter the studio."""
    return [path("courses/new/", new_course, name="courses_studio_new")]


@hooks.register("register_admin_viewset", order=LAST)
def page_viewset() -> OwnedPageViewSet:
    """Take the place of Wagtail's own views of pages."""
    return OwnedPageViewSet()


@hooks.register("construct_homepage_panels")
def where_to_begin(request: HttpRequest, panels: list[Component]) -> None:
    """Say on the studio's first page what can be done from there."""
    panels.append(WhereToBegin(request))


@hooks.register("register_admin_menu_item")
def new_course_item() -> MenuItem:
    """The menu's way to a course of one's own."""
    return MenuItem(
        _("New course"),
        reverse("courses_studio_new"),
        name="new-course",
        icon_name="plus",
        order=110,
    )


@hooks.register("construct_main_menu", order=LAST)
def hide_menu_items(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep the menu to what authors of courses use."""
    items[:] = [item for item in items if item.name not in HIDDEN_MENU_ITEMS]


@hooks.register("construct_search", order=LAST)
def hide_search_areas(request: HttpRequest, areas: list[MenuItem]) -> None:
    """The same for the kinds of things to search for."""
    areas[:] = [area for area in areas if area.name not in HIDDEN_MENU_ITEMS]


@hooks.register("construct_homepage_summary_items", order=LAST)
def hide_summary(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Counts of pages and images say nothing here."""
    items.clear()


@hooks.register("before_move_page")
def refuse_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Say no before the destination's title is shown, and where a lesson's slug is taken."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied
    if isinstance(page, LessonPage) and (problem := page.slug_problem(destination.url_path)):
        messages.error(request, problem)
        return redirect("wagtailadmin_pages:move", page.pk)
    return None


@hooks.register("construct_page_chooser_queryset")
def own_pages_only(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Offer only pages one may work on; the others' titles may be drafts."""
    return pages.filter(pk__in=own_pages(request.user).values("pk"))


@hooks.register("before_bulk_action")
def refuse_bulk_publishing(
    request: HttpRequest, action: str, pages: list[Page], view: Any
) -> HttpResponse | None:
    """Publish many drafts only if each of them could be published by itself."""
    if action != "publish" or view.model is not Page:
        return None
    if view.cleaned_form.cleaned_data.get("include_descendants"):
        pages = [below for page in pages for below in page.get_descendants(inclusive=True)]
    for page in pages:
        draft = page.specific.get_latest_revision_as_object()
        if sentence := publishing_problem(draft):
            messages.error(request, f"{draft.title}: {sentence}")
            return redirect(view.next_url)
    return None


@hooks.register("construct_admin_api")
def answer_for_documents(router: WagtailAPIRouter) -> None:
    """Give documents an address, which every page of the studio asks for.

    The documents app itself is not installed: lessons have no attachments, so nothing that people
    upload has to be kept from running.
    """
    router.register_endpoint("documents", ImagesAdminAPIViewSet)
