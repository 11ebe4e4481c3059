"""The second opinion on an answer: whether it may be had, what it says, what it changes."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grading import Assessment, Criterion, CriterionAssessment
from grading.assessment import criterion_to_data
from interviews.leases import LeaseLostError
from interviews.llm import breaker
from interviews.llm.checking import Checked, check
from interviews.llm.client import Outcome
from interviews.llm.combining import combine
from interviews.llm.conversation import Conversation, NoReplyError, OverBudgetError
from interviews.llm.prompt import MAX_ANSWER, build_correction, build_messages, new_delimiter
from interviews.llm.replies import Reply, read_reply
from interviews.llm.service import Service
from interviews.models import Grading
from interviews.opinions import Had, Opinion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What is asked about: the grading, what was asked of the learner, the criteria concerned."""

    grading: Grading
    text: str
    rubric: Sequence[Criterion]


def second_opinion(
    *, service: Service, question: Question, first: Assessment, renew: Callable[[], None]
) -> Opinion:
    """Ask the server and combine what it says with `first`.

    Whatever goes wrong leaves `first` as it is, and the opinion says so. Only the loss of the
    lease, which `renew` raises, reaches the caller.
    """
    try:
        if not breaker.may_ask():
            return Opinion(first, Had.UNAVAILABLE, service.model)
        judged = _converse(service, question, renew)
        breaker.succeeded()
    except LeaseLostError:
        breaker.withdrawn()
        raise
    except OverBudgetError:
        breaker.withdrawn()
        return Opinion(first, Had.OVER_BUDGET, service.model)
    except NoReplyError:
        breaker.failed()
        return Opinion(first, Had.UNAVAILABLE, service.model)
    except Exception:
        # A defect of ours, a cache that is down, or the worker's own time limit: the embedded
        # grader's work is done and is not thrown away.
        logger.exception("The second grader failed on grading %s.", question.grading.pk)
        return Opinion(first, Had.UNAVAILABLE, service.model)
    return _combined(service, first, judged)


def _combined(
    service: Service, first: Assessment, judged: Sequence[CriterionAssessment]
) -> Opinion:
    second = {one.criterion_id: one for one in judged}
    combined = combine(first, second, model=service.model)
    return Opinion(
        combined.assessment,
        Had.DISPUTED if combined.is_strong else Had.GIVEN,
        service.model,
        first=tuple(criterion_to_data(one) for one in first.criteria),
        second=tuple(criterion_to_data(one) for one in judged),
    )


def _converse(
    service: Service, question: Question, renew: Callable[[], None]
) -> tuple[CriterionAssessment, ...]:
    """Ask, check, and ask once more about what could not be used."""
    ids = [one.id for one in question.rubric]
    delimiter = new_delimiter()
    answer = question.grading.text[:MAX_ANSWER]
    messages = build_messages(question.text, question.rubric, answer, delimiter)
    talk = Conversation(
        service, question.grading, _learner_id(question.grading), ids, delimiter, renew
    )
    said = talk.ask(messages)
    reply = read_reply(said.content, ids)
    checked = check(question.rubric, reply.findings, answer)
    faults = (*reply.faults, *checked.faults)
    if not faults:
        return checked.criteria
    said.mark_faulty()
    again = _corrected(talk, build_correction(messages, said.content, faults), ids)
    findings = _merged(reply, checked, again)
    if not findings:
        raise NoReplyError(Outcome.FAULTY)
    return check(question.rubric, findings, answer).criteria


def _corrected(talk: Conversation, messages: Any, ids: Sequence[str]) -> Reply:
    """The reply to a correction; without one what was wrong stays so."""
    try:
        said = talk.ask(messages)
    except (NoReplyError, OverBudgetError):
        return Reply({}, ())
    reply = read_reply(said.content, ids)
    if reply.faults:
        said.mark_faulty()
    return reply


def _merged(reply: Reply, checked: Checked, again: Reply) -> Any:
    """What was right at first stays; only what was at fault is taken from the correction."""
    good = {key: one for key, one in reply.findings.items() if key not in checked.lies}
    return reply.findings | again.findings | good


def _learner_id(grading: Grading) -> int:
    return int(grading.answer.interview.learner_id)
