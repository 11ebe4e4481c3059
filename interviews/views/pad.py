"""What a learner looks at while writing: the answer as it will read, and the diagram drawn."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.http import HtmxRequest
from common.markdown import render_markdown
from interviews.access import access_answer, signed_in
from interviews.actions import Outcome
from interviews.diagrams import draw
from interviews.models.interviews import MAX_TEXT
from interviews.views.answers import store, tell
from interviews.work import clean_text


@require_POST
@signed_in
def preview(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Render an answer as its reader sees it; nothing is stored."""
    access_answer(request, pk, stage_id)
    text = clean_text(request.POST.get("text", ""))[:MAX_TEXT]
    html = render_markdown(text, trust="learner").html if text.strip() else ""
    return render(request, "interviews/stage.html#preview", {"html": html})


@require_POST
@signed_in
def diagram(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse:
    """Draw what was typed. Without script the whole editor is sent along, and is stored first."""
    answer = access_answer(request, pk, stage_id)
    if not request.htmx:
        saved = store(request, answer)
        if isinstance(saved, HttpResponse):
            return saved
        if saved.outcome != Outcome.SAVED:
            tell(request, saved)
        return redirect("interviews:stage", pk, stage_id)
    interview = answer.interview
    picture = draw(
        clean_text(request.POST.get("diagram", "")),
        title=interview.edition.stage(stage_id)["title"],
        learner_id=interview.learner_id,
    )
    response = render(request, "interviews/_pad_picture.html", {"picture": picture})
    if picture.problem:  # the last picture that could be drawn stays
        response["HX-Retarget"] = "#picture-problem"
        response["HX-Reswap"] = "outerMorph"
    return response
