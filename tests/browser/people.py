"""Fresh people, so that no test depends on what another one left behind."""

import secrets

from playwright.sync_api import Page

PASSWORD = "a long and quiet passphrase"


def sign_up(page: Page) -> str:
    """Make an account in this window and stay logged in; returns the e-mail address."""
    email = f"reader-{secrets.token_hex(4)}@example.org"
    page.goto("/account/signup/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/dashboard/")
    return email
