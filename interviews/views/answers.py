"""What is done to an answer: saving, submitting, choosing between texts, grading again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.http import HtmxRequest
from interviews import actions
from interviews.access import access_answer, signed_in, wants_json
from interviews.actions import Outcome, Saved
from interviews.estimates import build_fields
from interviews.forms import AnswerForm, problems_of
from interviews.models import Answer
from interviews.models.interviews import MAX_TEXT
from interviews.session import build_editor, build_session, build_stage, with_typed
from interviews.work import MAX_DIAGRAM, work_of

STATUS = {
    Outcome.SAVED: 200,
    Outcome.CONFLICT: 409,
    Outcome.SUPERSEDED: 409,
    Outcome.SUBMITTED: 409,
    Outcome.OVER: 409,
}


@require_safe
@signed_in
def show_answer(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Tell a page's script what is stored, and the token to send with what it has kept."""
    answer = access_answer(request, pk, stage_id)
    state = "submitted" if answer.submitted_at else "saved"
    stored = {"state": state, "version": answer.version, **work_of(answer).to_data()}
    return JsonResponse({**stored, "token": get_token(request)})


@require_POST
@signed_in
def save(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Store what was typed, unless something newer is stored that its writer has not seen."""
    answer = access_answer(request, pk, stage_id)
    saved = store(request, answer)
    if isinstance(saved, HttpResponse):
        return saved
    if wants_json(request):
        return JsonResponse(_saved_data(answer, saved), status=STATUS[saved.outcome])
    tell(request, saved)
    return redirect("interviews:stage", pk, stage_id)


def store(request: HtmxRequest, answer: Answer) -> Saved | HttpResponse:
    """Save what the request brings; a response when it cannot be read."""
    form = AnswerForm(request.POST, stage=_stage(answer))
    if not form.is_valid():
        return refuse(request, answer, form)
    return actions.save_answer(answer=answer, sent=form.sent())


@require_POST
@signed_in
def submit(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Hand the stage in; answers at once, grading happens elsewhere."""
    answer = access_answer(request, pk, stage_id)
    form = AnswerForm(request.POST, stage=_stage(answer))
    if not form.is_valid():
        return refuse(request, answer, form)
    saved = actions.submit_answer(answer=answer, sent=form.sent(), key=form.key_or_new())
    if wants_json(request):
        url = reverse("interviews:stage", args=[pk, stage_id])
        done = saved.outcome == Outcome.SUBMITTED
        return JsonResponse({**_saved_data(answer, saved), "url": url}, status=200 if done else 409)
    if saved.outcome != Outcome.SUBMITTED:
        tell(request, saved)
    return redirect("interviews:stage", pk, stage_id)


@require_POST
@signed_in
def retry(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Ask the grader again, after it failed."""
    actions.retry_grading(answer=access_answer(request, pk, stage_id))
    return redirect("interviews:stage", pk, stage_id)


@require_POST
@signed_in
def ask(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Ask a person, after the grader failed."""
    actions.ask_person(answer=access_answer(request, pk, stage_id))
    return redirect("interviews:stage", pk, stage_id)


@require_POST
@signed_in
def choose_kept(request: HtmxRequest, pk: int, stage_id: str, kept_id: int) -> HttpResponse:
    """Settle a kept text: use it, or stay with what is stored."""
    answer = access_answer(request, pk, stage_id)
    if request.POST.get("choice") != "use":
        actions.drop_kept_text(answer=answer, kept_id=kept_id)
    else:
        try:
            actions.use_kept_text(answer=answer, kept_id=kept_id)
        except actions.NotNowError:
            messages.error(request, _("This stage takes no changes any more."))
    return redirect("interviews:stage", pk, stage_id)


def _stage(answer: Answer) -> dict[str, Any]:
    return answer.interview.edition.stage(answer.stage_id)


def _saved_data(answer: Answer, saved: Saved) -> dict[str, Any]:
    data: dict[str, Any] = {"state": str(saved.outcome), "version": saved.version}
    if saved.outcome in {Outcome.CONFLICT, Outcome.SUPERSEDED}:
        data |= saved.work.to_data()
    if fields := build_fields(_stage(answer), saved.work.estimates):
        data["readings"] = {
            one.id: {"of": one.text, "words": one.words, "ok": one.is_readable} for one in fields
        }
    return data


def tell(request: HttpRequest, saved: Saved) -> None:
    """Say to who has no script what became of the text."""
    if saved.outcome == Outcome.SAVED:
        said = _("Saved as version %(version)d.") % {"version": saved.version}
        messages.success(request, said)
    elif saved.outcome in {Outcome.CONFLICT, Outcome.SUPERSEDED}:
        messages.error(request, _("Another tab stored a newer text. Choose which one counts."))
    elif saved.outcome == Outcome.SUBMITTED:
        said = _("This stage is submitted already: version %(version)d is what counts.")
        messages.error(request, said % {"version": saved.version})
    else:
        said = _("The time is over: version %(version)d, stored before, is what counts.")
        messages.error(request, said % {"version": saved.version})


def refuse(request: HtmxRequest, answer: Answer, form: AnswerForm) -> HttpResponse:
    """Say what is wrong, with the typed text still there."""
    errors = problems_of(form)
    if wants_json(request):
        return JsonResponse({"state": "invalid", "message": " ".join(errors)}, status=422)
    if answer.submitted_at is not None:
        return redirect("interviews:stage", answer.interview_id, answer.stage_id)
    kept = answer.kept_texts.filter(settled_at=None).order_by("pk")
    context = {
        "session": build_session(answer.interview, here=answer.stage_id),
        "stage": build_stage(answer.interview, answer.stage_id),
        "editor": with_typed(
            build_editor(answer, list(kept)),
            _stage(answer),
            text=request.POST.get("text", ""),
            estimates=form.typed_estimates(),
            diagram=request.POST.get("diagram", ""),
        ),
        "max_text": MAX_TEXT,
        "max_diagram": MAX_DIAGRAM,
        "errors": errors,
    }
    return render(request, "interviews/stage.html", context, status=422)
