"""The studio's list of answers that wait for a person, and the page to grade one."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.permissions import policy_registry

from interviews.appeals import PERSON
from interviews.exemplars import overruled_by
from interviews.models import Grading, Scenario
from interviews.models.grades import State
from interviews.review import AlreadyGradedError, CriterionForm, grade_by_person, gradings_for
from interviews.review_page import build_forms, build_review
from interviews.waiting import describe_waiting, waiting_rows, waiting_scenarios

PER_PAGE = 50


def may_review(request: HttpRequest) -> bool:
    """Whether somebody has scenarios of their own at all."""
    policy = policy_registry.get_by_type(Scenario)
    return bool(policy.user_has_permission(request.user, "change"))


def access_for_person(request: HttpRequest, pk: int) -> Grading:
    """Return a grading a person was asked for, if it belongs to a scenario of this user."""
    rows = gradings_for(request.user).filter(grader=PERSON)  # type: ignore[arg-type]
    return get_object_or_404(
        rows.select_related(
            "edition", "answer__interview__edition", "answer__current_grade__grading"
        ),
        pk=pk,
    )


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits, the oldest first."""
    if not may_review(request):
        raise PermissionDenied
    chosen = request.GET.get("scenario", "")
    scenario = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None
    rows = waiting_rows(request.user, scenario)  # type: ignore[arg-type]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": describe_waiting(page),
        "scenarios": waiting_scenarios(request.user).only("pk", "title"),  # type: ignore[arg-type]
        "scenario": scenario,
    }
    return render(request, "interviews/studio/waiting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one answer with a form per criterion, and take the grade."""
    grading = access_for_person(request, pk)
    if grading.state != State.PARKED:
        return _too_late(request)
    data = request.POST if request.method == "POST" else None
    forms = build_forms(grading, data)
    if data is not None and all(form.is_valid() for form in forms):
        return _store(request, grading, forms)
    context = {"review": build_review(grading, forms), "has_errors": data is not None}
    return render(request, "interviews/studio/review.html", context)


def _store(request: HttpRequest, grading: Grading, forms: Sequence[CriterionForm]) -> HttpResponse:
    try:
        grade = grade_by_person(grading=grading, judge=request.user, forms=forms)  # type: ignore[arg-type]
    except AlreadyGradedError:
        return _too_late(request)
    messages.success(request, _("The grade is stored; the learner sees it."))
    if overruled_by(grade):
        return redirect("interviews_overruled", grade.pk)
    return redirect("interviews_waiting")


def _too_late(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("This answer no longer waits: somebody has graded it meanwhile."))
    return redirect("interviews_waiting")
