"""Every route is classified, and gives each kind of person what its class says and no more."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from interviews.models import Answer, Interview, KeptText
from tests.architecture.conftest import World
from tests.architecture.routes import ROUTES, Access, access_of

STRANGER, LEARNER, OWNER = "stranger", "learner", "owner"
ROLES = (STRANGER, LEARNER, "instructor", "administrator", OWNER)
SENDING = {Access.SEND, Access.SEND_AS_MEMBER, Access.SEND_OWN}
PLAIN: dict[str, str] = {}
FROM_SCRIPT = {"HX-Request": "true"}


def walk(resolver: URLResolver, above: str = "") -> Iterator[str]:
    """Every pattern of the site, spelt as in the table."""
    for entry in resolver.url_patterns:
        pattern = above + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield pattern
        else:
            yield from walk(entry, pattern)


PATTERNS = list(dict.fromkeys(walk(get_resolver())))


def leads_to_log_in(response: HttpResponse) -> bool:
    """A page sends there; a script is told 401, or given a link to put into its page."""
    if response.status_code == 302:
        return str(response["Location"]).startswith("/account/login/")
    fragment = b"<html" not in response.content
    link = fragment and b'href="/account/login/' in response.content
    return response.status_code == 401 or (response.status_code == 200 and link)


def leads_within(response: HttpResponse, address: str) -> bool:
    """Whether it shows the page, or sends its owner on to another page of the same object."""
    if response.status_code == 302:
        return str(response["Location"]).startswith("/".join(address.split("/")[:4]))
    return response.status_code in {200, 204, 286}


def asks_who_one_is(response: HttpResponse) -> bool:
    return response.status_code == 302 and "/reauthenticate/" in response["Location"]


def problem(kind: Access, role: str, response: HttpResponse, address: str) -> str | None:
    """Return what is wrong with the answer to a GET, None if it is what the class says."""
    status = response.status_code
    known = role != STRANGER
    right = {
        Access.PUBLIC: status == 200,
        Access.MEMBERS: status == 200 if known else asks_to_log_in_or_home(response),
        Access.OWN: {
            OWNER: leads_within(response, address),
            STRANGER: leads_to_log_in(response),
        }.get(role, status == 404),
        Access.SHOWN: asks_who_one_is(response) if known else leads_to_log_in_or_asks(response),
        Access.OWN_SHOWN: {
            OWNER: asks_who_one_is(response),
            STRANGER: leads_to_log_in_or_asks(response),
        }.get(role, status == 404 or asks_who_one_is(response)),
        Access.WITH_FACTOR: status == 200 if role == OWNER else status == 302,
        Access.ENTRANCE: status == (302 if known else 200),
        Access.LEADS: status in {302, 307},
        Access.SEND: status == 405,
        Access.SEND_AS_MEMBER: status == 405,
        Access.SEND_OWN: status == 405 or (role == STRANGER and leads_to_log_in(response)),
    }[kind]
    return None if right else f"{role} {address}: {status} {response.headers.get('Location', '')}"


def asks_to_log_in_or_home(response: HttpResponse) -> bool:
    """What needs an account sends strangers to the log-in; logging out has nothing to do."""
    return leads_to_log_in(response) or (
        response.status_code == 302 and response["Location"] == "/"
    )


def leads_to_log_in_or_asks(response: HttpResponse) -> bool:
    return leads_to_log_in(response) or asks_who_one_is(response)


def test_every_route_is_classified() -> None:
    assert [pattern for pattern in PATTERNS if access_of(pattern) is None] == []


def test_the_table_names_no_route_that_is_gone() -> None:
    assert sorted(set(ROUTES) - set(PATTERNS)) == []


def test_a_route_without_an_entry_would_be_noticed() -> None:
    assert access_of("courses/<slug:course_slug>/secret/") is None


@pytest.mark.parametrize("headers", [PLAIN, FROM_SCRIPT], ids=["page", "fragment"])
@pytest.mark.parametrize("role", ROLES)
def test_looking_at_every_route_gives_what_its_class_says(
    world: World, role: str, headers: dict[str, str]
) -> None:
    browser = world.browser(role)
    problems = []
    for route in ROUTES.values():
        address = world.address(route.sample)
        response = browser.get(address, headers=headers)
        problems.append(problem(route.access, role, response, address))
    assert [text for text in problems if text] == []


@pytest.mark.parametrize("headers", [PLAIN, FROM_SCRIPT], ids=["page", "fragment"])
@pytest.mark.parametrize("role", ROLES)
def test_sending_an_empty_form_anywhere_breaks_nothing_and_opens_nothing(
    world: World, role: str, headers: dict[str, str]
) -> None:
    problems = []
    for route in ROUTES.values():
        address = world.address(route.sample)
        status, refused = send_nothing(world.browser(role), address, headers)
        if status >= 500 or (must_be_refused(route.access, role) and not refused):
            problems.append(f"{role} {address}: {status}")
    assert problems == []


def send_nothing(browser: Client, address: str, headers: dict[str, str]) -> tuple[int, bool]:
    """Return the status, and whether it was refused."""
    response = browser.post(address, headers=headers)
    status = response.status_code
    return status, status in {401, 403, 404, 405} or leads_to_log_in_or_asks(response)


def must_be_refused(kind: Access, role: str) -> bool:
    if kind in {Access.OWN, Access.SEND_OWN}:
        return role != OWNER
    members_only = {Access.SHOWN, Access.OWN_SHOWN, Access.SEND_AS_MEMBER}
    return kind in members_only and role == STRANGER


def test_another_learner_changes_nothing_by_sending_to_what_is_adas(world: World) -> None:

    def state() -> list[object]:
        return [
            list(model.objects.order_by("pk").values()) for model in (Interview, Answer, KeptText)
        ]

    before = state()
    for route in ROUTES.values():
        if route.access in {Access.OWN, Access.SEND_OWN}:
            form = {"text": "Mine now.", "version": 0, "choice": "kept", "token": "x"}
            world.browser(LEARNER).post(world.address(route.sample), form)
    assert state() == before


# --- The studio ---------------------------------------------------------------------------------
# The doors lead elsewhere; the fail whale raises an error on purpose, to show the page for errors.
ELSEWHERE = ("studio/login/", "studio/logout/", "studio/password_reset/", "studio/failwhale/")
UUID = "5f1d7bb2-4a52-4d22-8f0e-3a3f0f0c2f11"


def studio_addresses() -> list[str]:
    """An address for each of Wagtail's routes, its arguments filled in."""
    addresses = []
    for pattern in PATTERNS:
        wanted = pattern.startswith("studio/") and not pattern.startswith(ELSEWHERE)
        if wanted and not re.search(r"[\^$]", pattern):
            addresses.append("/" + re.sub(r"<(?:(\w+):)?\w+>", fill, pattern))
    return addresses


def fill(argument: re.Match[str]) -> str:
    return UUID if argument[1] == "uuid" else "1"


OPEN_IN_THE_STUDIO = {"/studio/sprite/", "/studio/jsi18n/"}


def test_strangers_get_the_log_in_for_everything_in_the_studio(world: World) -> None:
    browser = world.browser(STRANGER)
    opened = {a for a in studio_addresses() if not leads_to_log_in(browser.get(a))}
    assert opened == OPEN_IN_THE_STUDIO


def test_learners_get_nothing_in_the_studio(world: World) -> None:
    browser = world.browser(LEARNER)
    answers = {address: browser.get(address).status_code for address in studio_addresses()}
    assert {address: status for address, status in answers.items() if status != 403} == {}
    answers = {address: browser.post(address).status_code for address in studio_addresses()}
    assert {address: status for address, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("role", ["instructor", "administrator"])
def test_nothing_in_the_studio_breaks(world: World, role: str) -> None:
    browser = world.browser(role)
    answers = {address: browser.get(address).status_code for address in studio_addresses()}
    assert {address: status for address, status in answers.items() if status >= 500} == {}
