"""Diagrams that learners draw as D2 text: pictures, or sentences that say what is wrong."""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.diagrams import VERSION, DiagramError, render_diagram
from interviews.work import MAX_DIAGRAM

WINDOW_S = 60
BUDGET_MS = 20_000  # of drawing for one learner in a window; pictures from the cache are free
LEAST_MS = 500  # what a picture is charged with at least
KEPT_S = 24 * 60 * 60


@dataclass(frozen=True)
class Picture:
    """Either the `svg` of a diagram, or the `problem` with its source; empty for an empty one."""

    svg: SafeString
    problem: str


def draw(source: str, *, title: str, learner_id: int) -> Picture:
    """Draw a learner's diagram of the stage `title`, which names the picture.

    Pictures on one page need different titles, also where their sources are the same: what a
    picture refers to within itself is named after both, and does not show from a folded one.
    """
    if not source.strip():
        return Picture(SafeString(), "")
    if len(source) > MAX_DIAGRAM:
        said = _("The diagram has more than %(most)d characters.") % {"most": MAX_DIAGRAM}
        return Picture(SafeString(), said)
    alt = _("Your diagram: %(title)s") % {"title": title}
    key = f"learner-diagram:{VERSION}:{get_language()}:{_digest(source, alt)}"
    known = cache.get(key)
    if known is None:
        if _charge(learner_id, LEAST_MS) > BUDGET_MS:
            said = _("That is more drawing than one minute allows: wait a moment, then go on.")
            return Picture(SafeString(), said)
        began = time.monotonic()
        known = _drawn(source, alt)
        _charge(learner_id, max(0, int(1000 * (time.monotonic() - began)) - LEAST_MS))
        cache.set(key, known, KEPT_S)
    svg, problem = known
    return Picture(mark_safe(svg), problem)  # noqa: S308 - render_diagram built it


def _drawn(source: str, alt: str) -> tuple[str, str]:
    try:
        return str(render_diagram(source, alt)), ""
    except DiagramError as error:
        return "", str(error)


def _charge(learner_id: int, milliseconds: int) -> int:
    """Add to what was drawn for this learner in the running window; return the sum."""
    key = f"drawn:{learner_id}:{int(time.time() // WINDOW_S)}"
    cache.add(key, 0, 2 * WINDOW_S)
    return int(cache.incr(key, milliseconds))


def _digest(source: str, alt: str) -> str:
    return hashlib.sha256(f"{source}\0{alt}".encode(errors="surrogatepass")).hexdigest()
