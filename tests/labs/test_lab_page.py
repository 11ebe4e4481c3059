"""The page of a lab: every state has an address, bad values get sentences."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labs.registry import all_labs

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
        st.sampled_from(["seed", "predict", "embed", "whole", "open_s", "request_rate", "x"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        max_size=4,
    )
)
def test_no_query_is_an_error_of_ours(stranger: Client, query: dict[str, str]) -> None:
    assert stranger.get(PAGE, query).status_code in {200, 422}


def test_an_unknown_lab_is_not_found(stranger: Client) -> None:
    assert stranger.get("/labs/perpetual-motion/").status_code == 404


def test_the_page_needs_no_more_than_a_query_for_the_user(
    ada: Client, stranger: Client, django_assert_num_queries: object
) -> None:
    stranger.get(PAGE)
    with django_assert_num_queries(0):  # type: ignore[operator]
        stranger.get(PAGE)
