"""The studio's list of answers that wait for a person, and the page to grade one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.permissions import policy_registry

from interviews.models import Grading, Scenario
from interviews.review import AlreadyGradedError, CriterionForm, grade_by_person, parked_for

SHOWN = 100


def may_review(request: HttpRequest) -> bool:
    """Whether somebody has scenarios of their own at all."""
    policy = policy_registry.get_by_type(Scenario)
    return bool(policy.user_has_permission(request.user, "change"))


def access_parked(request: HttpRequest, pk: int) -> Grading:
    """Return an answer that waits for a person, if it belongs to a scenario of this user."""
    return get_object_or_404(parked_for(request.user), pk=pk)  # type: ignore[arg-type]


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits, the oldest first."""
    if not may_review(request):
        raise PermissionDenied
    rows = parked_for(request.user).defer("answer__interview__edition__data")  # type: ignore[arg-type]
    return render(request, "interviews/studio/waiting.html", {"gradings": rows[:SHOWN]})


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one answer with a form per criterion, and take the grade."""
    grading = access_parked(request, pk)
    answer = grading.answer
    stage = answer.interview.edition.stage(answer.stage_id)
    data = request.POST if request.method == "POST" else None
    forms = [
        CriterionForm(data, criterion=criterion, answer=grading.text)
        for criterion in stage["criteria"]
    ]
    if data is not None and all(form.is_valid() for form in forms):
        return _store(request, grading, forms)
    context = {"grading": grading, "stage": stage, "text": grading.text, "forms": forms}
    return render(request, "interviews/studio/review.html", context)


def _store(request: HttpRequest, grading: Grading, forms: list[CriterionForm]) -> HttpResponse:
    try:
        grade_by_person(grading=grading, judge=request.user, forms=forms)  # type: ignore[arg-type]
        messages.success(request, _("The grade is stored; the learner sees it."))
    except AlreadyGradedError:
        messages.error(request, _("Somebody else has graded this answer."))
    return redirect("interviews_waiting")
