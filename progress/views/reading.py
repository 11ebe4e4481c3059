"""Marking a lesson as read."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.learners import ensure_learner
from progress import actions
from progress.access import access_lesson


@require_POST
def mark_read(request: HttpRequest, lesson: UUID) -> HttpResponse:
    """Finish a lesson without a quiz."""
    edition = access_lesson(request, lesson)
    if edition.quizzes:
        raise Http404
    actions.mark_read(learner=ensure_learner(request), edition=edition)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "progress/_lesson_status.html", {"done": True, "lesson": edition})
    return redirect(edition.path)
