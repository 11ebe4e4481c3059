"""All courses, and one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from courses.editions import all_courses, find_course
from courses.models import CourseEdition
from interviews.models import ScenarioEdition


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All courses."""
    return render(request, "courses/catalogue.html", {"courses": all_courses()})


@require_safe
def course(request: HttpRequest, course_slug: str) -> HttpResponse:
    """A course: its description, modules and lessons."""
    edition = find_course(course_slug)
    return render(request, "courses/course.html", course_context(edition))


def course_context(edition: CourseEdition) -> dict[str, object]:
    """What the page of a course shows."""
    description = mark_safe(edition.description_html)  # noqa: S308 - made safe when rendered
    return {"course": edition, "description": description, "interviews": _interviews(edition)}


def _interviews(edition: CourseEdition) -> list[ScenarioEdition]:
    """The published interviews of a course, in its order."""
    if not edition.scenarios:
        return []
    found = ScenarioEdition.objects.current().filter(slug__in=edition.scenarios)
    by_slug = {scenario.slug: scenario for scenario in found.only("slug", "title")}
    return [by_slug[slug] for slug in edition.scenarios if slug in by_slug]
