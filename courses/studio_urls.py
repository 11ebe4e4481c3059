"""Addresses below /studio/ that are found before Wagtail's own.

Lessons hold no pictures, files or rich text, so the studio takes no uploads and has no dialogues
for links; Wagtail's reports name drafts of every course; choosers choose and make nothing new. None
of that can be opened by address.
"""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from courses.views.account import StudioAccountView
from courses.views.owned import OwnedBrowseView


def nothing(request: HttpRequest, **kwargs: Any) -> NoReturn:
    """Answer as if there were no such page."""
    raise Http404


CLOSED = (
    r"images/",
    r"api/main/(?:images|documents)/",
    r"bulk/wagtailimages/",
    r"reports/",
    r"choose-(?:external|email|phone|anchor)-link/",
    r"choose-page/chosen-multiple/",
    r"snippets/choose/\w+/\w+/create/",
    r"editing-sessions/ping/\w+/\w+/(?!\d+/)",
)

urlpatterns = [
    *(re_path("^" + address, nothing) for address in CLOSED),
    path("account/", StudioAccountView.as_view()),
    path("choose-page/", OwnedBrowseView.as_view()),
    path("choose-page/<int:parent_page_id>/", OwnedBrowseView.as_view()),
]
decorate_urlpatterns(urlpatterns, require_admin_access)
decorate_urlpatterns(urlpatterns, never_cache)
