"""Labs and calculators inside a lesson: rendered once, when the lesson is published.

The first view is part of the lesson, so that it is there without a request and without
JavaScript; every later run is fetched. The HTML holds nothing personal and no token.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache

from django.template.loader import get_template, render_to_string

from estimation.calculators import get_calculator
from estimation.inputs import to_query as inputs_to_query
from labs.base import to_query
from labs.estimates import build_estimate
from labs.panels import build_panel
from labs.registry import UnknownLab, get_lab

TEMPLATES = ("labs/lab.html", "labs/calculator.html", "labs/_controls.html")


class UnknownEmbedError(LookupError):
    """There is no such lab, calculator or preset; the message is a sentence."""


def lab_version(slug: str) -> int:
    """Return the version of a lab; raises UnknownEmbedError."""
    try:
        return get_lab(slug).version
    except UnknownLab:
        raise UnknownEmbedError(f"There is no lab called “{slug}”.") from None


def calculator_version(slug: str) -> int:
    """Return the version of a calculator; raises UnknownEmbedError."""
    try:
        return get_calculator(slug).version
    except KeyError:
        raise UnknownEmbedError(f"There is no calculator called “{slug}”.") from None


@cache
def markup_digest() -> str:
    """Return a digest that changes with the templates of what is rendered into lessons."""
    sources = [get_template(name).template.source for name in TEMPLATES]  # type: ignore[attr-defined]
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()


def render_lab(slug: str, preset: str = "", *, place: int = 1) -> str:
    """Return the lab with the run of a preset (or the defaults); raises UnknownEmbedError.

    `place` counts the labs of this slug in one lesson, so that their elements have ids apart.
    """
    lab_version(slug)
    lab = get_lab(slug)
    query: Mapping[str, str] = {}
    if preset:
        if preset not in lab.presets:
            raise UnknownEmbedError(f"The lab “{slug}” has no preset “{preset}”.")
        query = to_query(lab.presets[preset].parameters)
    context = {"panel": build_panel(lab, query, place=place), "embedded": True}
    return render_to_string("labs/lab.html#instrument", context)


def render_calculator(slug: str, preset: str = "", *, place: int = 1) -> str:
    """Return the calculator with the estimate of a preset; raises UnknownEmbedError."""
    calculator_version(slug)
    calculator = get_calculator(slug)
    query: Mapping[str, str] = {}
    if preset:
        if preset not in calculator.presets:
            raise UnknownEmbedError(f"The calculator “{slug}” has no preset “{preset}”.")
        query = inputs_to_query(calculator.presets[preset].inputs)
    context = {"panel": build_estimate(calculator, query, place=place), "embedded": True}
    return render_to_string("labs/calculator.html#instrument", context)


def embed_place(query: Mapping[str, str]) -> int | None:
    """Return which of a lesson's labs or calculators a request is for, counted from 1.

    None on a page of its own.
    """
    text = query.get("embed")
    if text is None:
        return None
    return int(text) if re.fullmatch("[1-9][0-9]?", text) else 1
