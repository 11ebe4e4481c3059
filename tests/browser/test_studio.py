"""The studio in a real browser: an instructor at work, and where the work ends."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

type NewPage = Callable[..., Page]
type LogIn = Callable[[Page, str], None]

LESSON = "/courses/microservices/circuit-breaker/"
ADDED = "Nobody had written this sentence before."
REFUSED = "you do not have permission"


@pytest.fixture
def author(new_page: NewPage, log_in: LogIn) -> Page:
    page = new_page()
    log_in(page, "instructor")
    return page


def test_a_draft_is_previewed_published_and_rolled_back(author: Page, new_page: NewPage) -> None:
    reader = new_page()
    _open_lesson(author)
    body = author.locator("#panel-child-content-body-section")
    text = body.locator("textarea").first
    text.fill(f"{ADDED}\n\n{text.input_value()}")
    _add_diagram(author, body, "x -> {")

    preview = _preview(author)
    expect(preview.get_by_text(ADDED)).to_be_visible()
    author.get_by_role("button", name="Save draft").click()
    expect(author.locator(".messages")).to_contain_text("has been updated")
    assert not _reads(reader, ADDED)

    _publish(author, "Publish")
    expect(author.locator(".error-message").first).to_contain_text("Line 1: ")
    assert not _reads(reader, ADDED)
    body.get_by_label("D2").last.fill("somebody -> something: reads")
    _publish(author, "Publish")
    expect(author.locator(".messages")).to_contain_text("has been published")
    assert _reads(reader, ADDED)
    expect(reader.locator("figure.diagram svg").last).to_contain_text("somebody")

    _roll_back(author)
    assert not _reads(reader, ADDED)


def _open_lesson(author: Page) -> None:
    author.goto("/studio/")
    main = author.locator("main")
    main.get_by_role("link", name="Microservices patterns").click()
    main.get_by_role("link", name="Resilience").first.click()
    author.wait_for_load_state("networkidle")
    if "/edit/" in author.url:  # the title of a page leads to its form, the arrow to what is below
        author.goto(re.sub("edit/$", "", author.url))
    main.get_by_role("link", name="Circuit breaker").first.click()
    author.wait_for_url("**/edit/")
    author.wait_for_load_state("networkidle")


def _add_diagram(author: Page, body: Locator, text: str) -> None:
    body.get_by_role("button", name="Insert a block").last.click()
    author.get_by_role("option", name="Diagram", exact=True).click()
    body.get_by_label("D2").last.fill(text)
    body.get_by_label("Text alternative").last.fill("Somebody reads something.")


def _preview(author: Page) -> Locator:
    author.get_by_role("button", name="Toggle preview").click()
    return author.frame_locator("iframe:visible").locator("main")


def _publish(author: Page, name: str) -> None:
    author.get_by_role("button", name="More actions").click()
    author.get_by_role("button", name=name, exact=True).click()
    author.wait_for_load_state("networkidle")


def _reads(reader: Page, sentence: str) -> bool:
    reader.goto(LESSON)
    return sentence in reader.locator("main").inner_text()


def _roll_back(author: Page) -> None:
    """Bring back what was published before, by way of the history."""
    author.locator(".messages").get_by_role("link", name="Edit").click()
    author.wait_for_url("**/edit/")
    author.goto(re.sub("edit/$", "history/", author.url))
    imported = author.locator("tr", has_text="system").filter(has_text="Draft saved")
    imported.get_by_role("button", name="Actions").click()
    author.get_by_role("link", name="Compare with current version").click()
    expect(author.locator("main ins, main .addition").first).to_contain_text(ADDED)
    author.go_back()
    imported.get_by_role("button", name="Actions").click()
    author.get_by_role("link", name="Review this version").click()
    expect(author.locator("main")).to_contain_text("previous version")
    _publish(author, "Publish this version")
    expect(author.locator(".messages")).to_contain_text("has been published")


def test_a_course_of_others_is_closed_and_says_nothing(
    author: Page, new_page: NewPage, log_in: LogIn
) -> None:
    owner = new_page()
    log_in(owner, "administrator")
    addresses = [
        _address_of(owner, "/studio/pages/search/?q=memory", "How much memory"),
        _address_of(owner, "/studio/snippets/quizzes/quiz/?q=memory", "How much memory"),
    ]
    for address in addresses:
        author.goto(address)
        expect(author.locator(".messages")).to_contain_text(REFUSED)
        expect(author).to_have_url(re.compile("/studio/$"))
        expect(author.locator("body")).not_to_contain_text("How much memory")
    for address in ("/studio/pages/search/?q=memory", "/studio/snippets/quizzes/quiz/"):
        author.goto(address)
        expect(author.locator("main")).not_to_contain_text("How much memory")


def _address_of(owner: Page, listing: str, title: str) -> str:
    owner.goto(listing)
    link = owner.locator("main").get_by_role("link", name=re.compile(title)).first
    address = link.get_attribute("href")
    assert address is not None
    return address
