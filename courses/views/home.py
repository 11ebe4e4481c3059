"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.editions import all_courses


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Loadmark is, and where to begin."""
    return render(request, "courses/home.html", {"courses": all_courses()})
