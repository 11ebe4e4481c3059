"""The one door to each object of a learner. Missing and forbidden both answer 404."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from common.http import HtmxRequest
from interviews.models import Answer, Interview

View = Callable[..., HttpResponse]


def access_interview(request: HttpRequest, pk: int) -> Interview:
    """Return an interview of this learner with its answers, gradings and `now`."""
    own = Interview.objects.of(request.learner)  # type: ignore[attr-defined]
    return get_object_or_404(own.with_clock().with_answers(), pk=pk)


def access_answer(request: HttpRequest, pk: int, stage_id: str) -> Answer:
    """Return the answer of a stage this learner has opened, with `history` loaded."""
    interview = access_interview(request, pk)
    answer = interview.answers_by_stage().get(stage_id)
    if answer is None:
        raise Http404
    answer.interview = interview
    return answer


def access_follow_up(request: HttpRequest, pk: int, stage_id: str, criterion_id: str) -> Answer:
    """Return this learner's submitted answer to a follow-up question."""
    interview = access_interview(request, pk)
    for row in interview.answers.all():
        is_meant = criterion_id and (row.stage_id, row.criterion_id) == (stage_id, criterion_id)
        if is_meant and row.submitted_at is not None:
            row.interview = interview
            return row
    raise Http404


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks, rather than a browser that follows a link or form."""
    preferred = request.get_preferred_type(["text/html", "application/json"])
    return preferred == "application/json"


def signed_in(view: View) -> View:
    """Let only people with an account in, and lose nothing that others send.

    A script is told 401, a page leads to the log-in, and a form's text is shown to its writer.
    """

    @wraps(view)
    def guarded(request: HtmxRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.htmx or wants_json(request):
            return HttpResponse(status=401)
        if request.method == "POST":
            context = {"texts": _typed(request)}
            return render(request, "interviews/signed_out.html", context, status=401)
        return redirect_to_login(request.get_full_path())

    return guarded


def _typed(request: HttpRequest) -> list[str]:
    """What a person typed into the form that was sent, part by part."""
    names = ["text", *(one for one in request.POST if one.startswith("estimate-")), "diagram"]
    return [text for name in names if (text := request.POST.get(name, "")).strip()]
