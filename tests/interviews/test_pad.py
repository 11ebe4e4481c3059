"""The preview of an answer, and the diagram that is drawn while it is typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviews import diagrams
from interviews.models import Answer
from interviews.work import MAX_DIAGRAM
from tests.interviews.rich_stage import enrich

FROM_SCRIPT = {"HX-Request": "true"}
SOURCE = "shop -> payments: charge"


@pytest.fixture
def scenario_data(scenario_data: dict[str, Any]) -> dict[str, Any]:
    return enrich(scenario_data)


@pytest.fixture
def draw(ada: Client, answer: Answer, stage_url: Callable[..., str]) -> Callable[[str], Any]:
    """Send a diagram as the page's script does."""

    def post(source: str) -> Any:
        return ada.post(stage_url("diagram/"), {"diagram": source}, headers=FROM_SCRIPT)

    return post


def test_the_preview_renders_what_learners_may_write_and_nothing_else(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    text = "**bold**\n\n- one\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    html = ada.post(stage_url("preview/"), {"text": text}, headers=FROM_SCRIPT).text
    assert "<strong>bold</strong>" in html
    assert "<li>one</li>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    answer.refresh_from_db()
    assert answer.text == ""


def test_the_preview_of_nothing_says_so(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    assert "Nothing is written yet." in ada.post(stage_url("preview/"), {"text": " "}).text


def test_a_diagram_is_drawn_as_it_is_typed(draw: Callable[[str], Any]) -> None:
    response = draw(SOURCE)
    assert '<svg role="img"' in response.text or "<svg" in response.text
    assert "Your diagram: Design" in response.text
    assert "payments" in response.text
    assert "style=" not in response.text


def test_a_mistake_is_said_with_its_line_and_leaves_the_last_picture(
    draw: Callable[[str], Any],
) -> None:
    response = draw("a -> b\nc: {")
    assert "Line 2" in response.text
    assert "<svg" not in response.text
    assert response["HX-Retarget"] == "#picture-problem"


@pytest.mark.parametrize(
    "source", ["x: { icon: https://example.org/x.png }", "...@/etc/passwd", "x" * (MAX_DIAGRAM + 1)]
)
def test_a_diagram_reads_no_files_and_stays_within_its_size(
    draw: Callable[[str], Any], source: str
) -> None:
    response = draw(source)
    assert response.status_code == 200
    assert "root:" not in response.text
    assert "example.org" not in response.text


def test_who_draws_too_much_is_told_to_wait_and_pictures_that_are_known_are_free(
    draw: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(SOURCE)
    monkeypatch.setattr(diagrams, "BUDGET_MS", 0)
    assert "<svg" in draw(SOURCE).text
    assert "wait a moment" in draw("other -> things").text


def test_without_script_the_button_stores_everything_and_the_page_shows_the_picture(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    typed = {"text": "words", "version": 0, "estimate-rate": "3/s", "diagram": SOURCE}
    page = ada.post(stage_url("diagram/"), typed, follow=True).text
    answer.refresh_from_db()
    assert (answer.text, answer.diagram) == ("words", SOURCE)
    assert "<svg" in page
    assert "shop -&gt; payments: charge</textarea>" in page


def test_the_picture_stands_beside_the_answer_in_the_debrief(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    Answer.objects.update(diagram=SOURCE)
    assert "Your diagram: Design" in ada.get(stage_url()).text
    ada.post(f"/interviews/sessions/{graded.interview_id}/finish/")
    debrief = ada.get(f"/interviews/sessions/{graded.interview_id}/debrief/").text
    assert "Your diagram: Design" in debrief
    assert "css/diagrams.css" in debrief


def test_a_stage_without_a_diagram_has_no_pad(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("open/", "failure"))
    assert 'id="diagram"' not in ada.get(stage_url(stage="failure")).text


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(source=st.text(st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_no_diagram_is_an_error_of_ours(draw: Callable[[str], Any], source: str) -> None:
    assert draw(source).status_code == 200
