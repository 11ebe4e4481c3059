"""The studio: checking the rubrics of a draft, and trying an answer against one."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from grading import RubricError
from interviews.forms import AnswerField
from interviews.linting import MAX_TRIED, try_answer
from interviews.models import Scenario
from interviews.rubric_page import Draft, StageLine, build_stage, read_draft
from interviews.studio_access import access_scenario


class TryForm(forms.Form):
    """An answer to try."""

    text = AnswerField(
        strip=False,
        max_length=MAX_TRIED,
        error_messages={"required": gettext_lazy("Write something to try.")},
    )


@require_safe
def check_rubrics(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the draft's stages; check the rubric of the one asked for."""
    scenario = access_scenario(request, pk)
    draft, asked = read_draft(scenario), request.GET.get("stage", "")
    stages = [
        build_stage(draft, stage, check=asked == stage["id"] != "")
        for stage in draft.data["stages"]
    ]
    return _show(request, scenario, stages)


@require_safe
def list_stages(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft's stages, nothing checked, for the script of the scenario's form."""
    scenario = access_scenario(request, pk)
    draft = read_draft(scenario)
    context = {
        "scenario": scenario,
        "stages": [build_stage(draft, stage) for stage in draft.data["stages"]],
        "max_text": MAX_TRIED,
    }
    return render(request, "interviews/studio/rubrics.html#panel", context)


@require_safe
def check_stage(request: HttpRequest, pk: int, stage_id: str) -> HttpResponse:
    """Give the findings of one stage, for the page's script."""
    scenario = access_scenario(request, pk)
    draft = read_draft(scenario)
    line = build_stage(draft, _stage(draft, stage_id), check=True)
    context = {"scenario": scenario, "stage": line}
    return render(request, "interviews/studio/rubrics.html#findings", context)


@require_POST
def try_text(request: HttpRequest, pk: int, stage_id: str) -> HttpResponse:
    """Grade a text against a stage's draft rubric; nothing is stored. A script gets a fragment."""
    scenario = access_scenario(request, pk)
    draft = read_draft(scenario)
    tried = _try(draft, stage_id, TryForm(request.POST), request.POST.get("text", ""))
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        context = {"scenario": scenario, "stage": tried}
        return render(request, "interviews/studio/rubrics.html#tried", context)
    stages = [
        tried if stage["id"] == stage_id else build_stage(draft, stage)
        for stage in draft.data["stages"]
    ]
    return _show(request, scenario, stages)


def _try(draft: Draft, stage_id: str, form: TryForm, typed: str) -> StageLine:
    stage = _stage(draft, stage_id)
    if not form.is_valid():
        problem = " ".join(str(error) for error in form.errors["text"])
        return build_stage(draft, stage, typed=typed, problem=problem)
    try:
        tried = try_answer(draft.data, stage, form.cleaned_data["text"])
    except RubricError as error:
        problem = _("The rubric cannot be used yet: %(why)s") % {"why": error}
        return build_stage(draft, stage, typed=typed, problem=problem)
    return build_stage(draft, stage, typed=typed, tried=tried)


def _stage(draft: Draft, stage_id: str) -> dict[str, object]:
    stage = draft.stage(stage_id)
    if stage is None:
        raise Http404
    return stage


def _show(request: HttpRequest, scenario: Scenario, stages: list[StageLine]) -> HttpResponse:
    context = {
        "scenario": scenario,
        "stages": stages,
        "is_draft": scenario.has_unpublished_changes,
        "max_text": MAX_TRIED,
    }
    return render(request, "interviews/studio/rubrics.html", context)
