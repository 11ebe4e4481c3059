"""Waiting for a grade: by events, and by asking when there are none."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Installation
from tests.browser.people import sign_up

pytestmark = pytest.mark.browser
SECONDS = 4


@contextmanager
def nobody_grades(installation: Installation) -> Iterator[None]:
    """Stop the worker for as long as one looks at a page that waits."""
    _web, worker, *_others = json.loads((installation.var / "processes.json").read_text())
    os.killpg(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker, signal.SIGCONT)


def hand_in(page: Page) -> None:
    """Start an interview and submit its first stage."""
    sign_up(page)
    page.goto("/interviews/")
    page.locator("main").get_by_role("link", name="payment path").first.click()
    page.get_by_role("button", name="Start").first.click()
    page.locator("textarea#answer").fill("We keep every charge in a durable queue and retry it.")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")
    page.get_by_role("button", name="Submit this stage").click()
    expect(page.locator(".result-region .headline")).to_be_visible()


def questions(page: Page) -> list[str]:
    """A list to which every question about the grading is added."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/grading/"):
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_page_that_hears_of_its_grade_does_not_ask(
    page: Page, installation: Installation
) -> None:
    with nobody_grades(installation):
        with page.expect_response("**/events/interviews/**") as stream:
            hand_in(page)
        assert stream.value.status == 200
        page.wait_for_timeout(2000)
        asked = questions(page)
        page.wait_for_timeout(SECONDS * 1000)
        assert len(asked) <= 1, "Only the heartbeat makes it look."
    expect(page.locator(".criteria li").first).to_be_visible(timeout=60_000)


def test_a_page_without_events_asks_every_second(
    new_page: Callable[..., Page], installation: Installation
) -> None:
    page = new_page()
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/events/interviews/**", refuse)
    with nobody_grades(installation):
        hand_in(page)
        for _question in range(3):
            page.wait_for_event("request", lambda request: request.url.endswith("/grading/"))
        assert refused
    expect(page.locator(".criteria li").first).to_be_visible(timeout=60_000)
