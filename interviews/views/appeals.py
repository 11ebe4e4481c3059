"""A learner appeals against the verdict on one criterion."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.http import HtmxRequest
from interviews import appeals
from interviews.access import access_answer, access_follow_up, signed_in
from interviews.actions import NotNowError
from interviews.forms import AppealForm
from interviews.models import Answer
from interviews.session import build_session


@require_POST
@signed_in
def appeal(request: HtmxRequest, pk: int, stage_id: str, criterion_id: str) -> HttpResponse:
    """Ask a person to look at a verdict."""
    return _appeal(request, access_answer(request, pk, stage_id), criterion_id)


@require_POST
@signed_in
def appeal_follow_up(
    request: HtmxRequest, pk: int, stage_id: str, criterion_id: str
) -> HttpResponse:
    """The same for the answer to a follow-up question."""
    return _appeal(request, access_follow_up(request, pk, stage_id, criterion_id), criterion_id)


def _appeal(request: HtmxRequest, answer: Answer, criterion_id: str) -> HttpResponse:
    if answer.current_grade is None:
        raise Http404
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _refuse(request, answer, form)
    grade_id, reason = form.cleaned_data["grade"], form.cleaned_data["text"].strip()
    try:
        appeals.appeal(answer=answer, grade_id=grade_id, criterion_id=criterion_id, reason=reason)
    except NotNowError:
        messages.error(request, _("This grade has changed since: look at it again."))
    return redirect(_back(answer))


def _refuse(request: HtmxRequest, answer: Answer, form: AppealForm) -> HttpResponse:
    """Say what is wrong, with the typed reason still there."""
    if "grade" in form.errors:
        raise Http404
    context = {
        "session": build_session(answer.interview, here=answer.stage_id),
        "address": request.path,
        "form": form,
        "back": _back(answer),
    }
    return render(request, "interviews/appeal.html", context, status=422)


def _back(answer: Answer) -> str:
    """Where this debrief is read: the whole one once the interview has ended."""
    interview = answer.interview
    if interview.finished_at is not None:
        address = reverse("interviews:debrief", args=[interview.pk])
        if answer.criterion_id:
            return f"{address}#follow-up-{answer.stage_id}-{answer.criterion_id}"
    else:
        address = reverse("interviews:stage", args=[interview.pk, answer.stage_id])
    return f"{address}#debrief-{answer.stage_id}"
