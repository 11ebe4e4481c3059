"""The page of a lab, its runs and its challenges."""

from functools import cache, partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import ensure_learner
from common.http import HtmxRequest
from common.markdown import render_markdown
from labs import actions
from labs.base import Challenge, Lab, challenge_seeds, check_challenge, parse_parameters
from labs.embeds import embed_place
from labs.limits import WINDOW_S, may_run
from labs.models import ChallengeCheck
from labs.panels import Panel, build_panel, element_of
from labs.parameters import ParameterError
from labs.registry import UnknownLab, about, get_lab
from labs.running import TooManyRunsError

UNPROCESSABLE = 422


@require_safe
def lab(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show a lab with the run of the parameters in the address."""
    found = lab_or_404(slug)
    place = embed_place(request.GET)
    part = "instrument" if "whole" in request.GET else "run"
    has_challenges = not request.htmx or part == "instrument"
    try:
        panel = build_panel(
            found,
            request.GET.dict(),
            place=place or 1,
            passed=_passed(request, found) if has_challenges else frozenset(),
            allow=lambda: may_run(request),
        )
    except TooManyRunsError:
        return _too_many(request, found)
    status = UNPROCESSABLE if panel.problems else 200
    if not request.htmx:
        context = {"panel": panel, "about": about_html(found)}
        return render(request, "labs/lab.html", context, status=status)
    context = {"panel": panel, "embedded": place is not None}
    response = render(request, f"labs/lab.html#{part}", context, status=status)
    if panel.readout and place is None:
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
    try:
        return _check(request, found, wanted)
    except TooManyRunsError:
        return _too_many(request, found)


def _check(request: HtmxRequest, found: Lab[Any], wanted: Challenge) -> HttpResponse:
    texts = {
        spec.name: request.POST[spec.name] for spec in found.specs if spec.name in request.POST
    }
    place = embed_place(request.POST) or 1
    build = partial(build_panel, found, request.POST.dict(), place=place)
    try:
        parameters = parse_parameters(found, texts)
    except ParameterError:
        return _answer(request, build(passed=_passed(request, found)), wanted, UNPROCESSABLE)
    seeds = challenge_seeds(found, wanted)
    if not may_run(request, runs=len(seeds)):
        raise TooManyRunsError
    outcome = check_challenge(found, wanted, parameters, seeds=seeds)
    actions.record_check(
        learner=ensure_learner(request),
        lab=found,
        challenge=wanted,
        parameters=parameters,
        outcome=outcome,
    )
    panel = build(passed=_passed(request, found), checked=(wanted.id, outcome))
    return _answer(request, panel, wanted, 200)


@cache
def about_html(found: Lab[Any]) -> SafeString:
    """What a lab's model holds and leaves out, as HTML."""
    return render_markdown(about(found)).html


def lab_or_404(slug: str) -> Lab[Any]:
    """Return the lab with this slug."""
    try:
        return get_lab(slug)
    except UnknownLab:
        raise Http404 from None


def _too_many(request: HtmxRequest, found: Lab[Any]) -> HttpResponse:
    part = "#too-many" if request.htmx else ""
    context = {"lab": found, "seconds": WINDOW_S}
    response = render(request, f"labs/too_many.html{part}", context, status=429)
    response["Retry-After"] = str(WINDOW_S)
    if request.htmx:  # whatever was to be replaced: the form with its settings stays
        data = request.POST if request.method == "POST" else request.GET
        response["HX-Retarget"] = f"#{element_of(found, embed_place(data) or 1)}-readout"
        response["HX-Reswap"] = "innerHTML"
    return response


def _answer(request: HtmxRequest, panel: Panel, wanted: Challenge, status: int) -> HttpResponse:
    if not request.htmx:
        context = {"panel": panel, "about": about_html(panel.lab)}
        return render(request, "labs/lab.html", context, status=status)
    view = next(one for one in panel.challenges if one.id == wanted.id)
    context = {"panel": panel, "challenge": view, "embedded": "embed" in request.POST}
    return render(request, "labs/lab.html#challenge", context, status=status)


def _passed(request: HttpRequest, found: Lab[Any]) -> frozenset[str]:
    learner = request.learner  # type: ignore[attr-defined]
    if not learner:
        return frozenset()
    return frozenset(ChallengeCheck.objects.of(learner).passed_in(found.slug))
