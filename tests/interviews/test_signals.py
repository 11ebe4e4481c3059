"""What others hear, and what happens when accounts are merged."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from accounts.models import Learner
from accounts.signals import learner_merged
from interviews import actions, grading_queue, signals
from interviews.actions import Sent
from interviews.models import Answer, Interview

NEWS = ["answer_submitted", "answer_graded", "interview_finished"]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The names of the signals sent so far."""
    names: list[str] = []
    receivers: list[tuple[Signal, Any]] = []
    for name in NEWS:

        def listen(name: str = name, **_news: Any) -> None:
            names.append(name)

        signal = getattr(signals, name)
        signal.connect(listen, weak=False)
        receivers.append((signal, listen))
    yield names
    for signal, listen in receivers:
        signal.disconnect(listen)


def test_each_step_is_told_once(answer: Answer, heard: list[str]) -> None:
    for _again in range(2):
        actions.submit_answer(answer=answer, sent=Sent("a queue", 0), key="k")
    for _again in range(2):
        grading_queue.grade_queued(answer.gradings.get().pk)
    for _again in range(2):
        actions.finish_interview(interview=answer.interview)
    assert heard == NEWS


def test_interviews_follow_a_visitor_into_the_account(submitted: Answer, db: None) -> None:
    target = Learner.objects.create()
    learner_merged.send(Learner, source=submitted.interview.learner, target=target)
    assert Interview.objects.get().learner == target
    grading_queue.grade_queued(submitted.gradings.get().pk)
    submitted.refresh_from_db()
    assert submitted.current_grade is not None
