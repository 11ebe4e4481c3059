"""Grading by a person in the studio: with the keyboard alone, and on pages that suit everybody."""

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import interviewing as walk
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.interviewing import GRADED_MS, PAYMENT_PATH
from tests.browser.layout import sticking_out
from tests.browser.people import sign_up

pytestmark = pytest.mark.browser

type NewPage = Callable[..., Page]
type LogIn = Callable[[Page, str], None]
type Check = Callable[[Page], None]

WAITING = "/studio/interviews/waiting/"
STAGE = PAYMENT_PATH.stages[0]
CRITERION = next(one for one in STAGE["criteria"] if one["id"] == "charges-once")
# No grader takes these words for the criterion by itself; a person does.
WORDS = "Whatever happens, the till stays honest."
TAUGHT = "Nobody's purse is opened a second time."
# Colours that are still on their way to their place have no contrast worth measuring.
SETTLED = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"
REASON = "An honest till takes the money once."


@pytest.fixture
def refused() -> Iterator[list[str]]:
    """What a server refused; errors in a console fail the test anyway."""
    noted: list[str] = []
    yield noted
    assert noted == []


@pytest.fixture
def learner(new_page: NewPage, refused: list[str]) -> Page:
    page = new_page()
    walk.note_refusals(page, refused)
    return page


@pytest.fixture
def instructor(new_page: NewPage, log_in: LogIn, refused: list[str]) -> Page:
    page = new_page()
    walk.note_refusals(page, refused)
    log_in(page, "instructor")
    return page


@pytest.fixture
def assert_sound(assert_accessible: Check) -> Check:
    """Return a function that looks at a page on a desk and a phone, by day and by night."""

    def check(page: Page) -> None:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                page.evaluate(SETTLED)
                assert_accessible(page)
            assert sticking_out(page) == []
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    return check


# ---- what learners do --------------------------------------------------------------------------
def hand_in(learner: Page, words: str = WORDS) -> Locator:
    """Answer the first stage and end the interview; returns the stage's debrief."""
    walk.begin(learner, PAYMENT_PATH)
    learner.locator("#answer").fill(f"{walk.paragraphs(STAGE)[0]}\n\n{words}")
    walk.submit(learner)
    walk.expect_graded(learner, STAGE)
    learner.get_by_text("End this interview early").click()
    learner.get_by_role("button", name="End the interview").click()
    expect(learner.get_by_role("heading", name="Stage by stage")).to_be_visible()
    return walk.debrief_of(learner, STAGE)


def criterion_of(debrief: Locator) -> Locator:
    """The criterion that grader and person see differently."""
    return debrief.locator(".criteria > li", has_text=CRITERION["title"])


def appeal(debrief: Locator) -> str:
    """Say that the verdict is wrong; returns the reason given, by which the answer is found."""
    reason = f"The till is the point ({secrets.token_hex(4)})."
    line = criterion_of(debrief)
    line.get_by_text("I think this is wrong").click()
    line.locator("textarea").fill(reason)
    line.get_by_role("button", name="Ask a person to look").click()
    expect(line.locator(".appeal")).to_contain_text("A person will look.")
    return reason


# ---- what the instructor does ------------------------------------------------------------------
def waiting_answer(instructor: Page, reason: str) -> Locator:
    """The answer in the list of those that wait; other tests leave answers there, too."""
    link = instructor.locator("tr", has_text=reason).get_by_role("link")
    for number in range(1, 20):
        instructor.goto(f"{WAITING}?page={number}")
        if link.count():
            return link
    pytest.fail("The answer does not wait.")


def overrule(instructor: Page, reason: str, words: str) -> None:
    """Judge the criterion met with the pointer, and the rest missed where nobody was sure."""
    waiting_answer(instructor, reason).click()
    for criterion in instructor.locator("[data-criterion]").all():
        if not criterion.locator("input:checked").count():
            criterion.get_by_label("missed").check()
    line = instructor.locator(f"#criterion-{CRITERION['id']}")
    line.get_by_label("met", exact=True).check()
    line.get_by_label("Words of the answer").fill(words)
    line.get_by_label("Reason").fill(REASON)
    instructor.get_by_role("button", name="Store the grade").click()
    expect(instructor.locator("main")).to_contain_text("can teach the rubric")


