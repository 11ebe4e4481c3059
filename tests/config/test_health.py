"""What a load balancer is told."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_being_alive_depends_on_nothing(
    stranger: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert stranger.get("/health/alive/").content == b"alive\n"


def test_ready_says_what_it_found_and_how_grading_stands(stranger: Client) -> None:
    told = stranger.get("/health/ready/")
    assert told.status_code == 200
    assert told.json()["database"] == "ok"
    assert told.json()["cache"] == "ok"
    assert told.json()["grading"]["waiting"] == 0


def test_a_missing_cache_is_told_with_503(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.cache import cache

    def refuse(*args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "set", refuse)
    told = stranger.get("/health/ready/")
    assert told.status_code == 503
    assert told.json()["cache"] == "unreachable"
