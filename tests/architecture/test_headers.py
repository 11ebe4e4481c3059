"""What every answer carries, and that no learner page needs what its policy forbids."""

from html.parser import HTMLParser

import pytest
from django.test import Client, override_settings

from tests.architecture.conftest import World
from tests.architecture.routes import ROUTES
from tests.conftest import PASSWORD

PERSONAL = ("/dashboard/", "/account/profile/", "/account/data/", "/courses/patterns/lesson-1/")
# Data for a script: the browser does not run it, so the policy does not look at it.
DATA_TYPES = {"application/json", "application/ld+json"}


def policy(client: Client, path: str) -> dict[str, list[str]]:
    """The Content-Security-Policy of a page, by directive."""
    header = client.get(path).headers["Content-Security-Policy"]
    directives = (part.split() for part in header.split(";"))
    return {name: values for name, *values in directives}


@pytest.mark.parametrize("path", ["/", "/labs/", "/account/login/", "/nothing/here/"])
def test_the_policy_of_learner_pages_is_strict(stranger: Client, path: str) -> None:
    rules = policy(stranger, path)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    everything = " ".join(value for values in rules.values() for value in values)
    assert "unsafe" not in everything
    assert "*" not in everything
    assert "http" not in everything


def test_the_studio_has_a_policy_of_its_own(world: World) -> None:
    rules = policy(world.browser("administrator"), "/studio/")
    assert "'unsafe-inline'" in rules["script-src"]
    assert rules["frame-ancestors"] == rules["form-action"] == ["'self'"]
    assert rules["object-src"] == ["'none'"]


@pytest.mark.parametrize(
    "path", ["/", "/labs/", "/account/login/", "/dashboard/", "/nothing/here/", "/studio/"]
)
def test_every_answer_carries_the_headers_that_protect_its_reader(
    stranger: Client, path: str
) -> None:
    headers = stranger.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    for power in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{power}=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/account/login/"])
def test_over_https_the_browser_is_told_to_stay_there(stranger: Client, path: str) -> None:
    with override_settings(SECURE_HSTS_SECONDS=63_072_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        header = stranger.get(path, secure=True).headers["Strict-Transport-Security"]
    assert header == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize("path", PERSONAL)
def test_no_shared_cache_keeps_a_personal_page(world: World, path: str) -> None:
    headers = world.browser("owner").get(path).headers
    assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("path", ["/", "/labs/circuit-breaker/", "/dashboard/", "/account/login/"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_page_and_fragment_are_kept_apart(
    stranger: Client, path: str, headers: dict[str, str]
) -> None:
    varying = stranger.get(path, headers=headers).headers["Vary"].split(", ")
    assert "HX-Request" in varying


@pytest.mark.parametrize("path", ["/account/profile/", "/account/logout/", "/account/2fa/"])
def test_another_site_cannot_post_a_form_here(world: World, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["owner"])  # type: ignore[arg-type]
    assert strict.post(path).status_code == 403


class Inline(HTMLParser):
    """Collects what a policy without ``unsafe-inline`` refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag and its attributes."""
        values = dict(attrs)
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_TYPES:
            self.found.append("<script>")
        for name, value in attrs:
            runs = name.startswith(("on", "hx-on")) or name == "style"
            if runs or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}>")


def inline_parts(page: str) -> list[str]:
    parser = Inline()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize("role", ["stranger", "owner", "administrator"])
def test_no_learner_page_has_anything_inline(
    world: World, role: str, headers: dict[str, str]
) -> None:
    browser = world.browser(role)
    found = {}
    looked_at = 0
    for route in ROUTES.values():
        address = world.address(route.sample)
        response = browser.get(address, headers=headers)
        if response["Content-Type"].startswith("text/html"):
            looked_at += 1
            found[address] = inline_parts(response.content.decode())
    assert looked_at > 20
    assert {address: parts for address, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    ("role", "tail"),
    [
        ("learner", "totp/activate/"),
        ("owner", "totp/deactivate/"),
        ("owner", "webauthn/add/"),
        ("owner", "webauthn/keys/{passkey}/edit/"),
        ("owner", "webauthn/keys/{passkey}/remove/"),
        ("owner", "recovery-codes/"),
        ("owner", "recovery-codes/generate/"),
    ],
)
def test_a_page_x_who_one_is_has_nothing_inline(world: World, role: str, tail: str) -> None:
    browser = world.browser(role)
    browser.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/2fa/"})
    response = browser.get(world.address(f"/account/2fa/{tail}"))
    assert response.status_code == 200
    assert inline_parts(response.content.decode()) == []


@pytest.mark.parametrize(
    "page",
    [
        "<p style='color: red'>x</p>",
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        "<img src=x onerror=alert(1)>",
        "<a href=' JavaScript:alert(1)'>x</a>",
        "<button hx-on:click='x'>x</button>",
    ],
)
def test_something_inline_would_be_noticed(page: str) -> None:
    assert inline_parts(page)
