"""The page of a lab, its runs and its challenges."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import ensure_learner
from common.http import HtmxRequest
from labs import actions
from labs.base import Lab, challenge_seeds, check_challenge, parse_parameters
from labs.models import ChallengeCheck
from labs.panels import Panel, build_panel
from labs.parameters import ParameterError
from labs.registry import UnknownLab, get_lab

UNPROCESSABLE = 422


@require_safe
def lab(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show a lab with the run of the parameters in the address."""
    found = lab_or_404(slug)
    panel = build_panel(found, request.GET.dict(), passed=_passed(request, found))
    status = UNPROCESSABLE if panel.problems else 200
    if not request.htmx:
        return render(request, "labs/lab.html", {"panel": panel}, status=status)
    part = "instrument" if "whole" in request.GET else "readout"
    context = {"panel": panel, "embedded": "embed" in request.GET}
    response = render(request, f"labs/lab.html#{part}", context, status=status)
    if panel.readout and "embed" not in request.GET:
        address = reverse("labs:lab", args=[slug])
        response["HX-Replace-Url"] = address + panel.readout.query
    return response


@require_POST
def check(request: HtmxRequest, slug: str, challenge: str) -> HttpResponse:
    """Hold a challenge against runs with seeds the learner has not seen, and keep the outcome."""
    found = lab_or_404(slug)
    try:
        wanted = found.challenge(challenge)
    except KeyError:
        raise Http404 from None
    texts = {
        spec.name: request.POST[spec.name] for spec in found.specs if spec.name in request.POST
    }
    try:
        parameters = parse_parameters(found, texts)
    except ParameterError:
        panel = build_panel(found, request.POST.dict(), passed=_passed(request, found))
        return _answer(request, panel, challenge, UNPROCESSABLE)
    seeds = challenge_seeds(found, wanted)
    outcome = check_challenge(found, wanted, parameters, seeds=seeds)
    actions.record_check(
        learner=ensure_learner(request),
        lab=found,
        challenge=wanted,
        parameters=parameters,
        outcome=outcome,
    )
    passed = _passed(request, found)
    panel = build_panel(found, request.POST.dict(), passed=passed, checked=(challenge, outcome))
    return _answer(request, panel, challenge, 200)


def lab_or_404(slug: str) -> Lab[Any]:
    """Return the lab with this slug."""
    try:
        return get_lab(slug)
    except UnknownLab:
        raise Http404 from None


def _answer(request: HtmxRequest, panel: Panel, challenge: str, status: int) -> HttpResponse:
    if not request.htmx:
        return render(request, "labs/lab.html", {"panel": panel}, status=status)
    view = next(one for one in panel.challenges if one.id == challenge)
    context = {"panel": panel, "challenge": view, "embedded": "embed" in request.POST}
    return render(request, "labs/lab.html#challenge", context, status=status)


def _passed(request: HttpRequest, found: Lab[Any]) -> frozenset[str]:
    learner = request.learner  # type: ignore[attr-defined]
    if not learner:
        return frozenset()
    return frozenset(ChallengeCheck.objects.of(learner).passed_in(found.slug))
