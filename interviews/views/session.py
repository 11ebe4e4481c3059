"""The pages of one interview: its stages and its debrief."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.http import HtmxRequest
from interviews import actions
from interviews.access import access_answer, access_interview, signed_in
from interviews.debrief_page import build_page, chosen_earlier
from interviews.listening import hears_events
from interviews.models import Answer, Interview
from interviews.models.interviews import MAX_TEXT
from interviews.session import (
    build_earlier,
    build_editor,
    build_result,
    build_session,
    build_stage,
    earlier_grade,
)
from interviews.work import MAX_DIAGRAM


@require_safe
@signed_in
def show_session(request: HtmxRequest, pk: int) -> HttpResponse:
    """Lead to where this interview is."""
    interview = access_interview(request, pk)
    if interview.finished_at is not None:
        return redirect("interviews:debrief", pk)
    return redirect("interviews:stage", pk, _latest(interview).stage_id)


@require_safe
@hears_events
@signed_in
def show_stage(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Show an opened stage: its editor, or what became of its answer."""
    answer = access_answer(request, pk, stage_id)
    interview = answer.interview
    context = {
        "session": build_session(interview, here=stage_id),
        "stage": build_stage(interview, stage_id),
        "max_text": MAX_TEXT,
        "max_diagram": MAX_DIAGRAM,
    }
    earlier = earlier_grade(answer)
    if answer.submitted_at is not None:
        context["result"] = build_result(answer, earlier=earlier)
    else:
        kept = answer.kept_texts.filter(settled_at=None).order_by("pk")
        context["editor"] = build_editor(answer, list(kept))
        context["earlier"] = build_earlier(answer, earlier) if earlier else None
    return render(request, "interviews/stage.html", context)


@require_POST
@signed_in
def open_next(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Open the next stage: its clock starts now."""
    interview = access_interview(request, pk)
    try:
        actions.open_stage(interview=interview, stage_id=stage_id)
    except actions.NotNowError:
        return redirect("interviews:session", pk)
    return redirect("interviews:stage", pk, stage_id)


@require_safe
@signed_in
def show_grading(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Show how far the grading is; the debrief once it is done."""
    answer = access_answer(request, pk, stage_id)
    if answer.submitted_at is None:
        raise Http404
    if not request.htmx:
        return redirect("interviews:stage", pk, stage_id)
    result = build_result(answer, earlier=earlier_grade(answer))
    return render(request, "interviews/_result.html", {"result": result})


@require_safe
@hears_events
@signed_in
def show_debrief(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show all stages of a finished interview with totals."""
    interview = access_interview(request, pk)
    if interview.finished_at is None:
        return redirect("interviews:session", pk)
    page = build_page(interview, compare_with=chosen_earlier(request))
    return render(request, "interviews/debrief.html", {"page": page})


@require_POST
@signed_in
def finish(request: HtmxRequest, pk: int) -> HttpResponse:
    """End the interview early."""
    actions.finish_interview(interview=access_interview(request, pk))
    return redirect("interviews:debrief", pk)


def _in_order(interview: Interview) -> list[Answer]:
    """The answers in the order of the stages."""
    answers = interview.answers_by_stage()
    found = [answers[stage["id"]] for stage in interview.edition.stages if stage["id"] in answers]
    for answer in found:
        answer.interview = interview
    return found


def _latest(interview: Interview) -> Answer:
    """The stage that was opened last and is open still, else the last one submitted."""
    answers = _in_order(interview)
    still_open = [answer for answer in answers if answer.submitted_at is None]
    return max(still_open, key=lambda answer: answer.opened_at, default=answers[-1])
