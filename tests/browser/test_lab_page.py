"""A lab's page with script: what is said of presets stays true, and results come into sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

LAB = "/labs/circuit-breaker/"
LIBRARY_HAS_COME = """async () => {
  while (!window.uPlot) await new Promise((done) => setTimeout(done, 50));
}"""


def test_a_changed_control_unmarks_the_preset_and_keeps_the_focus(
    new_page: Callable[..., Page],
) -> None:
    page = new_page()
    page.goto(LAB)
    page.get_by_role("link", name="Hystrix").click()
    expect(page.locator(".preset-note")).to_contain_text("1.5.18")
    expect(page.locator(".chip[aria-current]")).to_have_text("Hystrix")
    page.locator("[name=rate]").fill("50")
    page.locator("[name=rate]").press("Tab")
    polly = page.get_by_role("link", name="Polly")
    polly.focus()
    expect(page.locator(".preset-note")).to_have_count(0)
    expect(page.locator(".chip[aria-current]")).to_have_count(0)
    expect(polly).to_be_focused()
    polly.press("Enter")
    expect(page.locator(".chip[aria-current]")).to_have_text("Polly")


def test_on_a_phone_pressing_run_brings_the_result_into_sight(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(viewport=PHONE)
    page.goto(LAB)
    expect(page.locator(".tiles")).not_to_be_in_viewport()
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".tiles .value").first).to_be_in_viewport()


def test_a_chart_nobody_scrolled_to_is_drawn_for_printing(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport=PHONE)
    page.goto(LAB)
    chart = page.locator("load-chart").first
    page.evaluate(LIBRARY_HAS_COME)
    expect(chart.locator("canvas")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(chart.locator("canvas")).to_have_count(1)
