"""Where a page hears of its grade, and what it is allowed for that."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from interviews.models import Answer

PAGE = "interviews/sessions/"


def connect_rule(client: Client, url: str) -> str:
    policy = client.get(url).headers["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("connect-src"))


def test_without_events_a_page_asks_every_second_and_may_connect_to_nobody_else(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert 'hx-trigger="every 1s, look"' in page
    assert "data-events" not in page
    assert connect_rule(ada, stage_url()) == "connect-src 'self'"


def test_with_a_port_the_page_listens_there_and_its_policy_names_this_host_only(
    ada: Client, submitted: Answer, stage_url: Callable[..., str], settings: Settings
) -> None:
    settings.EVENTS = "8001"
    address = f":8001/events/interviews/{submitted.interview_id}/design/"
    assert f'data-events="{address}"' in ada.get(stage_url()).text
    assert connect_rule(ada, stage_url()) == "connect-src 'self' http://testserver:8001"
    assert connect_rule(ada, "/interviews/") == "connect-src 'self'"


def test_behind_a_proxy_the_page_listens_on_its_own_site(
    ada: Client, submitted: Answer, stage_url: Callable[..., str], settings: Settings
) -> None:
    settings.EVENTS = "same"
    address = f"/events/interviews/{submitted.interview_id}/design/"
    assert f'data-events="{address}"' in ada.get(stage_url()).text
    assert connect_rule(ada, stage_url()) == "connect-src 'self'"


def test_a_graded_answer_waits_for_nothing(
    ada: Client, graded: Answer, stage_url: Callable[..., str], settings: Settings
) -> None:
    settings.EVENTS = "8001"
    assert "data-events" not in ada.get(stage_url()).text


def test_the_web_server_itself_serves_no_events(ada: Client, submitted: Answer) -> None:
    response = ada.get(f"/events/interviews/{submitted.interview_id}/design/")
    assert response.status_code == 404


@pytest.mark.parametrize("value", ["on", "http://elsewhere", "-1"])
def test_a_wrong_address_of_events_is_refused_at_the_start(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    from django.core.exceptions import ImproperlyConfigured

    from config import settings as module

    monkeypatch.setenv("EVENTS", value)
    with pytest.raises(ImproperlyConfigured, match="EVENTS must be"):
        importlib.reload(module)