def has_focus(element: Locator) -> bool:
    """Whether keys go there."""
    return bool(element.evaluate("(one) => one === document.activeElement"))


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _press in range(100):
        page.keyboard.press("Tab")
        if has_focus(wanted):
            return
    pytest.fail("The Tab key does not lead there.")


def test_an_answer_is_graded_with_the_keyboard_alone_and_the_learner_sees_it(
    learner: Page, instructor: Page
) -> None:
    debrief = hand_in(learner)
    before = walk.points_of(debrief)
    link = waiting_answer(instructor, appeal(debrief))
    tab_to(instructor, link)
    instructor.keyboard.press("Enter")

    line = instructor.locator(f"#criterion-{CRITERION['id']}")
    expect(line).to_be_focused()
    judge_what_nobody_was_sure_of(instructor)
    go_to(instructor, line)
    instructor.keyboard.press("1")
    expect(line.get_by_label("met", exact=True)).to_be_checked()
    tab_to(instructor, line.get_by_label("Words of the answer"))
    instructor.keyboard.type("Whatever happens, the till is honest.")
    instructor.keyboard.press("Escape")
    expect(line).to_be_focused()
    instructor.keyboard.press("s")
    expect(line).to_contain_text("These words do not stand in the answer")
    expect(line).to_be_focused()
    tab_to(instructor, line.get_by_label("Words of the answer"))
    instructor.keyboard.press("ControlOrMeta+a")
    instructor.keyboard.type(WORDS)
    instructor.keyboard.press("Escape")
    instructor.keyboard.press("r")
    expect(line.get_by_label("Reason")).to_be_focused()
    instructor.keyboard.type(REASON)
    instructor.keyboard.press("Escape")
    instructor.keyboard.press("s")
    expect(instructor.locator(".messages")).to_contain_text("The grade is stored")

    learner.reload()
    expect(criterion_of(debrief)).to_have_class("met")
    expect(criterion_of(debrief).locator(".appeal")).to_contain_text("A person looked again")
    expect(criterion_of(debrief)).to_contain_text(REASON)
    expect(debrief.locator("blockquote.answer mark", has_text=WORDS)).to_be_visible()
    expect(debrief).to_contain_text("Graded by a person.")
    walk.expect_evidence(debrief)
    assert walk.points_of(debrief) == before + CRITERION["points"]


def judge_what_nobody_was_sure_of(instructor: Page) -> None:
    """Go through all criteria with j, and answer with 3 where no verdict is given yet."""
    criteria = instructor.locator("[data-criterion]")
    go_to(instructor, criteria.first)
    for criterion in criteria.all():
        expect(criterion).to_be_focused()
        if not criterion.locator("input:checked").count():
            instructor.keyboard.press("3")
        instructor.keyboard.press("j")


def go_to(instructor: Page, criterion: Locator) -> None:
    """Press k until a criterion has the focus."""
    for _press in STAGE["criteria"]:
        instructor.keyboard.press("k")
        if has_focus(criterion):
            return
    pytest.fail("The k key does not lead there.")


