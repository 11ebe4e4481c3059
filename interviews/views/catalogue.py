"""The list of scenarios, and one scenario before it is begun."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import ensure_learner
from common.http import HtmxRequest
from interviews import actions
from interviews.forms import StartForm
from interviews.models import Interview, ScenarioEdition
from interviews.models.interviews import Mode

PER_PAGE = 20


@dataclass(frozen=True)
class StageLine:
    """What may be known of a stage before it is opened."""

    title: str
    minutes: int


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    """Show all scenarios, and the learner's own interviews."""
    learner = request.learner if request.user.is_authenticated else None  # type: ignore[attr-defined]
    own = Paginator(Interview.objects.of(learner).listed(), PER_PAGE)
    context = {
        "scenarios": ScenarioEdition.objects.listed(),
        "interviews": own.get_page(request.GET.get("page")) if learner else None,
    }
    return render(request, "interviews/index.html", context)


@require_safe
def show_scenario(request: HtmxRequest, slug: str) -> HttpResponse:
    """Say what the scenario is about; its text is shown when the clock starts."""
    edition = get_object_or_404(ScenarioEdition.objects.current(), slug=slug)
    learner = request.learner if request.user.is_authenticated else None  # type: ignore[attr-defined]
    unfinished = Interview.objects.of(learner).unfinished_on(edition)
    context = {
        "slug": edition.slug,
        "title": edition.title,
        "level": edition.get_level_display(),
        "summary": edition.summary,
        "minutes": edition.minutes,
        "stages": [StageLine(stage["title"], stage["minutes"]) for stage in edition.stages],
        "modes": Mode.choices,
        "unfinished": unfinished.values_list("pk", flat=True).first(),
    }
    return render(request, "interviews/scenario.html", context)


@require_POST
def start(request: HtmxRequest, slug: str) -> HttpResponse:
    """Begin an interview, or continue the one that is not finished."""
    edition = get_object_or_404(ScenarioEdition.objects.current(), slug=slug)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("interviews:scenario", args=[slug]))
    form = StartForm(request.POST)
    mode = form.cleaned_data["mode"] if form.is_valid() else Mode.PRACTICE
    interview = actions.start_interview(learner=ensure_learner(request), edition=edition, mode=mode)
    return redirect("interviews:session", interview.pk)
