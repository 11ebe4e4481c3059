"""The page of a stage: what is on it, and what must not be."""

from collections.abc import Callable

from django.test import Client

from interviews.models import Answer, Interview

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
