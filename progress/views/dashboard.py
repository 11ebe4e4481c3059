"""The dashboard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interviews.models import Interview
from progress.dashboard import build_dashboard

LISTED_INTERVIEWS = 20


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what this learner has done; a visitor sees what would be here."""
    learner = request.learner  # type: ignore[attr-defined]
    interviews = Interview.objects.of(learner or None).listed()[:LISTED_INTERVIEWS]
    context = {
        "dashboard": build_dashboard(request, timezone.now().date()),
        "interviews": interviews,
    }
    return render(request, "progress/dashboard.html", context)
