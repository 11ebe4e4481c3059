"""Extra time that an instructor grants."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner, User
from interviews import actions
from interviews.models import ExtraTime, Interview, Scenario
from tests.interviews.studio import own

URL = "/studio/interviews/extra-time/"
QUERIES = 11


@pytest.fixture
def barbara_owns(instructor_user: User, course: Collection) -> None:
    own(instructor_user, course)


@pytest.fixture
def form(scenario: Scenario) -> dict[str, str]:
    return {"scenario": str(scenario.pk), "email": "Ada@example.org", "percent": "50"}


@pytest.mark.usefixtures("barbara_owns")
def test_granting_reaches_the_interview_under_way_and_the_next(
    barbara: Client, interview: Interview, form: dict[str, str], instructor_user: User
) -> None:
    for percent in ("25", "50", "50"):
        page = barbara.post(URL, form | {"percent": percent}, follow=True).text
    assert "ada@example.org" in page
    granted = ExtraTime.objects.get()
    assert (granted.percent, granted.granted_by) == (50, instructor_user)
    interview.refresh_from_db()
    assert interview.extra_percent == 50
    actions.finish_interview(interview=interview)
    following = actions.start_interview(
        learner=interview.learner, edition=interview.edition, mode="strict"
    )
    assert following.extra_percent == 50


@pytest.mark.usefixtures("barbara_owns")
def test_each_column_of_what_is_granted_has_a_name(
    barbara: Client, interview: Interview, form: dict[str, str]
) -> None:
    page = barbara.post(URL, form, follow=True).text
    names = [strip_tags(name).strip() for name in re.findall("<th>(.*?)</th>", page)]
    assert len(names) == 5
    assert all(names)


@pytest.mark.usefixtures("barbara_owns")
def test_taking_it_back_leaves_finished_interviews_alone(
    barbara: Client, interview: Interview, form: dict[str, str]
) -> None:
    barbara.post(URL, form)
    actions.finish_interview(interview=interview)
    running = actions.start_interview(
        learner=interview.learner, edition=interview.edition, mode="strict"
    )
    revoke = f"{URL}{ExtraTime.objects.get().pk}/revoke/"
    assert "Nobody has extra time." in barbara.post(revoke, follow=True).text
    assert barbara.post(revoke).status_code == 404
    percents = Interview.objects.order_by("pk").values_list("pk", "extra_percent")
    assert list(percents) == [(interview.pk, 50), (running.pk, 0)]


@pytest.mark.usefixtures("barbara_owns")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "nobody@example.org"}, "No learner with this address has an account."),
        ({"email": "<b>"}, "Enter a valid email address."),
        ({"percent": "400"}, "Select a valid choice"),
        ({"scenario": "0"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_granted(
    barbara: Client, form: dict[str, str], change: dict[str, str], sentence: str
) -> None:
    page = barbara.post(URL, form | change).text
    assert sentence in page
    assert "<b>" not in page.split("<main")[-1].split("</form>")[0]
    assert not ExtraTime.objects.exists()


def test_an_instructor_of_another_course_grants_and_sees_nothing(
    barbara: Client,
    instructor_user: User,
    course: Collection,
    learner: Learner,
    scenario: Scenario,
    form: dict[str, str],
) -> None:
    own(instructor_user, Collection.get_first_root_node().add_child(name="Another"))
    granted = ExtraTime.objects.create(learner=learner, scenario=scenario, percent=25)
    page = barbara.get(URL).text
    assert "Take payments" not in page
    assert "ada@example.org" not in page
    assert "Select a valid choice" in barbara.post(URL, form).text
    assert barbara.post(f"{URL}{granted.pk}/revoke/").status_code == 404
    assert ExtraTime.objects.get().percent == 25


def test_learners_and_strangers_are_kept_out(
    ada: Client, stranger: Client, form: dict[str, str]
) -> None:
    for browser in (ada, stranger):
        assert browser.get(URL).status_code in {302, 403}
        assert browser.post(URL, form).status_code in {302, 403}
    assert not ExtraTime.objects.exists()


@pytest.mark.usefixtures("barbara_owns")
@pytest.mark.parametrize("size", [1, 7])
def test_the_list_needs_the_same_queries_at_any_length(
    barbara: Client,
    scenario: Scenario,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    barbara.get(URL)
    for number in range(size):
        user = User.objects.create_user(f"{number}@example.org", name="N")
        learner = Learner.objects.create(user=user)
        ExtraTime.objects.create(learner=learner, scenario=scenario, percent=25)
    with django_assert_num_queries(QUERIES):
        barbara.get(URL)
