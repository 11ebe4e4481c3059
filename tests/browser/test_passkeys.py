"""Passkeys in a real browser, with an authenticator that Chromium plays."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD = "/account/2fa/webauthn/add/"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window in which nothing may be refused by the Content-Security-Policy."""
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A device that keeps passkeys, and whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


@pytest.fixture
def member(learner_user: User) -> User:
    """Ada, whose address is confirmed."""
    EmailAddress.objects.create(
        user=learner_user, email=learner_user.email, verified=True, primary=True
    )
    return learner_user


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def log_in(page: Page, user: User, path: str = "/account/login/") -> None:
    page.goto(path)
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    press(page, "Log in")


def log_out(page: Page) -> None:
    page.goto("/account/logout/")
    press(page, "Log out")


def add_passkey(page: Page, *, alone: bool) -> None:
    page.goto(ADD)
    page.fill("[name=password]", PASSWORD)
    press(page, "Continue")
    page.fill("[name=name]", "My laptop")
    page.set_checked("[name=passwordless]", alone)
    press(page, "Add")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def test_a_passkey_logs_in_alone_and_leads_to_where_one_was_going(
    page: Page, device: CDPSession, member: User
) -> None:
    log_in(page, member)
    add_passkey(page, alone=True)
    log_out(page)
    page.goto("/account/login/?next=/labs/")
    press(page, "Log in with a passkey")
    page.wait_for_url("**/labs/")
    expect(page.locator(".menu summary")).to_have_text("Ada")
    authenticator = Authenticator.objects.get(user=member, type="webauthn")
    assert str(authenticator) == "My laptop"
    assert authenticator.last_used_at is not None


def test_a_passkey_is_asked_for_after_the_password(
    page: Page, device: CDPSession, member: User
) -> None:
    log_in(page, member)
    add_passkey(page, alone=False)
    log_out(page)
    log_in(page, member, "/account/login/?next=/labs/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    expect(page.locator(".menu summary")).to_have_count(0)
    press(page, "Use a passkey")
    page.wait_for_url("**/labs/")
    expect(page.locator(".menu summary")).to_have_text("Ada")


def test_a_passkey_is_renamed_shows_again_who_one_is_and_is_removed(
    page: Page, device: CDPSession, member: User
) -> None:
    log_in(page, member)
    add_passkey(page, alone=True)
    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Rename “My laptop”").click()
    page.fill("[name=name]", "Old laptop")
    press(page, "Store the name")
    page.goto("/account/2fa/webauthn/reauthenticate/?next=/account/2fa/webauthn/")
    press(page, "Use a passkey")
    page.get_by_role("link", name="Remove “Old laptop”").click()
    press(page, "Remove")
    expect(page.locator("main")).to_contain_text("You have no passkey yet.")
    assert not Authenticator.objects.filter(user=member, type="webauthn").exists()


PAGES = (
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/2fa/",
    "/account/2fa/recovery-codes/",
    "/account/2fa/webauthn/",
    "/account/2fa/totp/activate/",
    "/account/sessions/",
    "/account/email/",
    "/account/profile/",
    "/account/delete/",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_account_pages(
    page: Page,
    device: CDPSession,
    member: User,
    assert_accessible: Callable[[Page], None],
    scheme: Literal["light", "dark"],
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in PAGES[:3]:
        page.goto(path)
        assert_accessible(page)
    log_in(page, member)
    add_passkey(page, alone=False)
    log_out(page)
    log_in(page, member)
    assert_accessible(page)
    press(page, "Use a passkey")
    page.wait_for_url("**/dashboard/")
    page.goto("/account/reauthenticate/?next=/labs/")
    assert_accessible(page)
    page.fill("[name=password]", PASSWORD)
    press(page, "Continue")
    page.wait_for_url("**/labs/")
    for path in PAGES[3:]:
        page.goto(path)
        assert_accessible(page)
        assert page.url.endswith(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_device_without_a_passkey_gets_a_sentence_and_another_try(
    page: Page, device: CDPSession, member: User
) -> None:
    page.goto("/account/login/")
    press(page, "Log in with a passkey")
    alert = page.locator("[data-passkey-problem]")
    expect(alert).to_contain_text("No passkey was used.")
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_enabled()


def test_without_script_the_password_is_still_there(
    browser: Browser, live_server: LiveServer, member: User
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, member)
    page.wait_for_url("**/dashboard/")
    log_out(page)
    page.goto("/account/login/")
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    context.close()
