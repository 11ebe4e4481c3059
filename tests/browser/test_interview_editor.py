"""The editor of an interview: whatever happens to the connection, nothing typed is lost."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PASSWORD = "a long and quiet passphrase"
FIRST = "We queue the charge and go on selling."


def sign_up(page: Page) -> str:
    """Make a fresh account, so that every test begins its own interview; returns the address."""
    email = f"writer-{secrets.token_hex(4)}@example.org"
    page.goto("/account/signup/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/dashboard/")
    return email


def log_in(page: Page, email: str) -> None:
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(re.compile("stages"))


def begin(page: Page) -> None:
    page.goto("/interviews/payment-path/")
    page.get_by_role("button", name="Start the interview").click()
    expect(page.locator("textarea#answer")).to_be_visible()


def advance(page: Page, stages: int) -> None:
    """Hand in what is open and begin the next stage, some times over."""
    for _stage in range(stages):
        page.fill("textarea#answer", FIRST)
        page.get_by_role("button", name="Submit this stage").click()
        page.get_by_role("button", name="Begin the next stage").click()
        expect(page.locator("textarea#answer")).to_be_visible()


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".save-state")).to_have_attribute("data-state", state)


@pytest.fixture
def writing(page: Page) -> Page:
    """A window with an open stage whose first words are stored."""
    sign_up(page)
    begin(page)
    page.fill("textarea#answer", FIRST)
    expect_state(page, "saved")
    return page


def test_the_page_says_which_version_will_be_graded(writing: Page) -> None:
    expect(writing.locator("[data-graded]")).to_have_text("Version 1 will be graded.")
    writing.locator("textarea#answer").press_sequentially(" More.")
    expect(writing.locator("[data-graded]")).to_contain_text("being saved")
    expect(writing.locator("[data-graded]")).to_have_text("Version 2 will be graded.")
    expect(writing.locator(".clock")).to_contain_text("left in this stage")


def test_what_is_typed_offline_is_sent_when_the_connection_is_back(writing: Page) -> None:
    writing.context.set_offline(True)
    writing.locator("textarea#answer").press_sequentially(" Offline.")
    expect_state(writing, "offline")
    expect(writing.locator(".save-state")).to_contain_text("kept in this browser")
    expect(writing.locator("[data-graded]")).to_have_text(
        "What you typed last is not stored yet: until it is, version 1 counts."
    )
    writing.context.set_offline(False)
    expect_state(writing, "saved")
    expect(writing.locator("[data-graded]")).to_have_text("Version 2 will be graded.")
    writing.reload()
    expect(writing.locator("textarea#answer")).to_have_value(re.compile("Offline"))


def test_what_is_typed_offline_survives_leaving_the_page(writing: Page) -> None:
    address = writing.url
    writing.context.set_offline(True)
    writing.locator("textarea#answer").press_sequentially(" Kept.")
    expect_state(writing, "offline")
    writing.goto("about:blank")
    writing.context.set_offline(False)
    writing.goto(address)
    expect(writing.locator("textarea#answer")).to_have_value(re.compile("Kept"))
    expect_state(writing, "saved")


def test_words_typed_in_the_last_moment_are_sent_while_leaving(writing: Page) -> None:
    address = writing.url
    writing.locator("textarea#answer").press_sequentially(" Last.")
    writing.goto("about:blank")
    writing.goto(address)
    expect(writing.locator("textarea#answer")).to_have_value(re.compile("Last"))


def test_two_tabs_overwrite_nothing_silently(writing: Page) -> None:
    other = writing.context.new_page()
    other.goto(writing.url)
    other.fill("textarea#answer", "From the other tab.")
    expect_state(other, "saved")
    writing.locator("textarea#answer").press_sequentially(" Mine.")
    expect_state(writing, "conflict")
    expect(writing.locator(".conflict blockquote")).to_have_text("From the other tab.")
    writing.get_by_role("button", name="Keep my text").click()
    expect_state(writing, "saved")
    writing.reload()
    expect(writing.locator("textarea#answer")).to_have_value(re.compile("Mine"))
    expect(writing.locator(".kept")).to_have_count(0)


def test_a_reload_does_not_decide_between_two_tabs(writing: Page) -> None:
    other = writing.context.new_page()
    other.goto(writing.url)
    other.fill("textarea#answer", "From the other tab.")
    expect_state(other, "saved")
    other.close()
    writing.locator("textarea#answer").press_sequentially(" Mine.")
    expect_state(writing, "conflict")
    writing.reload()
    expect_state(writing, "conflict")
    expect(writing.locator(".conflict blockquote")).to_have_text("From the other tab.")
    expect(writing.locator("textarea#answer")).to_have_value(re.compile("Mine"))


def test_taking_the_other_text_keeps_ones_own_at_hand(writing: Page) -> None:
    other = writing.context.new_page()
    other.goto(writing.url)
    other.fill("textarea#answer", "From the other tab.")
    expect_state(other, "saved")
    writing.locator("textarea#answer").press_sequentially(" Mine.")
    expect_state(writing, "conflict")
    writing.get_by_role("button", name="Take the other text").click()
    expect(writing.locator("textarea#answer")).to_have_value("From the other tab.")
    writing.reload()
    expect(writing.locator(".kept blockquote")).to_contain_text("Mine.")


def test_what_is_typed_after_the_session_ended_is_sent_after_the_log_in(page: Page) -> None:
    email = sign_up(page)
    begin(page)
    page.context.clear_cookies(name=re.compile("session"))
    page.fill("textarea#answer", "Typed while logged out.")
    expect(page.locator(".save-state")).to_contain_text("logged out")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in (opens a new tab)").click()
    log_in(opened.value, email)
    opened.value.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect_state(page, "saved")
    page.reload()
    expect(page.locator("textarea#answer")).to_have_value("Typed while logged out.")


def test_a_submission_offline_keeps_the_text_and_can_be_repeated(writing: Page) -> None:
    writing.context.set_offline(True)
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator(".save-state")).to_contain_text("Could not be submitted yet")
    writing.context.set_offline(False)
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator(".criteria li").first).to_be_visible(timeout=60_000)


def test_the_panel_stops_asking_once_the_grade_is_there(writing: Page) -> None:
    asked: list[str] = []
    writing.on("request", lambda request: asked.append(request.url))
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator(".criteria li").first).to_be_visible(timeout=60_000)
    asked.clear()
    writing.wait_for_timeout(2500)
    assert [url for url in asked if "grading" in url] == []


def test_without_script_a_stage_is_saved_submitted_and_read_back(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(java_script_enabled=False)
    sign_up(page)
    begin(page)
    page.fill("textarea#answer", FIRST)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Saved as version 1.")
    page.get_by_role("button", name="Submit this stage").click()
    for _look in range(60):
        if page.locator(".criteria li").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("blockquote.answer")).to_contain_text("queue the charge")


def test_no_page_of_an_interview_has_anything_axe_finds(
    writing: Page, assert_accessible: Callable[[Page], None]
) -> None:
    assert_accessible(writing)
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator(".criteria li").first).to_be_visible(timeout=60_000)
    assert_accessible(writing)
    writing.get_by_role("button", name="End the interview").click()
    expect(writing.locator("#totals")).to_be_visible()
    assert_accessible(writing)
    for address in ("/interviews/", "/interviews/payment-path/"):
        writing.goto(address)
        assert_accessible(writing)


def test_the_preview_shows_the_answer_as_it_reads_by_keyboard(writing: Page) -> None:
    writing.fill("textarea#answer", "We **queue** the charge.")
    writing.get_by_role("button", name="Preview").press("Enter")
    expect(writing.locator("#preview strong")).to_have_text("queue")
    expect(writing.locator("textarea#answer")).to_be_hidden()
    writing.get_by_role("button", name="Write", exact=True).press("Enter")
    expect(writing.locator("textarea#answer")).to_have_value("We **queue** the charge.")
    expect_state(writing, "saved")


def test_a_hint_is_taken_by_its_own_button_only_and_stays(writing: Page) -> None:
    button = writing.locator("#next-hint")
    button.press("Enter")
    expect(writing.locator("#hints li")).to_have_count(1)
    expect(button).to_be_focused()
    writing.reload()
    expect(writing.locator("#hints li")).to_have_count(1)
    expect(writing.locator("textarea#answer")).to_have_value(FIRST)


def test_estimates_are_saved_and_read_back_as_they_were_understood(
    writing: Page, assert_accessible: Callable[[Page], None]
) -> None:
    advance(writing, 1)
    first, second = (writing.locator(".estimate-fields input").nth(n) for n in (0, 1))
    first.fill("13.5k")
    expect(writing.locator(".reading").first).to_have_text(re.compile(r"Read as 13.500\."))
    second.fill("lots")
    expect(writing.locator(".reading").nth(1)).to_contain_text("I found no number")
    expect(second).to_have_attribute("aria-invalid", "true")
    second.press("Enter")
    expect(writing.locator("#hints li")).to_have_count(0)
    expect_state(writing, "saved")
    assert_accessible(writing)
    writing.reload()
    expect(first).to_have_value("13.5k")
    expect(second).to_have_value("lots")


def test_estimates_typed_offline_survive_leaving_the_page(writing: Page) -> None:
    advance(writing, 1)
    writing.fill("textarea#answer", FIRST)
    expect_state(writing, "saved")
    address = writing.url
    writing.context.set_offline(True)
    writing.locator(".estimate-fields input").first.fill("600")
    expect_state(writing, "offline")
    writing.goto("about:blank")
    writing.context.set_offline(False)
    writing.goto(address)
    expect(writing.locator(".estimate-fields input").first).to_have_value("600")
    expect(writing.locator("textarea#answer")).to_have_value(FIRST)
    expect_state(writing, "saved")


def test_two_tabs_overwrite_no_estimate_silently(writing: Page) -> None:
    advance(writing, 1)
    other = writing.context.new_page()
    other.goto(writing.url)
    other.locator(".estimate-fields input").first.fill("200")
    expect_state(other, "saved")
    writing.locator(".estimate-fields input").first.fill("600")
    expect_state(writing, "conflict")
    expect(writing.locator(".conflict blockquote")).to_contain_text(": 200")
    writing.get_by_role("button", name="Take the other text").click()
    expect(writing.locator(".estimate-fields input").first).to_have_value("200")
    writing.reload()
    expect(writing.locator(".kept li")).to_contain_text("600")


def test_a_diagram_is_drawn_while_it_is_typed_and_stands_beside_the_answer(
    writing: Page, assert_accessible: Callable[[Page], None]
) -> None:
    advance(writing, 3)
    pad = writing.locator("textarea#diagram")
    for part in ("Service", "Service", "Database", "Arrow"):
        writing.locator(".pad").get_by_role("button", name=part, exact=True).press("Enter")
    writing.keyboard.type("keeps")
    assert pad.input_value().splitlines() == [
        "service: Service",
        "service2: Service",
        "database: Database {shape: cylinder}",
        "service -> database: keeps",
    ]
    expect(writing.locator("#picture svg")).to_contain_text("keeps")
    pad.press("End")
    pad.press_sequentially("\nservice: {")
    expect(writing.locator("#picture-problem")).to_contain_text("Line 5")
    expect(writing.locator("#picture svg")).to_contain_text("keeps")
    assert_accessible(writing)
    pad.press_sequentially("}")
    expect(writing.locator("#picture-problem")).to_have_text("")
    expect_state(writing, "saved")
    writing.reload()
    expect(writing.locator("#picture svg")).to_contain_text("keeps")
    writing.fill("textarea#answer", FIRST)
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator(".debrief figure.diagram svg")).to_contain_text("keeps", timeout=60_000)


def test_a_stage_is_tried_again_with_its_text_and_its_first_grade_at_hand(writing: Page) -> None:
    writing.get_by_role("button", name="Submit this stage").click()
    writing.get_by_role("button", name="Try this stage again").click(timeout=60_000)
    expect(writing.locator("textarea#answer")).to_have_value(FIRST)
    expect(writing.locator("details.earlier > summary")).to_contain_text("Your earlier try")
    writing.locator("textarea#answer").press_sequentially(" And once more.")
    writing.get_by_role("button", name="Submit this stage").click()
    expect(writing.locator("details.earlier")).to_have_count(0, timeout=60_000)
    expect(writing.locator("blockquote.answer").first).to_contain_text("And once more.")
