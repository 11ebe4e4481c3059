"""Wagtail's views of pages, closed to whoever has no part in the course a page belongs to.

Wagtail asks in each view for the right that the view needs; some views answer with a page's title
before they ask, or do not ask at all. Here the question comes first, in one place.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail.admin.views.chooser import BrowseView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.query import PageQuerySet

# The names under which Wagtail's routes hand over a page.
PAGE_ARGUMENTS = {"page_id", "parent_page_id", "page_to_move_id", "destination_id", "pk"}


def own_pages(user: Any) -> PageQuerySet:
    """The pages somebody works on, and the way to them."""
    return PagePermissionPolicy().explorable_instances(user)


def refuse_foreign(user: Any, page_id: int | str) -> None:
    """Raise PermissionDenied for a page in a course of others; missing ones answer alike."""
    if not own_pages(user).filter(pk=page_id).exists():
        raise PermissionDenied


class OwnedPageView:
    """Put before any view of pages: every page in its address is one of the person's own."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything of the page is loaded."""
        for name in PAGE_ARGUMENTS & kwargs.keys():
            refuse_foreign(request.user, kwargs[name])
        super().setup(request, *args, **kwargs)  # type: ignore[misc]


class OwnedPageViewSet(PageViewSet):
    """Wagtail's views of pages, each an owned one, also those that it will add."""

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        """Put the question before the view."""
        owned = type(view_class.__name__, (OwnedPageView, view_class), {})
        return super().construct_view(owned, **kwargs)


class OwnedBrowseView(BrowseView):
    """The page chooser, which lists no course of others as the place one looks into."""

    def filter_object_list(self, pages: PageQuerySet) -> PageQuerySet:
        """Look only into own pages and what stands above them."""
        mine, parent = own_pages(self.request.user), self.parent_page
        top = mine.first_common_ancestor(include_self=True)
        above = top is not None and top.is_descendant_of(parent)
        if not above and not mine.filter(pk=parent.pk).exists():
            raise PermissionDenied
        return super().filter_object_list(pages)
