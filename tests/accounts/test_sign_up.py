"""Signing up: what a visitor did comes along, and the way on is kept."""

import pytest
from django.test import Client

from accounts.models import Learner, User
from progress.models import Activity
from tests.conftest import PASSWORD
from tests.progress.conftest import build_course

FORM = {"email": "Lise@Example.org", "password1": PASSWORD}


@pytest.fixture
def visitor(stranger: Client) -> Client:
    """A browser without an account whose reader has finished a lesson."""
    lesson = build_course("patterns")[1]
    stranger.post(f"/dashboard/lessons/{lesson.content_id}/read/")
    return stranger


def test_what_a_visitor_did_belongs_to_the_new_account(visitor: Client) -> None:
    before = list(Activity.objects.values_list("pk", flat=True))
    assert before
    response = visitor.post("/account/signup/", FORM)
    assert (response.status_code, response["Location"]) == (302, "/dashboard/")
    learner = Learner.objects.get(user__email="lise@example.org")
    assert list(learner.activities.values_list("pk", flat=True)) == before
    assert Learner.objects.count() == 1


def test_what_a_visitor_did_is_merged_when_the_account_is_older(
    visitor: Client, learner_user: User
) -> None:
    own = Learner.objects.create(user=learner_user)
    visitor.post("/account/login/", {"login": learner_user.email, "password": PASSWORD})
    assert own.activities.exists()
    assert Learner.objects.get() == own


@pytest.mark.parametrize("path", ["/account/signup/", "/account/login/"])
def test_the_page_one_came_from_is_in_the_form_and_in_the_link_to_the_other_form(
    stranger: Client, path: str
) -> None:
    page = stranger.get(path, {"next": "/courses/?level=<2>"}).content.decode()
    assert '<input type="hidden" name="next" value="/courses/?level=&lt;2&gt;">' in page
    other = "/account/login/" if "signup" in path else "/account/signup/"
    assert f'href="{other}?next=%2Fcourses%2F%3Flevel%3D%3C2%3E"' in page


def test_the_new_account_goes_on_where_its_owner_was(stranger: Client) -> None:
    response = stranger.post("/account/signup/", FORM | {"next": "/labs/"})
    assert response["Location"] == "/labs/"


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(stranger: Client, learner_user: User, evil: str) -> None:
    logging_in = {"login": learner_user.email, "password": PASSWORD, "next": evil}
    assert stranger.post("/account/login/", logging_in)["Location"] == "/dashboard/"
    assert Client().post("/account/signup/", FORM | {"next": evil})["Location"] == "/dashboard/"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password1": "short"}, "at least 8 characters"),
        ({"password1": "password1234"}, "too common"),
        ({"password1": "Lise@Example.org"}, "too similar"),
        ({"email": "lise"}, "valid email"),
        ({"email": ""}, "required"),
        ({"email": "lise@example.org\x00"}, "Null characters"),
        ({"email": "l" * 300 + "@example.org"}, "254 characters"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_the_address(
    stranger: Client, change: dict[str, str], says: str
) -> None:
    page = stranger.post("/account/signup/", FORM | change).content.decode()
    assert says in page
    if change.get("email") is None:
        assert 'value="Lise@Example.org"' in page
    assert not User.objects.exists()


def test_an_address_has_one_account_whatever_its_capitals(
    stranger: Client, learner_user: User
) -> None:
    page = stranger.post("/account/signup/", FORM | {"email": learner_user.email.upper()})
    assert page.status_code == 200
    assert User.objects.count() == 1
