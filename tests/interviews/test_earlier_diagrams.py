"""Diagrams of earlier tries: kept with what was graded, and shown beside it."""

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import Learner
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.models import Answer, Grading, Interview, ScenarioEdition
from interviews.models.grades import State
from tests.interviews.conftest import QUEUE_ANSWER

FIRST, SECOND = "shop -> payments: charge", "shop -> outbox: store"


@pytest.fixture(autouse=True)
def _fresh_pictures(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scenario_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    for stage in scenario_data["stages"]:
        stage["diagram"] = True
    return scenario_data


def hand_in(answer: Answer, diagram: str, text: str = QUEUE_ANSWER) -> None:
    answer.refresh_from_db()
    key = f"{answer.pk}-{answer.tries}"
    sent = Sent(text, answer.version, diagram=diagram)
    actions.submit_answer(answer=answer, sent=sent, key=key)
    grading_queue.grade_queued(answer.gradings.get(state=State.QUEUED).pk)


@pytest.fixture
def again(ada: Client, answer: Answer, stage_url: Callable[..., str]) -> Answer:
    """A stage that was handed in with a diagram, and begun anew."""
    hand_in(answer, FIRST)
    ada.post(stage_url("again/"), {"tries": "1"})
    return answer


def debrief(ada: Client, interview: Interview) -> str:
    actions.finish_interview(interview=interview)
    return ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text


def test_the_earlier_try_is_shown_with_its_diagram(
    ada: Client, again: Answer, stage_url: Callable[..., str], send: Callable[..., Any]
) -> None:
    again.refresh_from_db()
    send(ada, stage_url("save/"), "Something else.", again.version, diagram=SECOND)
    page = ada.get(stage_url()).text
    earlier = page[page.index("Your earlier try") :]
    assert "payments" in earlier
    assert "Your answer then" in earlier


def test_what_pictures_refer_to_is_named_once_on_a_page(
    ada: Client, again: Answer, stage_url: Callable[..., str]
) -> None:
    """The diagram stays in the editor: it stands on the page twice, once folded away."""
    page = ada.get(stage_url()).text
    names = re.findall(r'\bid="(d2-[^"]+)"', page)
    assert page.count("<svg") >= 2
    assert names
    assert len(names) == len(set(names))


def test_the_history_keeps_it_when_something_else_is_drawn(ada: Client, again: Answer) -> None:
    hand_in(again, SECOND)
    page = debrief(ada, again.interview)
    history = page[page.index('class="history"') :]
    assert "payments" in history[: history.index("</details>")]
    assert [one.diagram for one in again.gradings.order_by("pk")] == [FIRST, SECOND]


def test_the_same_diagram_is_not_drawn_twice(ada: Client, again: Answer) -> None:
    hand_in(again, FIRST, "An idempotency key on each charge.")
    assert debrief(ada, again.interview).count('aria-label="Your diagram: Design"') == 1


def test_a_diagram_that_cannot_be_drawn_says_so(ada: Client, answer: Answer) -> None:
    hand_in(answer, FIRST)
    Grading.objects.update(diagram="shop -> {{{")
    page = debrief(ada, answer.interview)
    assert 'class="history"' not in page  # one grade has no history
    actions.request_grading(answer=answer, again=answer.gradings.get())
    grading_queue.grade_queued(answer.gradings.get(state=State.QUEUED).pk)
    page = debrief(ada, answer.interview)
    assert "Your diagram could not be drawn:" in page


def test_judging_again_keeps_what_was_drawn(answer: Answer) -> None:
    hand_in(answer, FIRST)
    first = answer.gradings.get()
    Answer.objects.update(diagram=SECOND)
    answer.refresh_from_db()
    parked = actions.request_grading(answer=answer, again=first, state=State.PARKED)
    assert parked.diagram == FIRST


def test_an_earlier_interviews_diagram_stands_in_the_comparison(
    ada: Client, learner: Learner, edition: ScenarioEdition, answer: Answer
) -> None:
    hand_in(answer, FIRST)
    actions.finish_interview(interview=answer.interview)
    later = actions.start_interview(learner=learner, edition=edition, mode="practice")
    hand_in(later.answers.get(), SECOND)
    page = debrief(ada, later)
    compared = page[page.index('id="comparison"') :]
    assert "Design: your diagram then" in compared
    assert "payments" in compared
    assert compared.count("your diagram then") == 1


def test_the_same_diagram_is_not_compared(
    ada: Client, learner: Learner, edition: ScenarioEdition, answer: Answer
) -> None:
    hand_in(answer, FIRST)
    actions.finish_interview(interview=answer.interview)
    later = actions.start_interview(learner=learner, edition=edition, mode="practice")
    hand_in(later.answers.get(), FIRST)
    assert "your diagram then" not in debrief(ada, later)


def test_what_was_graded_before_this_was_kept_is_filled_in(again: Answer) -> None:
    """Not for an earlier try: what it had drawn is gone."""
    hand_in(again, SECOND)
    Grading.objects.update(diagram="")
    migration = importlib.import_module("interviews.migrations.0008_diagram_of_a_grading")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    assert [one.diagram for one in again.gradings.order_by("pk")] == ["", SECOND]
