"""Without JavaScript: reading, labs, quizzes and interviews work with links and forms alone."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import interviewing as walk
from tests.browser.interviewing import CARD_PICTURES, SCRIPTS, Script
from tests.labs.solutions import solution_of

pytestmark = pytest.mark.browser

LESSON = "/courses/microservices/circuit-breaker/"


@pytest.fixture
def plain_page(new_page: Callable[..., Page]) -> Page:
    """A window in which no script runs."""
    return new_page(java_script_enabled=False)


def test_a_stranger_reads_a_free_lesson(plain_page: Page) -> None:
    plain_page.goto("/courses/")
    plain_page.get_by_role("link", name="Microservices patterns").click()
    plain_page.locator("main").get_by_role("link", name="Circuit breaker", exact=True).click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Circuit breaker")
    expect(plain_page.locator("figure.diagram svg").first).to_be_visible()
    expect(plain_page.get_by_role("navigation", name="Course outline")).to_be_visible()
    assert no_dead_controls(plain_page)


def test_a_stranger_sees_a_run_in_the_lesson_and_runs_it_with_the_form(plain_page: Page) -> None:
    plain_page.goto(LESSON)
    lab = plain_page.locator("#lab-circuit-breaker")
    first = lab.locator(".tiles .value").first.inner_text()
    expect(lab.locator(".story")).to_contain_text("The breaker opened")
    for name, value in solution_of("circuit-breaker")[1].items():
        lab.locator(f"[name={name}]").fill(value)
    lab.get_by_role("button", name="Run").click()
    expect(plain_page).to_have_url(re.compile("/labs/circuit-breaker/.*timeout_s="))
    expect(plain_page.locator(".tiles .value").first).not_to_have_text(first)
    assert no_dead_controls(plain_page)


def test_a_stranger_passes_a_challenge_and_reads_what_is_wrong(plain_page: Page) -> None:
    plain_page.goto("/labs/circuit-breaker/")
    plain_page.get_by_role("link", name="Polly").click()
    expect(plain_page.locator(".chip[aria-current]")).to_have_text("Polly")
    for name, value in solution_of("circuit-breaker")[1].items():
        plain_page.locator(f"[name={name}]:not([type=hidden])").fill(value)
    plain_page.get_by_role("button", name="Run").click()
    challenge = plain_page.locator(".challenge").first
    challenge.get_by_role("button", name="Check my settings").click()
    expect(plain_page.locator(".challenge").first).to_contain_text("Done: every criterion holds")
    plain_page.locator("[name=rate]:not([type=hidden])").fill("99999")
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.locator(".readout")).to_contain_text("not 99999")


def test_a_stranger_answers_a_whole_quiz_to_its_result(plain_page: Page) -> None:
    plain_page.goto(LESSON)
    plain_page.get_by_role("link", name="Open the quiz").click()
    quiz = plain_page.locator(".quiz")
    for number in range(1, 8):
        expect(quiz).to_contain_text(f"Question {number} of 7")
        answer_somehow(quiz.locator("form"))
        expect(quiz.locator(".explanation")).to_be_visible()
        quiz.get_by_role("link", name=re.compile("Next question|See the result")).click()
    expect(quiz).to_contain_text("Your result")
    expect(quiz.locator(".criteria > li")).to_have_count(7)
    quiz.get_by_role("link", name="Back to the lesson").click()
    expect(plain_page).to_have_url(re.compile(LESSON))


def answer_somehow(form: Locator) -> None:
    """Answer whatever is asked."""
    options = form.locator("input[type=radio], input[type=checkbox]")
    if options.count():
        options.first.check()
    else:
        form.locator("input[name=number]").fill("100 s")
    form.get_by_role("button", name="Answer").click()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.slug)
def test_a_learner_writes_saves_and_submits_a_stage_and_reads_the_grade(
    script: Script, plain_page: Page
) -> None:
    stage, following = script.stages[:2]
    text = walk.half_an_answer(stage)
    walk.begin(plain_page, script)
    plain_page.locator("#answer").fill(text)
    plain_page.get_by_role("button", name="Save", exact=True).click()
    expect(plain_page.locator(".save-state")).to_have_text("Saved, version 1")
    plain_page.reload()
    expect(plain_page.locator("#answer")).to_have_value(text)
    assert no_dead_controls(plain_page)
    walk.submit(plain_page)
    reload_until(plain_page, ".criteria li")
    debrief = walk.expect_graded(plain_page, stage)
    expect(debrief.locator("blockquote.answer")).to_have_text(text)
    assert no_dead_controls(plain_page)
    walk.go_on(plain_page)
    walk.expect_stage(plain_page, script, following)


def test_a_learner_estimates_draws_and_takes_a_hint_with_the_form_alone(plain_page: Page) -> None:
    script = CARD_PICTURES
    _scope, _choose, calculate, lay_out = script.stages[:4]
    walk.begin(plain_page, script)
    for _stage in range(2):
        walk.submit(plain_page)
        walk.go_on(plain_page)
    walk.expect_stage(plain_page, script, calculate)
    for name, (typed, _read_as) in script.estimates.items():
        plain_page.locator(f"#estimate-{name}").fill(typed)
    walk.take_a_hint(plain_page, calculate)
    for name, (typed, read_as) in script.estimates.items():
        expect(plain_page.locator(f"#estimate-{name}")).to_have_value(typed)
        expect(plain_page.locator(f"#estimate-{name}-reading")).to_contain_text(read_as)
    walk.submit(plain_page)
    walk.go_on(plain_page)
    plain_page.locator("#diagram").fill(walk.DIAGRAM)
    plain_page.get_by_role("button", name="Draw").click()
    expect(plain_page.locator("#picture svg")).to_contain_text("leaves work")
    walk.submit(plain_page)
    reload_until(plain_page, ".criteria li")
    debrief = walk.debrief_of(plain_page, lay_out)
    expect(debrief.locator("figure.diagram svg")).to_contain_text("leaves work")


def reload_until(page: Page, selector: str, *, seconds: float = 60) -> None:
    """Look again, as a reader without scripts does, until something is there."""
    deadline = time.monotonic() + seconds
    while not page.locator(selector).count():
        assert time.monotonic() < deadline, f"nothing matched {selector} on {page.url}"
        page.wait_for_timeout(500)
        page.goto(page.url)


def no_dead_controls(page: Page) -> bool:
    """Whether everything that needs a script is out of sight."""
    return all(not one.is_visible() for one in page.locator(".needs-js").all())
