"""Challenges are judged by the server and kept for whoever passed them."""

import pytest
from django.test import Client

from accounts.models import User
from labs.models import ChallengeCheck
from progress.models import Activity, Verb
from tests.labs.solutions import solution_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LAB = "circuit-breaker"


@pytest.fixture
def solution() -> tuple[str, dict[str, str]]:
    """A challenge of the lab and settings that pass it."""

    return solution_of(LAB)


def address(challenge: str) -> str:
    return f"/labs/{LAB}/check/{challenge}/"


def test_settings_that_hold_are_recorded_as_done(
    ada: Client, learner_user: User, solution: tuple[str, dict[str, str]]
) -> None:
    challenge, settings = solution
    response = ada.post(address(challenge), settings, headers=HTMX)
    assert "Done: every criterion holds" in response.content.decode()
    assert ChallengeCheck.objects.get().passed
    assert Activity.objects.filter(verb=Verb.CHALLENGE_PASSED, learner__user=learner_user).exists()
    assert "badge done" in ada.get(f"/labs/{LAB}/").content.decode()


def test_the_first_view_does_not_pass(ada: Client, solution: tuple[str, dict[str, str]]) -> None:
    response = ada.post(address(solution[0]), {}, headers=HTMX)
    assert "Not yet" in response.content.decode()
    assert not ChallengeCheck.objects.get().passed
    assert not Activity.objects.exists()


def test_passing_twice_is_one_activity(ada: Client, solution: tuple[str, dict[str, str]]) -> None:
    for _ in range(2):
        ada.post(address(solution[0]), solution[1], headers=HTMX)
    assert Activity.objects.count() == 1


def test_without_script_the_answer_is_a_page(
    ada: Client, solution: tuple[str, dict[str, str]]
) -> None:
    text = ada.post(address(solution[0]), solution[1]).content.decode()
    assert "<html" in text
    assert "Done: every criterion holds" in text


def test_a_visitors_pass_is_kept_for_the_account_they_make(
    stranger: Client, learner_user: User, solution: tuple[str, dict[str, str]]
) -> None:
    stranger.post(address(solution[0]), solution[1])
    stranger.force_login(learner_user)
    assert ChallengeCheck.objects.get().learner.user == learner_user
    assert Activity.objects.get().learner.user == learner_user


def test_another_learner_sees_nothing_of_it(
    ada: Client, grace: Client, solution: tuple[str, dict[str, str]]
) -> None:
    ada.post(address(solution[0]), solution[1])
    assert "badge done" not in grace.get(f"/labs/{LAB}/").content.decode()


def test_forged_settings_get_a_sentence_and_are_not_recorded(
    ada: Client, solution: tuple[str, dict[str, str]]
) -> None:
    from labs.registry import get_lab

    name = next(spec.name for spec in get_lab(LAB).specs if not spec.choices)
    response = ada.post(address(solution[0]), {name: "1e9"}, headers=HTMX)
    assert response.status_code == 422
    assert not ChallengeCheck.objects.exists()


def test_looking_is_not_checking(ada: Client, solution: tuple[str, dict[str, str]]) -> None:
    assert ada.get(address(solution[0])).status_code == 405


def test_an_unknown_challenge_is_not_found(ada: Client) -> None:
    assert ada.post(f"/labs/{LAB}/check/impossible/").status_code == 404
