"""The shipped scenarios, each practised and taken strictly, from the start to the debrief."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import interviewing as walk
from tests.browser.interviewing import SCRIPTS, Script

pytestmark = pytest.mark.browser

type Stage = dict[str, Any]

each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.slug)


@pytest.fixture
def learner(page: Page) -> Iterator[Page]:
    """A window in which nothing may be refused; errors in its console fail the test anyway."""
    refused: list[str] = []
    walk.note_refusals(page, refused)
    yield page
    assert refused == []


@each_script
def test_a_scenario_is_practised_from_its_first_stage_to_the_debrief(
    script: Script, learner: Page
) -> None:
    walk.begin(learner, script, mode="Practice")
    first, second, *others = script.stages
    walk.expect_stage(learner, script, first)
    walk.take_a_hint(learner, first)
    _write_and_read_the_grade(learner, script, first)
    walk.go_on(learner)
    walk.expect_stage(learner, script, second)
    _write_and_read_the_grade(learner, script, second)
    _try_again_and_do_better(learner, second)
    for stage in others:
        walk.go_on(learner)
        walk.expect_stage(learner, script, stage)
        _write_and_read_the_grade(learner, script, stage)
    walk.open_debrief(learner)
    _expect_debrief(learner, script)
    expect(walk.debrief_of(learner, first).locator(".hint-cost")).to_contain_text("for hints")
    expect(learner.locator(".history h4")).to_have_text(f"Earlier grades of “{second['title']}”")
    _answer_a_follow_up_question(learner, script)


@each_script
def test_a_scenario_is_taken_strictly_and_says_nothing_before_the_debrief(
    script: Script, learner: Page
) -> None:
    walk.begin(learner, script, mode="Strict")
    for number, stage in enumerate(script.stages, 1):
        walk.expect_stage(learner, script, stage)
        expect(learner.locator(".deadline").first).to_contain_text("by the server’s clock")
        expect(learner.locator("#hints")).to_have_count(0)
        walk.write(learner, script, stage)
        _expect_nothing_told(learner, script)
        walk.submit(learner)
        if number < len(script.stages):
            expect(learner.locator(".result-region")).to_contain_text(
                "the debrief comes at the end"
            )
            _expect_nothing_told(learner, script)
            walk.go_on(learner)
    walk.open_debrief(learner)
    _expect_debrief(learner, script)
    expect(learner.get_by_role("button", name="Try this stage again")).to_have_count(0)
    _answer_a_follow_up_question(learner, script)


def _write_and_read_the_grade(page: Page, script: Script, stage: Stage) -> None:
    walk.write(page, script, stage)
    walk.submit(page)
    walk.expect_graded(page, stage)


def _try_again_and_do_better(page: Page, stage: Stage) -> None:
    before = walk.points_of(walk.debrief_of(page, stage))
    page.get_by_role("button", name="Try this stage again").click()
    expect(page.locator("#answer")).to_have_value(walk.half_an_answer(stage))
    expect(page.locator("details.earlier > summary")).to_contain_text("Your earlier try")
    page.locator("#answer").fill(stage["model_answer"])
    walk.submit(page)
    assert walk.points_of(walk.expect_graded(page, stage)) > before


def _expect_nothing_told(page: Page, script: Script) -> None:
    """Neither this page nor what lies behind it says what is looked for, or what was found."""
    behind = [f"{page.url}grading/", re.sub("stages/.*", "debrief/", page.url)]
    told = walk.words_of(page.content() + "".join(page.request.get(one).text() for one in behind))
    secrets = [one for stage in script.stages for one in walk.secrets_of(stage)]
    assert [one for one in secrets if one in told] == []
    expect(page.locator(".debrief, .criteria, .grading, .points, mark")).to_have_count(0)


def _expect_debrief(page: Page, script: Script) -> None:
    """Every stage is graded and stands beside its model answer; the dimensions are summed up."""
    for stage in script.stages:
        debrief = walk.expect_graded(page, stage)
        model = walk.words_of(debrief.locator(".model").inner_html())
        assert all(walk.as_read(one) in model for one in walk.paragraphs(stage))
        expect(debrief.locator(".twist")).to_have_count(1 if "twist" in stage else 0)
        expect(debrief.locator(".estimates > div")).to_have_count(len(stage.get("estimates", [])))
        expect(debrief.locator("figure.diagram svg")).to_have_count(
            1 if stage.get("diagram") else 0
        )
    tiles = page.locator("#totals .tiles .value")
    expect(tiles.first).to_contain_text(f"of {script.max_points:g}")
    expect(tiles.nth(1)).to_have_text("6 of 6")
    expect(page.get_by_role("img", name=re.compile("Points by dimension"))).to_be_visible()
    for verdict in ("met", "missed"):
        expect(page.locator(f".debrief .criteria > li.{verdict}").first).to_be_visible()


def _answer_a_follow_up_question(page: Page, script: Script) -> None:
    """The question is answered with what the model answer says, and graded like the others."""
    region = page.locator(".follow-up-region").first
    asked = region.get_by_role("heading").inner_text()
    stage = next(
        stage
        for stage in script.stages
        if any(asked == criterion["follow_up"] for criterion in stage["criteria"])
    )
    region.locator("textarea").fill(stage["model_answer"])
    region.get_by_role("button", name="Submit this answer").click()
    expect(region.locator(".earned")).to_contain_text("Would have earned", timeout=walk.GRADED_MS)
    expect(region.locator("blockquote.answer mark").first).to_be_visible()
