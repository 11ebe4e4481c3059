"""Every address of the site. tests/architecture/test_routes.py says who may open which."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from config import health

# There is one door to log in by: Wagtail's own lead to it.
_doors = [
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", RedirectView.as_view(pattern_name="account_logout", preserve_request=True)),
    re_path(r"^password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
]

urlpatterns = [
    path("", include("courses.urls")),
    path("", include("labs.urls")),
    path("quizzes/", include("quizzes.urls")),
    path("interviews/", include("interviews.urls")),
    path("dashboard/", include("progress.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("studio/", include(_doors)),
    path("studio/", include(wagtailadmin_urls)),
    path("health/alive/", health.alive, name="health_alive"),
    path("health/ready/", health.ready, name="health_ready"),
]

handler400 = "common.http.bad_request"
handler403 = "common.http.forbidden"
