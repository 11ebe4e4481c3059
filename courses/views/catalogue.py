"""All courses, and one."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from common.shell import render_shell
from courses.editions import all_courses, find_course
from courses.models import CourseEdition
from interviews.models import ScenarioEdition

# Interviews are published on their own; their titles may be this old on a course's page.
TITLES_KEPT_S = 30.0


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All courses."""
    courses = all_courses()
    key = tuple(course.pk for course in courses)
    return render_shell(request, "courses/catalogue.html", {"courses": courses}, key=key)


@require_safe
def course(request: HttpRequest, course_slug: str) -> HttpResponse:
    """A course: its description, modules and lessons."""
    edition = find_course(course_slug)
    context = course_context(edition)
    return render_shell(
        request, "courses/course.html", context, key=edition.pk, max_age_s=TITLES_KEPT_S
    )


def course_context(edition: CourseEdition) -> dict[str, object]:
    """What the page of a course shows."""
    description = mark_safe(edition.description_html)  # noqa: S308 - made safe when rendered
    interviews = SimpleLazyObject(lambda: _interviews(edition))
    return {"course": edition, "description": description, "interviews": interviews}


def _interviews(edition: CourseEdition) -> list[ScenarioEdition]:
    """The published interviews of a course, in its order."""
    if not edition.scenarios:
        return []
    found = ScenarioEdition.objects.current().filter(slug__in=edition.scenarios)
    by_slug = {scenario.slug: scenario for scenario in found.only("slug", "title")}
    return [by_slug[slug] for slug in edition.scenarios if slug in by_slug]
