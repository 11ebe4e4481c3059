"""The studio: what a person overruled, exemplars made of it, and what they would change."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interviews import tasks
from interviews.definition import scenario_to_data
from interviews.exemplars import (
    NotPossibleError,
    add_exemplar,
    discard_exemplars,
    draft_of,
    new_exemplars,
    overruled_by,
)
from interviews.impact import is_stalled, read_impact
from interviews.models import Grade, Scenario
from interviews.regrading import publish_and_regrade
from interviews.studio_access import access_person_grade, access_scenario, check_may_publish
from interviews.studio_access import own_scenarios as own
from quizzes.owned import may

SHOWN = 100


@require_safe
def graded(request: HttpRequest) -> HttpResponse:
    """List what people graded last in this user's scenarios."""
    rows = Grade.objects.filter(grader="person", edition__scenario__in=own(request).values("pk"))
    rows = rows.select_related("edition", "graded_by").defer("edition__data")
    context = {"grades": rows.order_by("-pk")[:SHOWN]}
    return render(request, "interviews/studio/graded.html", context)


@require_safe
def overruled(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the verdicts a person changed, each with what its words can become."""
    grade, scenario = access_person_grade(request, pk)
    stage = grade.edition.stage(grade.stage_id)
    known = {(one.criterion_id, one.kind, one.text) for one in _new(scenario, grade.stage_id)}
    lines = [(one, (one.criterion_id, one.kind, one.text) in known) for one in overruled_by(grade)]
    context = {"grade": grade, "scenario": scenario, "stage": stage["title"], "lines": lines}
    return render(request, "interviews/studio/overruled.html", context)


@require_POST
def make_exemplar(request: HttpRequest, pk: int, criterion_id: str) -> HttpResponse:
    """Put the words of one overruled verdict into the draft, and show what that would change."""
    grade, scenario = access_person_grade(request, pk)
    one = next((one for one in overruled_by(grade) if one.criterion_id == criterion_id), None)
    if one is None:
        raise Http404
    try:
        added = add_exemplar(scenario=scenario, stage_id=grade.stage_id, one=one, by=request.user)  # type: ignore[arg-type]
    except NotPossibleError as error:
        messages.error(request, str(error))
        return redirect("interviews_overruled", pk)
    if added:
        messages.success(request, _("The draft has a new exemplar. Nothing is published yet."))
    return redirect("interviews_impact", scenario.pk, grade.stage_id)


@require_safe
def impact(request: HttpRequest, pk: int, stage_id: str) -> HttpResponse:
    """Show what the draft's rubric would change in past answers; a worker measures it."""
    scenario = access_scenario(request, pk)
    draft = scenario_to_data(draft_of(scenario))
    stage = next((one for one in draft["stages"] if one["id"] == stage_id), None)
    if stage is None:
        raise Http404
    state = read_impact(scenario, stage_id)
    unheard = is_stalled(state) and not _send(scenario, stage_id)
    context: dict[str, Any] = {
        "scenario": scenario,
        "stage_id": stage_id,
        "stage": stage["title"],
        "revision": scenario.latest_revision_id,
        "exemplars": _new(scenario, stage_id),
        "elsewhere": _changes_elsewhere(scenario, draft, stage_id),
        "state": state,
        "done": state["total"] - len(state["todo"]) if state else 0,
        "is_measuring": state is None or bool(state["todo"]),
        "unheard": unheard,
        "may_publish": may(request.user, "publish", scenario),
    }
    return render(request, "interviews/studio/impact.html", context)


@require_POST
def publish(request: HttpRequest, pk: int, stage_id: str) -> HttpResponse:
    """Publish the draft that was looked at, and begin to grade past answers by it."""
    scenario = access_scenario(request, pk)
    check_may_publish(request, scenario)
    revision = request.POST.get("revision", "")
    try:
        regrade = publish_and_regrade(
            scenario=scenario,
            stage_id=stage_id,
            revision_id=int(revision) if revision.isdecimal() and len(revision) < 19 else 0,
            by=request.user,  # type: ignore[arg-type]
        )
    except NotPossibleError as error:
        messages.error(request, str(error))
        return redirect("interviews_impact", pk, stage_id)
    if regrade is None:
        return redirect("interviews_waiting")
    messages.success(request, _("The rubric is published; past answers are graded again."))
    return redirect("interviews_regrade", regrade.pk)


@require_POST
def discard(request: HttpRequest, pk: int, stage_id: str) -> HttpResponse:
    """Take the stage's new exemplars out of the draft."""
    scenario = access_scenario(request, pk)
    try:
        count = discard_exemplars(scenario=scenario, stage_id=stage_id, by=request.user)  # type: ignore[arg-type]
    except NotPossibleError as error:
        messages.error(request, str(error))
        return redirect("interviews_impact", pk, stage_id)
    said = ngettext(
        "%(count)d exemplar is taken out of the draft.",
        "%(count)d exemplars are taken out of the draft.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("interviews_check_rubrics", pk)


def _new(scenario: Scenario, stage_id: str) -> list[Any]:
    return list(new_exemplars(scenario, draft_of(scenario), stage_id))


def _changes_elsewhere(scenario: Scenario, draft: dict[str, Any], stage_id: str) -> bool:
    """Whether publishing would also publish something that stands in other places."""
    edition = scenario.editions.filter(is_current=True).first()
    if edition is None:
        return True
    return _without(draft, stage_id) != _without(_plain(edition.data), stage_id)


def _without(data: dict[str, Any], stage_id: str) -> dict[str, Any]:
    return data | {"stages": [one for one in data["stages"] if one["id"] != stage_id]}


def _plain(value: Any) -> Any:
    """Without the HTML that an edition has beside its Markdown."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if not _is_html(key)}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _is_html(key: str) -> bool:
    return key == "html" or key.endswith("_html")


def _send(scenario: Scenario, stage_id: str) -> bool:
    """Ask a worker to measure; a broker that is down is told, and asked again by the next look."""
    try:
        tasks.wake_impact(scenario.pk, stage_id)
    except OSError:
        return False
    return True
