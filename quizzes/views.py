"""The page of a quiz: one question at a time, its feedback, the result."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import ensure_learner
from accounts.models import Learner
from common.http import HtmxRequest
from quizzes import actions
from quizzes.access import LoginNeededError, Sitting, access_attempt, access_quiz
from quizzes.kinds import Answer, AnswerError, Compiled, kind_of
from quizzes.models import Attempt, QuizEdition, Response
from quizzes.panels import Frame, Panel, feedback_panel, question_panel, result_panel

PAGE = "quizzes/quiz.html"
MAX_BACK = 300
MOST_TYPED = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """The question that was answered; `attempt` is None where the answer begins one."""

    sitting: Sitting
    attempt: Attempt | None
    edition: QuizEdition
    number: int

    @property
    def question(self) -> Compiled:
        """The question, key included."""
        return self.edition.questions[self.number - 1]


type View = Callable[..., HttpResponse]


def with_sitting(view: View) -> View:
    """Give the view what `access_quiz` finds; a visitor who needs an account is asked to log in."""

    @wraps(view)
    def wrapped(request: HtmxRequest, slug: str, **kwargs: Any) -> HttpResponse:
        try:
            sitting = access_quiz(request, slug)
        except LoginNeededError:
            return _ask_to_log_in(request, slug)
        return view(request, sitting, **kwargs)

    return wrapped


def _ask_to_log_in(request: HtmxRequest, slug: str) -> HttpResponse:
    """A visitor comes back to the quiz, or to the lesson it stands in, after logging in."""
    page = reverse("quizzes:quiz", args=[slug])
    if not request.htmx:
        return redirect_to_login(request.get_full_path() if request.method == "GET" else page)
    context = {"back": request.htmx.current_url_abs_path or page}
    status = 200 if request.method == "GET" else 401
    return render(request, f"{PAGE}#log_in", context, status=status)


@require_safe
@with_sitting
def quiz(request: HtmxRequest, sitting: Sitting) -> HttpResponse:
    """Show what comes next, or the feedback to `?question=` once it is answered."""
    return _show(request, sitting, _frame(request, sitting))


@require_POST
@with_sitting
def answer(request: HtmxRequest, sitting: Sitting, number: int) -> HttpResponse:
    """Take the answer to the question with this number."""
    attempt = access_attempt(request, sitting, _token(request))
    edition = attempt.edition if attempt else sitting.current
    if edition is None or str(edition.number) != request.POST.get("edition"):
        return _show_changed(request, sitting)
    if not 1 <= number <= len(edition.questions):
        raise Http404
    turn = Turn(sitting, attempt, edition, number)
    try:
        given = kind_of(turn.question).parse(turn.question, request.POST)
    except AnswerError as error:
        return _show_again(request, turn, str(error))
    return _take(request, turn, given)


@require_POST
@with_sitting
def restart(request: HtmxRequest, sitting: Sitting) -> HttpResponse:
    """Begin another attempt."""
    if sitting.current is None:
        raise Http404
    attempt = actions.restart(learner=ensure_learner(request), edition=sitting.current)
    frame = _frame(request, sitting)
    if not request.htmx:
        return HttpResponseRedirect(frame.address(), status=303)
    return _show(request, Sitting(sitting.quiz, sitting.current, attempt), frame)


def _take(request: HtmxRequest, turn: Turn, given: Answer) -> HttpResponse:
    try:
        attempt = turn.attempt or actions.start_attempt(
            learner=ensure_learner(request), edition=turn.edition, token=_token(request)
        )
        if attempt.edition_id != turn.edition.pk:  # begun in another tab, meanwhile
            return _show_changed(request, turn.sitting)
        question_id = turn.question["id"]
        done = actions.answer_question(attempt=attempt, question_id=question_id, answer=given)
    except (Learner.DoesNotExist, Attempt.DoesNotExist, actions.ClosedAttemptError):
        return _show_changed(request, turn.sitting)
    notice = _("You have answered this before. Your first answer counts.") if done.refused else ""
    frame = _frame(request, turn.sitting, notice)
    if not request.htmx:
        return HttpResponseRedirect(frame.address(question=turn.number), status=303)
    panel = feedback_panel(
        turn.edition, turn.number, frame, judgement=done.judgement, answered=done.answered
    )
    return _render(request, panel)


def _show_again(request: HtmxRequest, turn: Turn, error: str) -> HttpResponse:
    """The same question with what was typed, or its feedback if it is answered already."""
    responses = _responses(turn.attempt)
    frame = _frame(request, turn.sitting)
    if turn.attempt and turn.question["id"] in responses:
        return _render(request, _feedback(turn.attempt, turn.number, responses, frame))
    typed = [text for name in ("choice", "number") for text in request.POST.getlist(name)]
    panel = question_panel(
        turn.edition,
        turn.number,
        frame,
        token=turn.attempt.token if turn.attempt else _token(request) or uuid.uuid4(),
        answered=len(responses),
        error=error,
        typed=typed[:MOST_TYPED],
    )
    return _render(request, panel, status=422)


def _show_changed(request: HtmxRequest, sitting: Sitting) -> HttpResponse:
    """What was posted belongs to a page that is no longer true: show where things stand."""
    notice = _("This quiz has changed since your page was made. Here is where you stand.")
    return _show(request, sitting, _frame(request, sitting, notice))


def _show(request: HtmxRequest, sitting: Sitting, frame: Frame) -> HttpResponse:
    responses = _responses(sitting.attempt)
    return _render(request, _panel(request, sitting, responses, frame))


def _panel(
    request: HtmxRequest, sitting: Sitting, responses: dict[str, Response], frame: Frame
) -> Panel:
    attempt = sitting.attempt
    if attempt is None:
        if sitting.current is None:
            raise Http404
        return question_panel(sitting.current, 1, frame, token=uuid.uuid4(), answered=0)
    ids = [question["id"] for question in attempt.edition.questions]
    asked = _number(request.GET.get("question", ""))
    if asked and asked <= len(ids) and ids[asked - 1] in responses:
        return _feedback(attempt, asked, responses, frame)
    waiting = [number for number, identity in enumerate(ids, 1) if identity not in responses]
    if attempt.finished_at is not None or not waiting:
        return result_panel(attempt, responses, frame, can_retry=sitting.current is not None)
    return question_panel(
        attempt.edition, waiting[0], frame, token=attempt.token, answered=len(responses)
    )


def _feedback(attempt: Attempt, number: int, responses: dict[str, Response], frame: Frame) -> Panel:
    question = attempt.edition.questions[number - 1]
    judgement = kind_of(question).judge(question, responses[question["id"]].answer)
    return feedback_panel(
        attempt.edition, number, frame, judgement=judgement, answered=len(responses)
    )


def _responses(attempt: Attempt | None) -> dict[str, Response]:
    if attempt is None:
        return {}
    return {response.question_id: response for response in attempt.responses.all()}


def _render(request: HtmxRequest, panel: Panel, *, status: int = 200) -> HttpResponse:
    fragment = request.htmx and not request.htmx.history_restore_request
    template = f"{PAGE}#panel" if fragment else PAGE
    return render(request, template, {"panel": panel, "frame": panel.frame}, status=status)


def _frame(request: HtmxRequest, sitting: Sitting, notice: str = "") -> Frame:
    asked = request.POST if request.method == "POST" else request.GET
    return Frame(
        slug=sitting.quiz.slug,
        back=_back(asked.get("from", "")),
        embedded=bool(request.htmx) and asked.get("embed") == "1",
        focus=request.method == "POST" or asked.get("focus") == "1",
        notice=notice,
    )


def _back(path: str) -> str:
    """The path if it leads to a page of this site, else nothing."""
    is_own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_own and path.isprintable() and len(path) <= MAX_BACK else ""


def _token(request: HtmxRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("attempt", ""))
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