def test_the_list_and_the_form_suit_everybody(
    learner: Page, instructor: Page, assert_sound: Check
) -> None:
    reason = appeal(hand_in(learner))
    link = waiting_answer(instructor, reason)
    expect(link).to_be_visible()
    assert_sound(instructor)
    link.click()
    expect(instructor.locator(".lm-appeal")).to_contain_text(reason)
    assert_sound(instructor)
    line = instructor.locator(f"#criterion-{CRITERION['id']}")
    line.get_by_label("met", exact=True).check()
    line.get_by_label("Words of the answer").fill("")
    instructor.get_by_role("button", name="Store the grade").click()
    expect(line).to_contain_text("Copy the words of the answer that earn the points.")
    assert_sound(instructor)
    instructor.keyboard.press("?")
    expect(instructor.get_by_role("dialog", name="Keys")).to_be_visible()
    assert_sound(instructor)
    instructor.keyboard.press("Escape")
    expect(instructor.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_an_overruled_verdict_teaches_the_rubric_and_past_answers_are_graded_again(
    learner: Page, instructor: Page, new_page: NewPage, assert_sound: Check
) -> None:
    other = new_page()
    others_debrief = hand_in(other, TAUGHT)
    expect(criterion_of(others_debrief)).not_to_have_class("met")
    overrule(instructor, appeal(hand_in(learner, TAUGHT)), TAUGHT)
    assert_sound(instructor)

    instructor.get_by_role("button", name="Make it a paraphrase").click()
    expect(instructor.locator("main")).to_contain_text(TAUGHT)
    expect(instructor.locator("#measured[data-poll]")).to_have_count(0, timeout=GRADED_MS)
    change = instructor.locator("#measured tr", has_text=CRITERION["title"]).first
    expect(change).to_contain_text("→ met")
    expect(change).to_contain_text(TAUGHT)
    assert_sound(instructor)

    instructor.get_by_role("button", name="Publish and regrade").click()
    expect(instructor.get_by_role("progressbar")).to_be_visible()
    assert_sound(instructor)
    expect(instructor.locator("#measured [role=status]")).to_contain_text("Done.", timeout=90_000)
    other.reload()
    expect(criterion_of(others_debrief)).to_have_class("met")
    expect(others_debrief).to_contain_text("Graded again by a newer rubric.")

    instructor.goto("/studio/interviews/graded/")
    expect(instructor.locator("td.title").first).to_contain_text(STAGE["id"])
    assert_sound(instructor)


def test_a_rubric_is_checked_and_an_answer_is_tried_against_it(
    instructor: Page, assert_sound: Check
) -> None:
    instructor.goto("/studio/snippets/interviews/scenario/")
    scenario = instructor.locator("main tr", has_text=PAYMENT_PATH.title)
    scenario.get_by_role("button").first.click()
    instructor.get_by_role("link", name=re.compile("Check the rubric")).click()
    expect(instructor.locator(".lm-stage")).to_have_count(len(PAYMENT_PATH.stages))
    instructor.get_by_role("button", name="Check all stages").click()
    expect(instructor.locator("[data-said]")).to_have_text("6 / 6", timeout=GRADED_MS)
    assert_sound(instructor)
    stage = instructor.locator(f"#stage-{STAGE['id']}")
    stage.get_by_role("button", name="Grade it").click()
    expect(stage.get_by_role("alert")).to_have_text("Write something to try.")
    assert_sound(instructor)
    stage.get_by_label("The answer; it is graded once and not stored.").fill(STAGE["model_answer"])
    stage.get_by_role("button", name="Grade it").click()
    expect(stage.get_by_role("heading", level=3)).to_contain_text("of 9 points")
    expect(stage.locator("tbody tr")).to_have_count(len(STAGE["criteria"]))
    assert_sound(instructor)


def test_extra_time_is_granted_seen_by_the_learner_and_taken_back(
    learner: Page, instructor: Page, assert_sound: Check
) -> None:
    email = sign_up(learner)
    instructor.goto("/studio/interviews/extra-time/")
    instructor.get_by_label("E-mail address").fill("nobody@example.org")
    instructor.get_by_label("Scenario").select_option(PAYMENT_PATH.title)
    instructor.get_by_label("Extra time").select_option("50 % more")
    instructor.get_by_role("button", name="Grant").click()
    expect(instructor.locator("main")).to_contain_text("No learner with this address")
    assert_sound(instructor)
    instructor.get_by_label("E-mail address").fill(email)
    instructor.get_by_role("button", name="Grant").click()
    granted = instructor.locator("tr", has_text=email)
    expect(granted).to_contain_text("50 %")
    assert_sound(instructor)
    learner.goto(f"/interviews/{PAYMENT_PATH.slug}/")
    learner.get_by_role("button", name="Start the interview").click()
    expect(learner.locator(".clock .badge")).to_contain_text("+50 %")
    granted.get_by_role("button", name="Take back").click()
    expect(granted).to_have_count(0)
