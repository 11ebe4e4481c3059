"""What a draft rubric would change in past answers, measured before it is published."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Collection

from accounts.models import User
from interviews import impact
from interviews.exemplars import draft_of
from interviews.models import Answer, Grading, Scenario
from tests.interviews.conftest import QUEUE_ANSWER
from tests.interviews.studio import own


@pytest.fixture
def barbara(instructor_user: User, course: Collection, barbara: Client) -> Client:
    own(instructor_user, course)
    return barbara


@pytest.fixture
def url(scenario: Scenario) -> str:
    return f"/studio/interviews/scenarios/{scenario.pk}/stages/design/impact/"


@pytest.fixture
def sent() -> object:
    with patch("interviews.tasks.wake_impact") as wake:
        yield wake


@pytest.fixture
def drafted(scenario: Scenario) -> Scenario:
    """The draft takes Ada's very words for a misconception."""
    scenario.refresh_from_db()
    draft = draft_of(scenario)
    criterion = draft.stages[0].value["criteria"][0]
    criterion["misconceptions"].append(QUEUE_ANSWER)
    criterion["groups"] = []
    draft.save_revision()
    scenario.refresh_from_db()
    return scenario


def test_the_page_asks_a_worker_once_and_shows_what_it_found(
    barbara: Client, graded: Answer, drafted: Scenario, url: str, sent: object
) -> None:
    assert "about to be compared" in barbara.get(url).text
    assert sent.call_count == 1  # type: ignore[attr-defined]
    assert impact.take_step(drafted.pk, "design") is False
    page = barbara.get(url).text
    assert sent.call_count == 1  # type: ignore[attr-defined]
    assert "1 of the 1 latest answers are compared." in page
    assert "data-poll" not in page
    assert "Keeps the charge" in page
    assert "met → " in page
    assert "lm-finding" in page
    assert Grading.objects.count() == 1


def test_a_draft_that_changes_nothing_says_so(
    barbara: Client, graded: Answer, scenario: Scenario, url: str, sent: object
) -> None:
    impact.take_step(scenario.pk, "design")
    page = barbara.get(url).text
    assert "0 of 2 verdicts would change" in page
    assert "differs from what is published in other places" not in page


def test_changes_elsewhere_are_told(
    barbara: Client, drafted: Scenario, url: str, sent: object
) -> None:
    draft = draft_of(drafted)
    draft.summary = "Another"
    draft.save_revision()
    assert "also differs from what is published in other places" in barbara.get(url).text


def test_work_is_done_in_steps_and_goes_on_where_it_was(
    graded: Answer, drafted: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "STEP_S", 0.0)
    assert impact.take_step(drafted.pk, "design") is True
    monkeypatch.undo()
    assert impact.take_step(drafted.pk, "design") is False
    state = impact.read_impact(drafted, "design")
    assert state is not None
    assert (state["answers"], state["total"], state["todo"]) == (1, 1, [])


def test_two_workers_do_not_do_the_same_step(graded: Answer, drafted: Scenario) -> None:
    cache.add(f"{impact._key(drafted, 'design')}:lock", 1)
    assert impact.take_step(drafted.pk, "design") is False
    assert impact.read_impact(drafted, "design") is None


def test_a_new_revision_is_measured_anew(graded: Answer, drafted: Scenario) -> None:
    impact.take_step(drafted.pk, "design")
    draft_of(drafted).save_revision()
    drafted.refresh_from_db()
    assert impact.read_impact(drafted, "design") is None


def test_a_lost_step_is_sent_again_and_an_account_that_is_gone_is_left_out(
    graded: Answer, drafted: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "STEP_S", 0.0)
    impact.take_step(drafted.pk, "design")
    state = impact.read_impact(drafted, "design")
    assert state is not None
    assert not impact.is_stalled(state)
    assert impact.is_stalled(state | {"at": state["at"] - 60})
    monkeypatch.undo()
    Answer.objects.update(current_grade=None)
    graded.interview.learner.delete()
    assert impact.take_step(drafted.pk, "design") is False


def test_a_broker_that_is_down_is_told(
    barbara: Client, graded: Answer, url: str, sent: object
) -> None:
    sent.side_effect = OSError  # type: ignore[attr-defined]
    assert "No worker hears at the moment." in barbara.get(url).text


def test_a_half_written_draft_is_measured_without_breaking(
    barbara: Client, graded: Answer, drafted: Scenario, url: str, sent: object
) -> None:
    draft = draft_of(drafted)
    draft.stages[0].value["criteria"][0]["statement"] = ""
    draft.save_revision()
    assert impact.take_step(drafted.pk, "design") is False
    assert "needs a statement" in barbara.get(url).text


def test_other_instructors_learners_and_strangers_find_nothing(
    other_user: User, grace: Client, ada: Client, stranger: Client, url: str, sent: object
) -> None:
    own(other_user, Collection.get_first_root_node().add_child(name="Another"))
    assert grace.get(url).status_code == 404
    for browser in (ada, stranger):
        assert browser.get(url).status_code in {302, 403}
    assert sent.call_count == 0  # type: ignore[attr-defined]


def test_an_unknown_stage_is_not_found(
    barbara: Client, url: str, sent: Callable[..., object]
) -> None:
    assert barbara.get(url.replace("design", "none")).status_code == 404
