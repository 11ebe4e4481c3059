"""Runs that are not in the cache are limited for each person."""

import pytest
from django.core.cache import cache
from django.test import Client

from labs import limits
from labs.base import challenge_seeds
from labs.models import ChallengeCheck
from labs.registry import get_lab

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "/labs/circuit-breaker/"


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs a minute for a visitor and four for a member, in a minute that does not end."""
    cache.clear()
    monkeypatch.setattr(limits, "VISITORS_RUNS", 2)
    monkeypatch.setattr(limits, "MEMBERS_RUNS", 4)
    monkeypatch.setattr(limits, "WINDOW_S", 10**9)


def runs(client: Client, seeds: range) -> list[int]:
    """The status of one new run per seed."""
    return [client.get(PAGE, {"seed": seed}, headers=HTMX).status_code for seed in seeds]


def test_a_visitor_who_asks_too_often_is_told_to_wait_and_keeps_the_form(stranger: Client) -> None:
    assert runs(stranger, range(3)) == [200, 200, 429]
    response = stranger.get(PAGE, {"seed": 3}, headers=HTMX)
    assert "your settings are still in the form" in response.content.decode()
    assert response["Retry-After"]
    assert response["HX-Retarget"] == "#lab-circuit-breaker-readout"


def test_runs_from_the_cache_are_free(stranger: Client) -> None:
    assert runs(stranger, range(2)) == [200, 200]
    assert runs(stranger, range(2)) == [200, 200]


def test_a_page_that_cannot_be_run_says_so_and_leads_back(stranger: Client) -> None:
    runs(stranger, range(2))
    response = stranger.get(PAGE, {"seed": 3})
    assert response.status_code == 429
    assert f'href="{PAGE}"' in response.content.decode()


def test_two_visitors_behind_one_address_share_a_limit_and_a_member_has_more(
    stranger: Client, ada: Client
) -> None:
    runs(stranger, range(2))
    assert Client().get(PAGE, {"seed": 3}).status_code == 429
    assert runs(ada, range(10, 15)) == [200, 200, 200, 200, 429]


def test_checking_a_challenge_counts_its_runs(stranger: Client) -> None:
    lab = get_lab("circuit-breaker")
    assert len(challenge_seeds(lab, lab.challenges[0])) > limits.VISITORS_RUNS
    response = stranger.post(f"{PAGE}check/{lab.challenges[0].id}/", headers=HTMX)
    assert response.status_code == 429
    assert not ChallengeCheck.objects.exists()
