"""Every address of the site. tests/architecture/test_routes.py says who may open which."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from config import health

urlpatterns = [
    path("", include("courses.urls")),
    path("", include("labs.urls")),
    path("quizzes/", include("quizzes.urls")),
    path("interviews/", include("interviews.urls")),
    path("dashboard/", include("progress.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("studio/", include(wagtailadmin_urls)),
    path("health/alive/", health.alive, name="health_alive"),
    path("health/ready/", health.ready, name="health_ready"),
]

handler400 = "common.http.bad_request"
handler403 = "common.http.forbidden"
