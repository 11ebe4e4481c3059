"""The site's routes, and bare views of Django to compare them with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from courses.models import CourseEdition, LessonEdition

BARE_BYTES = 15_000


def bare_lesson(request: HttpRequest) -> HttpResponse:
    """One query and a template with about 15 KB of stored HTML."""
    html = LessonEdition.objects.order_by("pk").values_list("html", flat=True)[0]
    return render(request, "bench/lesson.html", {"html": html[:BARE_BYTES]})


def bare_course(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of a course outline, read and rendered each time."""
    lessons = LessonEdition.objects.current().filter(course_slug=slug).order_by("pk")
    columns = lessons.values("slug", "title", "summary", "minutes", "free_preview", "module")
    return render(request, "bench/rows.html", {"slug": slug, "rows": list(columns)})


def bare_catalogue(request: HttpRequest) -> HttpResponse:
    """The rows of the catalogue, read and rendered each time."""
    courses = CourseEdition.objects.current().order_by("title")
    rows = [
        {"slug": edition.course_slug, "title": edition.title, "summary": edition.summary}
        for edition in courses
    ]
    return render(request, "bench/rows.html", {"rows": rows})


urlpatterns = [
    path("bare/lesson/", bare_lesson),
    path("bare/course/<slug:slug>/", bare_course),
    path("bare/catalogue/", bare_catalogue),
    path("", include("config.urls")),
]
