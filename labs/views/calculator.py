"""The page of a calculator."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.http import HtmxRequest
from estimation.calculators import get_calculator
from labs.embeds import embed_place
from labs.estimates import build_estimate

UNPROCESSABLE = 422


@require_safe
def calculator(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show a calculator with the estimate of the inputs in the address."""
    try:
        found = get_calculator(slug)
    except KeyError:
        raise Http404 from None
    place = embed_place(request.GET)
    panel = build_estimate(found, request.GET.dict(), place=place or 1)
    status = UNPROCESSABLE if panel.problems else 200
    if not request.htmx:
        return render(request, "labs/calculator.html", {"panel": panel}, status=status)
    part = "instrument" if "whole" in request.GET else "estimate"
    context = {"panel": panel, "embedded": place is not None}
    response = render(request, f"labs/calculator.html#{part}", context, status=status)
    if panel.estimate and place is None:
        response["HX-Replace-Url"] = reverse("labs:calculator", args=[slug]) + panel.query
    return response
