"""Answering the follow-up questions of a finished interview, and waiting for their grades."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.http import HtmxRequest
from interviews import actions
from interviews.access import access_follow_up, access_interview, signed_in, wants_json
from interviews.actions import Outcome
from interviews.debrief_page import build_page
from interviews.follow_up_actions import (
    FollowUpText,
    Written,
    save_follow_up,
    submit_follow_up,
    sync_follow_up,
)
from interviews.follow_ups import Draft, FollowUp, Question, build_follow_ups, question_for
from interviews.forms import FollowUpForm, problems_of
from interviews.models import Answer, Interview
from interviews.work import Work, work_of


def access_question(interview: Interview, stage_id: str, criterion_id: str) -> Question:
    """Return a question that is asked after this learner's interview."""
    question = question_for(interview, stage_id, criterion_id)
    if question is None:
        raise Http404
    return question


@require_POST
@signed_in
def answer(request: HtmxRequest, pk: int, stage_id: str, criterion_id: str) -> HttpResponse:
    """Save a draft or hand it in, whichever button was pressed; a script is told as JSON."""
    interview = access_interview(request, pk)
    if interview.finished_at is None:
        return redirect("interviews:session", pk)
    question = access_question(interview, stage_id, criterion_id)
    form = FollowUpForm(request.POST)
    if wants_json(request):
        return _sync(interview, question, form)
    if not form.is_valid():
        errors = " ".join(problems_of(form))
        return _refuse(request, question, pk, Draft(request.POST.get("text", ""), errors), 422)
    data = form.cleaned_data
    sent = FollowUpText(stage_id, criterion_id, data["text"], data["version"])
    write = save_follow_up if form.is_draft else submit_follow_up
    written = write(interview=interview, sent=sent)
    if not written.is_sent_text:
        said = _("This answer is submitted already and stays as it is.")
        return _refuse(request, question, pk, Draft(sent.text, said), 409)
    return _show_written(request, question, pk, written)


def _sync(interview: Interview, question: Question, form: FollowUpForm) -> JsonResponse:
    if not form.is_valid():
        errors = " ".join(problems_of(form))
        return JsonResponse({"state": "invalid", "message": errors}, status=422)
    data = form.cleaned_data
    key = (*question.key, data["text"], data["version"])
    sent = FollowUpText(*key, editor=data["editor"], sequence=data["sequence"] or 0)
    saved = sync_follow_up(interview=interview, sent=sent, submit=not form.is_draft)
    told = {"state": str(saved.outcome), "version": saved.version}
    if saved.outcome == Outcome.SAVED:
        return JsonResponse(told)
    if not form.is_draft and saved.outcome == Outcome.SUBMITTED and saved.work.text == sent.text:
        names = [interview.pk, *question.key]
        return JsonResponse(told | {"url": reverse("interviews:follow-up-grading", args=names)})
    return JsonResponse(told | saved.work.to_data(), status=409)


@require_safe
@signed_in
def stored(request: HtmxRequest, pk: int, stage_id: str, criterion_id: str) -> HttpResponse:
    """Tell the page's script what is stored, and the token to send with what it has kept."""
    interview = access_interview(request, pk)
    if interview.finished_at is None:
        return redirect("interviews:session", pk)
    key = access_question(interview, stage_id, criterion_id).key
    row = next((one for one in interview.answers.all() if _key(one) == key), None)
    state = "submitted" if row and row.submitted_at else "saved"
    work = work_of(row) if row else Work("")
    told = {"state": state, "version": row.version if row else 0, **work.to_data()}
    return JsonResponse({**told, "token": get_token(request)})


def _key(row: Answer) -> tuple[str, str]:
    return row.stage_id, row.criterion_id


@require_safe
@signed_in
def grading(request: HtmxRequest, pk: int, stage_id: str, criterion_id: str) -> HttpResponse:
    """Show how far the grading of an answer is; the result once it is done."""
    interview = access_interview(request, pk)
    if interview.finished_at is None:
        return redirect("interviews:session", pk)
    question = access_question(interview, stage_id, criterion_id)
    if not request.htmx:
        return redirect(_address(pk, question))
    return _region(request, _find(build_follow_ups(interview), question))


@require_POST
@signed_in
def again(request: HtmxRequest, pk: int, stage_id: str, criterion_id: str) -> HttpResponse:
    """After a grading that failed: ask the grader again, or a person."""
    row = access_follow_up(request, pk, stage_id, criterion_id)
    if request.POST.get("choice") == "person":
        actions.ask_person(answer=row)
    else:
        actions.retry_grading(answer=row)
    return redirect(_address(pk, access_question(row.interview, stage_id, criterion_id)))


def _show_written(
    request: HtmxRequest, question: Question, pk: int, written: Written
) -> HttpResponse:
    if request.htmx:
        interview = access_interview(request, pk)
        shown = _find(build_follow_ups(interview), question)
        return _region(request, shown, said=_say(written, shown.version))
    if written.outcome != Outcome.SUBMITTED:
        version = _find(build_follow_ups(access_interview(request, pk)), question).version
        messages.success(request, _say(written, version))
    return redirect(_address(pk, question))


def _say(written: Written, version: int) -> str:
    if written.outcome == Outcome.CONFLICT:
        return _(
            "Saved as version %(version)d, not submitted: another tab had stored a different text."
            " Look at both first."
        ) % {"version": version}
    if written.outcome == Outcome.SAVED:
        return _("Saved as version %(version)d.") % {"version": version}
    return ""


def _refuse(
    request: HtmxRequest, question: Question, pk: int, draft: Draft, status: int
) -> HttpResponse:
    """Say what is wrong, with the typed text still there."""
    interview = access_interview(request, pk)
    drafts = {question.key: draft}
    if request.htmx:
        return _region(request, _find(build_follow_ups(interview, drafts), question), status=status)
    page = build_page(interview, drafts=drafts)
    return render(request, "interviews/debrief.html", {"page": page}, status=status)


def _region(
    request: HtmxRequest, follow_up: FollowUp, *, said: str = "", status: int = 200
) -> HttpResponse:
    context = {"follow_up": follow_up, "said": said}
    return render(request, "interviews/_follow_up.html", context, status=status)


def _find(follow_ups: tuple[FollowUp, ...], question: Question) -> FollowUp:
    for one in follow_ups:
        if (one.stage_id, one.criterion_id) == question.key:
            return one
    raise Http404


def _address(pk: int, question: Question) -> str:
    stage_id, criterion_id = question.key
    return reverse("interviews:debrief", args=[pk]) + f"#follow-up-{stage_id}-{criterion_id}"
