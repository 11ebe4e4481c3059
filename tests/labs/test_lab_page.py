"""The page of a lab: every state has an address, bad values get sentences."""

import re
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import conditional_escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labs.base import Lab, to_query
from labs.embeds import render_lab
from labs.registry import all_labs, get_lab
from labs.templatetags.figures import figures

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "/labs/circuit-breaker/"


@pytest.mark.parametrize("slug", [lab.slug for lab in all_labs()])
def test_every_lab_has_a_page_for_strangers(stranger: Client, slug: str) -> None:
    page = stranger.get(f"/labs/{slug}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "load-chart" in text
    assert "Data as a table" in text
    assert "Challenge" in text


def test_the_list_shows_every_lab_and_calculator(stranger: Client) -> None:
    text = stranger.get("/labs/").content.decode()
    for lab in all_labs():
        assert f"/labs/{lab.slug}/" in text
    assert "/calculators/inference-memory/" in text


def test_the_same_address_gives_the_same_run_with_and_without_the_cache(stranger: Client) -> None:
    from django.core.cache import cache

    first = stranger.get(PAGE + "?seed=7", headers=HTMX).content
    assert stranger.get(PAGE + "?seed=7", headers=HTMX).content == first
    cache.clear()
    assert stranger.get(PAGE + "?seed=7", headers=HTMX).content == first


def test_a_fragment_is_only_the_readout_and_says_its_address(stranger: Client) -> None:
    response = stranger.get(PAGE + "?seed=7", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert response["HX-Replace-Url"] == PAGE + "?seed=7"
    assert "HX-Request" in response["Vary"]


def test_inside_a_lesson_the_address_of_the_page_stays(stranger: Client) -> None:
    response = stranger.get(PAGE + "?seed=7&embed=1", headers=HTMX)
    assert "HX-Replace-Url" not in response


def test_a_value_out_of_range_gets_a_sentence_and_stays_typed(stranger: Client) -> None:
    lab = next(lab for lab in all_labs() if lab.slug == "circuit-breaker")
    spec = next(spec for spec in lab.specs if not spec.choices)
    page = stranger.get(PAGE, {spec.name: "99999999"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "must be from" in text
    assert 'value="99999999"' in text


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    query=st.dictionaries(
        st.sampled_from(["seed", "predict", "embed", "whole", "before", "open_s", "x"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        max_size=4,
    )
)
def test_no_query_is_an_error_of_ours(stranger: Client, query: dict[str, str]) -> None:
    assert stranger.get(PAGE, query).status_code in {200, 422}


def test_a_tile_tells_the_change_against_the_run_before(stranger: Client) -> None:
    stranger.get(PAGE)
    text = stranger.get(PAGE, {"timeout_s": "0.3", "before": ""}, headers=HTMX).content.decode()
    assert "against the run before" in text
    assert 'name="before"' in text
    assert 'value="?timeout_s=0.3"' in text


@pytest.mark.parametrize("before", ["?rate=1e9", "?x=%00", "?seed=-1", "?rate=60&" * 400, "\0"])
def test_a_forged_run_before_is_as_good_as_none(stranger: Client, before: str) -> None:
    response = stranger.get(PAGE, {"timeout_s": "0.3", "before": before}, headers=HTMX)
    assert response.status_code == 200
    assert "against the run before" not in response.content.decode()


def test_the_run_before_is_never_made_for_the_sake_of_comparing(stranger: Client) -> None:
    query = {"timeout_s": "0.3", "before": "?seed=987654"}
    text = stranger.get(PAGE, query, headers=HTMX).content.decode()
    assert "against the run before" not in text


def test_the_first_view_does_not_answer_the_prediction(stranger: Client) -> None:
    asked = get_lab("circuit-breaker").prediction
    text = stranger.get(PAGE).content.decode()
    assert figures(asked.question) in text
    assert "Not this time" not in text
    assert figures(asked.because(get_lab("circuit-breaker").run(asked.parameters))) not in text


@pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.slug)
def test_each_answer_to_a_prediction_is_a_link_that_checks_it(
    stranger: Client, lab: Lab[Any]
) -> None:
    asked = lab.prediction
    right = asked.answer(lab.run(asked.parameters))
    for option in asked.options:
        query = to_query(asked.parameters) | {"predict": option.id}
        assert (
            f'href="/labs/{lab.slug}/?{escape(urlencode(query))}"'
            in stranger.get(f"/labs/{lab.slug}/").content.decode()
        )
        text = stranger.get(f"/labs/{lab.slug}/", query).content.decode()
        assert ("Right." if option.id == right else "Not this time.") in text


@pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.slug)
def test_why_an_answer_is_right_is_said_once(stranger: Client, lab: Lab[Any]) -> None:
    asked = lab.prediction
    reason = conditional_escape(figures(asked.because(lab.run(asked.parameters))))
    query = to_query(asked.parameters) | {"predict": asked.options[0].id}
    assert stranger.get(f"/labs/{lab.slug}/", query).content.decode().count(reason) == 1


def test_a_prediction_about_other_settings_is_not_judged(stranger: Client) -> None:
    text = stranger.get(PAGE, {"predict": "most"}).content.decode()
    assert "Right." not in text
    assert "Not this time." not in text


def test_the_page_says_what_the_model_holds(stranger: Client) -> None:
    assert "What the model holds" in stranger.get(PAGE).content.decode()


@pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.slug)
def test_every_lab_can_stand_in_a_lesson_with_each_of_its_presets(lab: Lab[Any]) -> None:
    for name, preset in lab.presets.items():
        text = render_lab(lab.slug, name)
        assert lab.run(preset.parameters).tiles[0].text.partition(" ")[0] in text
        assert "csrf" not in text


def test_labs_of_one_lesson_keep_their_elements_apart(stranger: Client) -> None:
    first, second = (render_lab("circuit-breaker", "hystrix", place=place) for place in (1, 2))
    ids = re.compile(r' id="([^"]+)"')
    assert not set(ids.findall(first)) & set(ids.findall(second))
    fragment = stranger.get(PAGE, {"embed": "2", "whole": "1"}, headers=HTMX).content.decode()
    assert set(ids.findall(fragment)) == set(ids.findall(second))


@pytest.mark.parametrize("slug", ["sidecar", "circuit-breaker"])
def test_only_a_lab_that_draws_lots_speaks_of_seeds(stranger: Client, slug: str) -> None:
    is_drawn = not get_lab(slug).is_exact
    easy = get_lab(slug).challenges[0].id
    text = stranger.get(f"/labs/{slug}/").content.decode()
    text += stranger.post(f"/labs/{slug}/check/{easy}/", {}).content.decode()
    shown = text.partition("What the model holds")[0]
    assert ("Seed" in shown, "seeds you have not seen" in text) == (is_drawn, is_drawn)
    assert ("Nothing is drawn by lot" in shown) == (not is_drawn)
    assert "Not yet." in text


def test_without_script_the_forms_open_the_page_at_their_answers(stranger: Client) -> None:
    text = stranger.get(PAGE).content.decode()
    aims = re.findall(r'<form [^>]*action="[^"#]*#([^"]+)"', text)
    assert "lab-circuit-breaker-readout" in aims
    assert len(aims) == 1 + len(get_lab("circuit-breaker").challenges)
    assert all(f'id="{aim}"' in text for aim in aims)


def test_an_unknown_lab_is_not_found(stranger: Client) -> None:
    assert stranger.get("/labs/perpetual-motion/").status_code == 404


def test_another_run_asks_nothing_of_the_database(
    ada: Client, django_assert_num_queries: object
) -> None:
    run = {"HX-Request": "true"}
    ada.get(PAGE, headers=run)
    with django_assert_num_queries(0):  # type: ignore[operator]
        ada.get(PAGE, headers=run)


def test_the_page_needs_no_more_than_a_query_for_the_user(
    ada: Client, stranger: Client, django_assert_num_queries: object
) -> None:
    stranger.get(PAGE)
    with django_assert_num_queries(0):  # type: ignore[operator]
        stranger.get(PAGE)
