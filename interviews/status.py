"""How far the grading of an answer is, in words that are true."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interviews.graders import has_second_grader
from interviews.models import Answer, Grading
from interviews.models.grades import State
from interviews.verdicts import word_for


@dataclass(frozen=True)
class StatusLine:
    """One criterion: `state` is queued, running, done or failed; `word` says it."""

    label: str
    state: str
    word: str


@dataclass(frozen=True)
class GradingStatus:
    """`headline` changes every second; `news`, for screen readers, only when something happened."""

    state: str
    headline: str
    news: str
    lines: tuple[StatusLine, ...]
    is_moving: bool
    has_failed: bool
    waits_for_person: bool


def build_status(*, answer: Answer, criteria: list[dict[str, Any]]) -> GradingStatus:
    """Describe the newest grading of a submitted answer.

    Titles are shown for criteria that have been judged, never before. `answer.history` is loaded.
    """
    grading: Grading = answer.history[-1]  # type: ignore[attr-defined] # by with_answers
    done = [] if grading.state == State.QUEUED else grading.progress
    headline, news = _say(grading, len(done), len(criteria))
    return GradingStatus(
        state=grading.state,
        headline=headline,
        news=news,
        lines=_lines(grading, done, criteria),
        is_moving=grading.state in {State.QUEUED, State.LEASED},
        has_failed=grading.state == State.FAILED,
        waits_for_person=grading.state == State.PARKED,
    )


def say_duration(duration: timedelta) -> str:
    """Return “20 s”, “3 min” or “2 h”; never below zero."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < 90:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 90 * 60:
        return _("%(count)d min") % {"count": seconds // 60}
    return _("%(count)d h") % {"count": seconds // 3600}


def _say(grading: Grading, done: int, total: int) -> tuple[str, str]:
    now = cast("datetime", grading.now)  # type: ignore[attr-defined] # annotated by with_answers
    waited = say_duration(now - grading.requested_at)
    if grading.state == State.QUEUED and grading.attempts:
        news = _("A try did not succeed; the next one is on its way.")
        return _("%(news)s Waiting, %(time)s.") % {"news": news, "time": waited}, news
    if grading.state == State.QUEUED:
        return _("Waiting, %(time)s.") % {"time": waited}, _("Waiting to be graded.")
    if grading.state == State.LEASED and done == total and has_second_grader():
        said = _("Graded once; a second opinion is being asked for.")
        return said, said
    if grading.state == State.LEASED:
        said = _("Grading, %(done)d of %(total)d.") % {"done": done, "total": total}
        return said, said
    if grading.state == State.PARKED:
        said = _("A person will look at this answer (asked %(time)s ago).") % {"time": waited}
        return said, _("A person will look at this answer.")
    if grading.state == State.FAILED:
        said = _failed(grading)
        return said, said
    return _("Graded."), _("Graded.")


def _failed(grading: Grading) -> str:
    return ngettext(
        "This answer could not be graded (%(count)d try). It is stored, and costs you no points.",
        "This answer could not be graded (%(count)d tries). It is stored, and costs you no points.",
        grading.attempts,
    ) % {"count": grading.attempts}


def _lines(
    grading: Grading, done: list[dict[str, Any]], criteria: list[dict[str, Any]]
) -> tuple[StatusLine, ...]:
    titles = {criterion["id"]: criterion["title"] for criterion in criteria}
    judged = (
        StatusLine(titles.get(one["criterion_id"], ""), "done", word_for(one["verdict"]))
        for one in done
    )
    following = len(done) + 1
    pending = (
        _pending(number, grading, is_next=number == following)
        for number in range(following, len(criteria) + 1)
    )
    return (*judged, *pending)


def _pending(number: int, grading: Grading, *, is_next: bool) -> StatusLine:
    label = _("Criterion %(number)d") % {"number": number}
    if grading.state == State.FAILED:
        return StatusLine(label, "failed", _("not graded"))
    if grading.state == State.LEASED and is_next:
        return StatusLine(label, "running", _("being read"))
    return StatusLine(label, "queued", _("waiting"))
