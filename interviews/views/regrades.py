"""The studio: how far a regrade is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from interviews.regrading import progress_of
from interviews.studio_access import access_regrade


@require_safe
def show_regrade(request: HttpRequest, pk: int) -> HttpResponse:
    """Count what became of the answers."""
    regrade = access_regrade(request, pk)
    context = {
        "regrade": regrade,
        "title": regrade.edition.title,
        "stage": regrade.edition.stage(regrade.stage_id)["title"],
        "progress": progress_of(regrade),
    }
    return render(request, "interviews/studio/regrade.html", context)
