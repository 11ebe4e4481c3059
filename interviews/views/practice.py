"""What only a practice interview offers: hints, and another try at a stage."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.http import HtmxRequest
from interviews import practice
from interviews.access import access_answer, signed_in
from interviews.actions import NotNowError, Outcome
from interviews.session import build_hints
from interviews.views.answers import store, tell


@require_POST
@signed_in
def take_hint(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Show the next hint. Without script the whole editor is sent along, and is stored first."""
    answer = access_answer(request, pk, stage_id)
    if not request.htmx and "version" in request.POST:
        saved = store(request, answer)
        if isinstance(saved, HttpResponse):
            return saved
        if saved.outcome != Outcome.SAVED:
            tell(request, saved)
    try:
        practice.take_hint(answer=answer, number=_number(request, "hint"))
    except NotNowError:
        messages.error(request, _("There is no such hint now."))
    if not request.htmx:
        return redirect("interviews:stage", pk, stage_id)
    answer.refresh_from_db(fields=["hints_taken"])
    context = {"hints": build_hints(answer), "session_pk": pk, "stage_id": stage_id}
    return render(request, "interviews/_hints.html", context)


@require_POST
@signed_in
def begin_again(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Open a submitted stage for another try."""
    answer = access_answer(request, pk, stage_id)
    try:
        practice.begin_again(answer=answer, tries=_number(request, "tries"))
    except NotNowError:
        messages.error(request, _("This stage cannot be tried again now."))
    return redirect("interviews:stage", pk, stage_id)


def _number(request: HtmxRequest, name: str) -> int:
    """Return a small number that was sent; 0 for anything else."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 6 else 0
