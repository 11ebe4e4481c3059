"""A whole installation, started as a person starts it, and a real browser."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from config import chromium
from config.bench import site
from config.bench.browser import launch

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PATIENCE_MS = 20_000  # on a machine that does other things, too; it is never waited for


@dataclass(frozen=True)
class Installation:
    """Where it runs, and who may sign in."""

    url: str
    var: Path
    accounts: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Loadmark as `make run` starts it, with servers and data of its own."""
    var = Path(tempfile.mkdtemp(prefix="loadmark-browser-"))
    try:
        with site.running(var, own_servers=True) as running:
            accounts = json.loads((var / "demo-accounts.json").read_text())
            yield Installation(f"http://localhost:{running.port}", var, accounts)
    finally:
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    executable = chromium.find()
    assert executable is not None, "There is no Chromium; `make test` says how to get one."
    # The driver runs an event loop in this thread; Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = launch(playwright, executable)
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser, installation: Installation) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a fresh browser window; errors in any of them fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(**options: object) -> Page:
        settings = {"viewport": DESKTOP, "base_url": installation.url} | options
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: note(page, message))
        return page

    def note(page: Page, message: ConsoleMessage) -> None:
        expected = "the server responded with a status of" in message.text
        offline = "net::ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not expected and not offline:
            problems.append(f"{page.url}: {message.text}")

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desktop window."""
    return new_page()


@pytest.fixture
def log_in(installation: Installation) -> Callable[[Page, str], None]:
    """Return a function that signs in with a demo account."""

    def enter(page: Page, role: str) -> None:
        account = installation.accounts[role]
        page.goto("/account/login/")
        page.fill("input[name=login]", account["email"])
        page.fill("input[name=password]", account["password"])
        page.locator("main").get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/dashboard/")

    return enter


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Return a function that asks axe for violations; folded parts are opened first."""
    axe = Axe()

    def check(page: Page) -> None:
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        told = [
            f"{violation['id']}: {violation['help']} ({node['html'][:160]})"
            for violation in found
            for node in violation["nodes"]
        ]
        assert told == [], page.url + "\n" + "\n".join(told)

    return check
