"""Every learner page, on a desk by day and a phone by night: axe is content, nothing sticks out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import interviewing as walk
from tests.browser.conftest import DESKTOP, PHONE, Installation
from tests.browser.layout import sticking_out
from tests.browser.people import sign_up

pytestmark = pytest.mark.browser

type NewPage = Callable[..., Page]
type Check = Callable[[Page], None]

PUBLIC = [
    "/",
    "/courses/",
    "/courses/microservices/",
    "/courses/microservices/why-patterns/",
    "/courses/microservices/circuit-breaker/",
    "/courses/microservices/retry/",
    "/courses/genai/inference-memory/",
    "/labs/",
    "/labs/circuit-breaker/",
    "/labs/circuit-breaker/?rate=abc",
    "/labs/retry-storm/",
    "/calculators/",
    "/calculators/inference-memory/",
    "/calculators/inference-memory/?gpus=-1",
    "/interviews/",
    "/interviews/payment-path/",
    "/dashboard/",
    "/no-such-page/",
]
PERSONAL = ["/courses/microservices/", "/courses/microservices/retry/", "/interviews/payment-path/"]
"""What looks different once somebody is signed in; the walks below see the rest."""
PROBLEMS = ["400", "403_csrf", "429", "500", "503"]
"""Templates of pages that stand when the rest does not."""
# What is wrong in one theme is wrong at any width: each width and each theme once.
LOOKS: dict[str, dict[str, Any]] = {
    "desk-by-day": {"viewport": DESKTOP, "color_scheme": "light"},
    "phone-by-night": {"viewport": PHONE, "color_scheme": "dark"},
}


@pytest.fixture(params=LOOKS.values(), ids=LOOKS.keys())
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A window's size and theme."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, installation: Installation) -> Any:
    """The cookies of one learner, signed up once for all tests of this file."""
    context = browser.new_context(base_url=installation.url)
    sign_up(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def assert_sound(assert_accessible: Check) -> Check:
    """Return a function that asks axe, and whether the page scrolls sideways."""

    def check(page: Page) -> None:
        for embed in page.locator(".quiz-embed").all():
            embed.scroll_into_view_if_needed()
            expect(embed.locator(".quiz")).to_be_visible()
        assert_accessible(page)
        assert sticking_out(page) == []

    return check


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_is_sound_for_a_stranger(
    address: str, look: dict[str, Any], new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(**look)
    page.goto(address)
    assert_sound(page)


@pytest.mark.parametrize("address", PERSONAL)
def test_a_page_is_sound_for_a_learner(
    address: str, look: dict[str, Any], signed_in: Any, new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(storage_state=signed_in, **look)
    page.goto(address)
    assert_sound(page)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_page_that_reports_a_problem_is_sound(
    name: str, look: dict[str, Any], new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(**look)
    page.goto("/courses/")
    head = page.locator("head link[rel=stylesheet]").first.get_attribute("href")
    assert head is not None
    html = re.sub(
        r'href="[^"]*loadmark[^"]*\.css"', f'href="{head}"', render_to_string(f"{name}.html")
    )

    def answer(route: Route) -> None:
        route.fulfill(status=500, content_type="text/html; charset=utf-8", body=html)

    page.route("**/broken/", answer)
    page.goto("/broken/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_sound(page)


def test_a_lab_is_sound_after_a_run_a_failed_challenge_and_a_bad_value(
    look: dict[str, Any], new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(**look)
    page.goto("/labs/retry-storm/")
    page.get_by_role("link", name="Envoy").click()
    expect(page.locator(".chip[aria-current]")).to_have_text("Envoy")
    page.locator(".predict .chip").first.click()
    expect(page.locator(".story strong")).to_be_visible()
    page.get_by_role("button", name="Check my settings").first.click()
    expect(page.locator(".checks").first).to_be_visible()
    page.locator("load-chart").first.scroll_into_view_if_needed()
    expect(page.locator("load-chart canvas").first).to_be_visible()
    assert_sound(page)
    page.locator("[name=rate]").fill("99999")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".readout [role=alert]")).to_contain_text("not 99999")
    assert_sound(page)


def test_a_quiz_is_sound_at_every_step(
    look: dict[str, Any], new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(**look)
    page.goto("/quizzes/circuit-breaker-basics/")
    quiz = page.locator(".quiz")
    seen: set[str] = set()
    for number in range(1, 8):
        expect(quiz).to_contain_text(f"Question {number} of 7")
        kind = quiz.locator("form input:not([type=hidden])").first.get_attribute("type") or "text"
        if kind not in seen:
            quiz.get_by_role("button", name="Answer").click()
            expect(quiz.locator(".errorlist")).to_be_visible()
            assert_sound(page)
        answer(quiz.locator("form"), kind)
        expect(quiz.locator(".explanation")).to_be_visible()
        if kind not in seen:
            assert_sound(page)
        seen.add(kind)
        quiz.get_by_role("link", name=re.compile("Next question|See the result")).click()
    assert seen == {"text", "radio", "checkbox"}
    expect(quiz).to_contain_text("Your result")
    assert_sound(page)


def answer(form: Locator, kind: str) -> None:
    """Answer a question somehow."""
    if kind == "text":
        form.locator("input[name=number]").fill("100")
    else:
        form.locator(f"input[type={kind}]").first.check()
    form.get_by_role("button", name="Answer").click()


def test_an_interview_is_sound_from_its_first_stage_to_the_dashboard(
    look: dict[str, Any], signed_in: Any, new_page: NewPage, assert_sound: Check
) -> None:
    page = new_page(storage_state=signed_in, **look)
    page.goto("/interviews/payment-path/")
    page.get_by_role("button", name="Start the interview").click()
    page.locator("#answer").fill("We queue the charge and take the order, 20 orders/s.")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")
    assert_sound(page)
    page.get_by_role("button", name="Submit this stage").click()
    expect(page.locator(".criteria li").first).to_be_visible(timeout=60_000)
    assert_sound(page)
    page.get_by_role("button", name="Begin the next stage").click()
    page.locator(".estimate-fields input").first.fill("600")
    expect(page.locator(".reading").first).to_have_text("Read as 600.")
    walk.submit(page)
    page.get_by_text("End this interview early").click()
    page.get_by_role("button", name="End the interview").click()
    expect(page.get_by_role("heading", name="Stage by stage")).to_be_visible()
    expect(page.locator(".debrief .criteria")).to_have_count(2, timeout=60_000)
    expect(page.get_by_role("heading", name="Follow-up questions")).to_be_visible()
    assert_sound(page)
    for address in ("/interviews/", "/dashboard/"):
        page.goto(address)
        assert_sound(page)
