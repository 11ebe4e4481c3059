"""The whole path of a learner: read, experiment, quiz, interview, progress, as one person."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.labs.solutions import solution_of

pytestmark = pytest.mark.browser

LESSON = "/courses/microservices/circuit-breaker/"
SCENARIO = Path(__file__).parents[2] / "content/microservices/scenarios/payment-path.yaml"
WEAK_ANSWER = "We add more servers and hope that the provider comes back soon."


def test_a_stranger_reads_experiments_answers_and_signs_up_without_losing_anything(
    page: Page,
) -> None:
    page.goto("/")
    page.get_by_role("link", name="See the courses").click()
    page.get_by_role("link", name="Microservices patterns").click()
    page.locator("main").get_by_role("link", name="Circuit breaker", exact=True).click()
    expect(page).to_have_url(re.compile(LESSON))
    expect(page.get_by_role("heading", level=1)).to_have_text("Circuit breaker")
    expect(page.locator("figure.diagram svg").first).to_be_visible()

    _experiment(page)
    _pass_challenge(page)
    _answer_quiz(page)

    email = f"reader-{secrets.token_hex(4)}@example.org"
    page.goto("/dashboard/")
    expect(page.get_by_text("Sign up to keep it")).to_be_visible()
    page.get_by_role("link", name="Sign up and keep it").click()
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", "a long and quiet passphrase")
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/dashboard/")
    expect(page.locator("main")).to_contain_text("Circuit breaker")
    expect(page.locator(".resume")).to_contain_text("Circuit breaker")

    _interview(page)
    page.goto("/dashboard/")
    expect(page.locator("section", has=page.locator("#interviews"))).to_contain_text(
        "survives its provider"
    )
    page.locator(".resume").get_by_role("link", name="Continue").click()
    expect(page).to_have_url(re.compile(LESSON))


def _experiment(page: Page) -> None:
    lab = page.locator("#lab-circuit-breaker")
    lab.scroll_into_view_if_needed()
    tile = lab.locator(".tiles .value").first
    before = tile.inner_text()
    for name, value in solution_of("circuit-breaker")[1].items():
        field = lab.locator(f"[name={name}]")
        field.fill(value)
        field.dispatch_event("change")
    lab.get_by_role("button", name="Run").click()
    expect(tile).not_to_have_text(before)
    expect(lab.locator("load-chart canvas").first).to_be_visible()
    expect(page).to_have_url(re.compile(LESSON + "$"))


def _pass_challenge(page: Page) -> None:
    challenge = page.locator("#lab-circuit-breaker .challenge").first
    challenge.get_by_role("button", name="Check my settings").click()
    expect(challenge).to_contain_text("Done: every criterion holds")


def _answer_quiz(page: Page) -> None:
    """Answer every question somehow: the path matters here, not the score."""
    page.locator(".quiz-embed").first.scroll_into_view_if_needed()
    quiz = page.locator(".quiz-embed .quiz").first
    for number in range(1, 8):
        expect(quiz).to_contain_text(f"Question {number} of 7")
        options = quiz.locator("input[type=radio], input[type=checkbox]")
        if options.count():
            options.first.check()
        else:
            quiz.locator("form input:not([type=hidden])").fill("100")
        quiz.get_by_role("button", name="Answer").click()
        expect(quiz.locator(".explanation")).to_be_visible()
        quiz.get_by_role("link", name=re.compile("Next question|See the result")).click()
    expect(quiz).to_contain_text("Your result")


def _interview(page: Page) -> None:
    """Answer all stages well but the last one, and read what the grader says."""
    page.goto("/interviews/")
    page.locator("main").get_by_role("link", name=re.compile("payment path")).first.click()
    page.get_by_role("button", name=re.compile("Start|Begin")).first.click()
    stages = yaml.safe_load(SCENARIO.read_text())["stages"]
    answers = [*(stage["model_answer"] for stage in stages[:-1]), WEAK_ANSWER]
    for answer in answers:
        page.locator("textarea#answer").fill(answer)
        expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")
        page.get_by_role("button", name="Submit this stage").click()
        expect(page.locator(".criteria li").first).to_be_visible(timeout=60_000)
        if answer != WEAK_ANSWER:
            expect(page.locator("blockquote mark").first).to_be_visible()
            expect(page.locator(".criteria li.met").first).to_be_visible()
            page.get_by_role("button", name="Begin the next stage").click()
    expect(page.locator(".criteria li.missed").first).to_be_visible()
    page.get_by_role("link", name="See the whole debrief").click()
    expect(page.get_by_role("img", name=re.compile("Points by dimension"))).to_be_visible()
    _follow_up(page)


def _follow_up(page: Page) -> None:
    """Answer the first follow-up question; what is typed for another one stays."""
    first, second = (
        page.locator(".follow-up-region").first,
        page.locator(".follow-up-region").nth(1),
    )
    expect(first.get_by_role("heading")).to_contain_text("?")
    second.locator("textarea").fill("Not finished yet")
    first.get_by_role("button", name="Submit this answer").click()
    expect(first.get_by_role("alert")).to_contain_text("Write an answer first")
    first.locator("textarea").fill(WEAK_ANSWER)
    first.get_by_role("button", name="Submit this answer").click()
    expect(first).to_contain_text("Would have earned", timeout=60_000)
    expect(second.locator("textarea")).to_have_value("Not finished yet")


def test_a_lesson_is_the_same_for_everybody_and_asks_nobody_else(
    new_page: Callable[..., Page],
) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LESSON)
    page.wait_for_load_state("networkidle")
    origin = page.evaluate("location.origin")
    assert [url for url in asked if not url.startswith((origin, "data:", "blob:"))] == []
