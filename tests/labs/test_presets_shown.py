"""Which preset a run is one of is said beside the run and on the preset's own chip."""

import re
from html import escape

import pytest
from django.test import Client

from labs.base import to_query
from labs.embeds import render_lab
from labs.registry import get_lab
from labs.templatetags.figures import figures

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "/labs/circuit-breaker/"
CALCULATOR = "/calculators/inference-memory/"
HYSTRIX = get_lab("circuit-breaker").presets["hystrix"]
CURRENT = re.compile(r'<a class="chip" id="([^"]+)" aria-current="true"')
OUT_OF_BAND = re.compile(r'<div class="chips" id="([^"]+)" hx-swap-oob="outerMorph"')


def sentence(text: str) -> str:
    """The sentence shown with the run about the preset it is, as HTML, or nothing."""
    found = re.search(r'<p class="small preset-note">(.*?)</p>', text, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without script", "with htmx"])
def test_the_run_of_a_preset_says_whose_settings_these_are(
    stranger: Client, headers: dict[str, str]
) -> None:
    text = stranger.get(PAGE, to_query(HYSTRIX.parameters), headers=headers).content.decode()
    assert sentence(text) == f"<b>Hystrix.</b> {escape(figures(HYSTRIX.note))}"
    assert CURRENT.findall(text) == ["lab-circuit-breaker-preset-hystrix"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without script", "with htmx"])
def test_one_setting_away_from_the_preset_nothing_is_said_of_it(
    stranger: Client, headers: dict[str, str]
) -> None:
    query = to_query(HYSTRIX.parameters) | {"rate": "50"}
    text = stranger.get(PAGE, query, headers=headers).content.decode()
    assert sentence(text) == ""
    assert CURRENT.findall(text) == []


def test_a_run_of_other_settings_brings_the_state_of_all_chips_with_it(stranger: Client) -> None:
    text = stranger.get(PAGE, {"rate": "50"}, headers=HTMX).content.decode()
    assert OUT_OF_BAND.findall(text) == [
        "lab-circuit-breaker-presets",
        "lab-circuit-breaker-options",
    ]
    assert "hx-swap-oob" not in stranger.get(PAGE).content.decode()
    assert "hx-swap-oob" not in stranger.get(PAGE, {"whole": "1"}, headers=HTMX).content.decode()


def test_settings_that_cannot_be_run_are_no_preset(stranger: Client) -> None:
    query = to_query(HYSTRIX.parameters) | {"rate": "many"}
    text = stranger.get(PAGE, query, headers=HTMX).content.decode()
    assert (sentence(text), CURRENT.findall(text)) == ("", [])
    assert "lab-circuit-breaker-presets" in OUT_OF_BAND.findall(text)


def test_an_answer_to_the_prediction_is_marked_until_the_settings_change(stranger: Client) -> None:
    asked = to_query(get_lab("circuit-breaker").prediction.parameters) | {"predict": "most"}
    text = stranger.get(PAGE, asked | {"whole": "1"}, headers=HTMX).content.decode()
    assert "lab-circuit-breaker-predict-most" in CURRENT.findall(text)
    later = stranger.get(PAGE, {"rate": "50"}, headers=HTMX).content.decode()
    assert CURRENT.findall(later) == []


def test_the_second_lab_of_a_lesson_gets_its_own_chips(stranger: Client) -> None:
    query = to_query(HYSTRIX.parameters) | {"embed": "2"}
    text = stranger.get(PAGE, query, headers=HTMX).content.decode()
    assert OUT_OF_BAND.findall(text) == [
        "lab-circuit-breaker-2-presets",
        "lab-circuit-breaker-2-options",
    ]
    assert CURRENT.findall(text) == ["lab-circuit-breaker-2-preset-hystrix"]
    assert '"embed": "2"' in text
    lesson = render_lab("circuit-breaker", "hystrix", place=2)
    assert all(f'id="{name}"' in lesson for name in OUT_OF_BAND.findall(text))
    assert "hx-swap-oob" not in lesson
    assert sentence(lesson) == sentence(text) != ""


def test_the_form_of_a_lesson_opens_the_labs_own_page_without_script(stranger: Client) -> None:
    text = stranger.get(PAGE, {"embed": "1", "rate": "50"}).content.decode()
    assert text.count('id="lab-circuit-breaker-title"') == 1
    assert 'name="embed"' not in text


def test_an_estimate_brings_the_state_of_its_presets_with_it(stranger: Client) -> None:
    first = stranger.get(CALCULATOR, headers=HTMX).content.decode()
    assert CURRENT.findall(first) == ["calculator-inference-memory-preset-llama-3-70b"]
    assert OUT_OF_BAND.findall(first) == ["calculator-inference-memory-presets"]
    other = stranger.get(CALCULATOR, {"gpus": "7"}, headers=HTMX).content.decode()
    assert CURRENT.findall(other) == []
    second = stranger.get(CALCULATOR, {"embed": "2"}, headers=HTMX).content.decode()
    assert OUT_OF_BAND.findall(second) == ["calculator-inference-memory-2-presets"]
