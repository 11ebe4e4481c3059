"""The page of a stage: what is on it, and what must not be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.definition import save_scenario_from_data
from interviews.models import Answer, Interview, ScenarioEdition
from interviews.models.interviews import Mode

QUERIES = 5  # user, interview, answers with grades, gradings, kept texts
SECRETS = ["idempotency key makes sure", "Think of where a charge", "durable outbox", "Keeps the"]


def test_an_open_stage_shows_prompt_clock_and_editor(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "What about <strong>design</strong>?" in page
    assert "<em>nothing</em>" in page
    assert 'data-deadline="' in page
    assert '<textarea id="answer"' in page


def test_nothing_of_the_rubric_is_on_the_page_of_an_open_stage(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert not [secret for secret in SECRETS if secret in page]


def test_nothing_of_the_rubric_is_on_the_page_while_grading_waits(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "Waiting, 0 s." in page
    assert not [secret for secret in SECRETS if secret in page]


def test_the_debrief_quotes_marks_and_hints(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "<mark>" in page
    assert "durable outbox" in page
    assert "What happens when the answer of the provider is lost?" in page
    assert "What if the provider does not know idempotency keys?" in page
    assert "Graded by the embedded grader" in page


def test_the_answer_is_text_whatever_it_looks_like(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.filter(pk=graded.pk).update(text="<script>alert(1)</script> & so on")
    assert "<script>alert(1)" not in ada.get(stage_url()).text


def test_the_session_leads_to_the_open_stage(
    ada: Client, interview: Interview, stage_url: Callable[..., str]
) -> None:
    response = ada.get(f"/interviews/sessions/{interview.pk}/")
    assert response["Location"] == stage_url()


def test_a_stage_that_is_not_opened_is_not_there(
    ada: Client, interview: Interview, stage_url: Callable[..., str]
) -> None:
    assert ada.get(stage_url(stage="failure")).status_code == 404


def test_extra_time_is_shown_beside_the_clock_and_moves_the_deadline(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    assert "extra time" not in ada.get(stage_url()).text
    Interview.objects.update(extra_percent=25)
    page = ada.get(stage_url()).text
    assert "+25 %" in page
    answer.interview.refresh_from_db()
    deadline = answer.opened_at + timedelta(minutes=10)
    assert f"Until {deadline:%H:%M:%S} UTC, by the server’s clock." in page


@pytest.mark.parametrize(
    ("mode", "consequence"),
    [
        (Mode.PRACTICE, "you may go on; the answer is marked as late"),
        (Mode.STRICT, "What was stored until then counts."),
    ],
)
def test_a_late_page_says_so_by_the_servers_clock(
    ada: Client, answer: Answer, stage_url: Callable[..., str], mode: str, consequence: str
) -> None:
    Interview.objects.update(mode=mode)
    Answer.objects.update(opened_at=F("opened_at") - timedelta(minutes=9))
    page = ada.get(stage_url()).text
    assert 'class="small bad deadline" data-late>' in page
    assert "data-in-time hidden>" in page
    assert consequence in page


@pytest.mark.parametrize("stages", [2, 8])
def test_the_number_of_queries_does_not_grow_with_the_interview(
    ada: Client,
    learner: Learner,
    scenario_data: dict[str, Any],
    stages: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = scenario_data["stages"][0]
    data = scenario_data | {"stages": [first | {"id": f"s{n}"} for n in range(stages)]}
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    scenario = save_scenario_from_data(data=data, source="", collection=root)
    edition = ScenarioEdition.objects.current().get(scenario=scenario)
    interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
    for number in range(1, stages):
        before = interview.answers.get(stage_id=f"s{number - 1}")
        actions.submit_answer(answer=before, sent=Sent("text", 0), key=str(number))
        grading_queue.grade_queued(before.gradings.get().pk)
        actions.open_stage(interview=interview, stage_id=f"s{number}")
    address = f"/interviews/sessions/{interview.pk}/stages/s{stages - 1}/"
    ada.get(address)
    with django_assert_num_queries(QUERIES):
        ada.get(address)
