"""Past answers graded again by a newer rubric."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Collection

from accounts.models import Learner, User
from interviews import actions, grading_queue, regrading, tasks
from interviews.actions import Sent, request_grading
from interviews.definition import save_scenario_from_data
from interviews.exemplars import draft_of
from interviews.models import (
    Answer,
    Appeal,
    Grade,
    Grading,
    Interview,
    Regrade,
    Scenario,
    ScenarioEdition,
)
from interviews.models.grades import State
from tests.interviews.conftest import QUEUE_ANSWER
from tests.interviews.persons import grade_as_person
from tests.interviews.studio import own

NEW_POINTS = 7


@pytest.fixture
def barbara(instructor_user: User, course: Collection, barbara: Client) -> Client:
    own(instructor_user, course)
    return barbara


@pytest.fixture
def finished(graded: Answer, interview: Interview) -> Answer:
    """Ada's graded answer in an interview that is over."""
    actions.finish_interview(interview=interview)
    graded.refresh_from_db()
    return graded


@pytest.fixture
def newer(finished: Answer, scenario_data: dict[str, Any], scenario: Scenario) -> ScenarioEdition:
    """An edition in which the queue is worth more."""
    scenario_data["stages"][0]["criteria"][0]["points"] = NEW_POINTS
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    return ScenarioEdition.objects.get(is_current=True)


@pytest.fixture
def regrade(newer: ScenarioEdition, instructor_user: User) -> Regrade:
    return regrading.start_regrade(edition=newer, stage_id="design", by=instructor_user)


def more_answers(edition: ScenarioEdition, count: int) -> None:
    """Finished interviews of other people on an older edition, graded."""
    for number in range(count):
        user = User.objects.create_user(f"{number}@example.org")
        learner = Learner.objects.create(user=user)
        interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
        answer = interview.answers.get()
        actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key="k")
        grading_queue.grade_queued(answer.gradings.get().pk)
        actions.finish_interview(interview=interview)


def test_the_new_grade_counts_and_the_old_one_stays_in_the_history(
    ada: Client, regrade: Regrade, finished: Answer
) -> None:
    (pk,) = regrading.continue_regrades()
    grading_queue.grade_queued(pk)
    assert regrading.continue_regrades() == []
    finished.refresh_from_db()
    grade = finished.current_grade
    assert grade is not None
    assert (grade.edition, grade.max_points) == (regrade.edition, NEW_POINTS + 3)
    assert finished.grades.count() == 2
    progress = regrading.progress_of(Regrade.objects.get())
    assert progress == regrading.RegradeProgress(1, 1, 1, 0, 0, is_finished=True)
    page = ada.get(f"/interviews/sessions/{finished.interview_id}/debrief/").text
    assert "Graded again by a newer rubric." in page
    assert f"/ {NEW_POINTS}</span>" in page


def test_starting_twice_is_one_regrade_and_going_on_queues_nobody_twice(
    regrade: Regrade, newer: ScenarioEdition, instructor_user: User
) -> None:
    again = regrading.start_regrade(edition=newer, stage_id="design", by=instructor_user)
    assert again.pk == regrade.pk
    assert regrade.total == 1
    assert len(regrading.continue_regrades()) == 1
    assert regrading.continue_regrades() == []
    assert Grading.objects.filter(regrade=regrade).count() == 1


def test_it_goes_in_batches_and_ends(
    edition: ScenarioEdition,
    finished: Answer,
    scenario_data: dict[str, Any],
    scenario: Scenario,
    instructor_user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more_answers(edition, 4)
    monkeypatch.setattr(regrading, "BATCH", 2)
    scenario_data["stages"][0]["criteria"][0]["points"] = NEW_POINTS
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    current = ScenarioEdition.objects.get(is_current=True)
    regrade = regrading.start_regrade(edition=current, stage_id="design", by=instructor_user)
    batches = []
    while batch := regrading.continue_regrades():
        batches.append(len(batch))
        for pk in batch:
            grading_queue.grade_queued(pk)
    assert batches == [2, 2, 1]
    regrade.refresh_from_db()
    assert regrade.finished_at is not None
    assert regrading.progress_of(regrade).done == 5
    assert Grade.objects.filter(edition=current).count() == 5


def test_the_sweeper_queues_and_wakes(regrade: Regrade, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(tasks.grade, "delay", woken.append)
    tasks.sweep()
    assert woken == [Grading.objects.get(regrade=regrade).pk]


def test_what_a_person_graded_is_left_alone(
    finished: Answer,
    instructor_user: User,
    scenario_data: dict[str, Any],
    newer: ScenarioEdition,
) -> None:
    assert finished.current_grade is not None
    parked = request_grading(
        answer=finished, again=finished.current_grade.grading, state=State.PARKED, grader="person"
    )
    Appeal.objects.create(grade=finished.current_grade, criterion_id="queue")
    regrade = regrading.start_regrade(edition=newer, stage_id="design", by=instructor_user)
    assert regrade.total == 0
    assert regrading.progress_of(regrade).kept == 1
    grade_as_person(
        parked, instructor_user, queue=("met", "queue", ""), idempotent=("missed", "", "")
    )
    assert regrading.continue_regrades() == []
    regrade.refresh_from_db()
    assert regrade.finished_at is not None


def test_what_waits_because_the_grader_was_not_sure_is_judged_again_first(
    finished: Answer, regrade: Regrade
) -> None:
    assert finished.current_grade is not None
    parked = request_grading(
        answer=finished, again=finished.current_grade.grading, state=State.PARKED, grader="person"
    )
    (pk,) = regrading.continue_regrades()
    parked.refresh_from_db()
    assert parked.state == State.WITHDRAWN
    grading_queue.grade_queued(pk)
    assert finished.grades.count() == 2


def test_an_interview_under_way_is_left_alone(
    graded: Answer, scenario_data: dict[str, Any], scenario: Scenario, instructor_user: User
) -> None:
    scenario_data["stages"][0]["criteria"][0]["points"] = NEW_POINTS
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    current = ScenarioEdition.objects.get(is_current=True)
    regrade = regrading.start_regrade(edition=current, stage_id="design", by=instructor_user)
    assert regrade.total == 0
    assert regrading.continue_regrades() == []


def test_an_answer_that_is_being_graded_is_waited_for(regrade: Regrade, finished: Answer) -> None:
    waiting = actions.queue_grading(answer=finished)
    assert regrading.continue_regrades() == []
    regrade.refresh_from_db()
    assert regrade.finished_at is None
    grading_queue.grade_queued(waiting.pk)
    assert len(regrading.continue_regrades()) == 1


def test_an_answer_that_cannot_be_graded_keeps_its_grade(
    regrade: Regrade, finished: Answer
) -> None:
    (pk,) = regrading.continue_regrades()
    Grading.objects.filter(pk=pk).update(state=State.FAILED, attempts=3)
    before = finished.current_grade_id
    assert regrading.continue_regrades() == []
    finished.refresh_from_db()
    assert finished.current_grade_id == before
    assert regrading.progress_of(Regrade.objects.get()).failed == 1


def test_a_regrade_by_a_rubric_that_is_replaced_ends(
    regrade: Regrade, scenario_data: dict[str, Any], scenario: Scenario
) -> None:
    scenario_data["stages"][0]["criteria"][0]["points"] = NEW_POINTS + 1
    save_scenario_from_data(data=scenario_data, source="", collection=scenario.collection)
    assert regrading.continue_regrades() == []
    regrade.refresh_from_db()
    assert regrade.finished_at is not None
    assert not Grading.objects.filter(regrade=regrade).exists()


def drafted(scenario: Scenario) -> str:
    """Give the draft a paraphrase; returns the revision's id."""
    scenario.refresh_from_db()
    draft = draft_of(scenario)
    draft.stages[0].value["criteria"][0]["paraphrases"].append("It waits in line.")
    return str(draft.save_revision().pk)


def test_publishing_from_the_impact_page_regrades(
    barbara: Client, finished: Answer, scenario: Scenario
) -> None:
    url = f"/studio/interviews/scenarios/{scenario.pk}/stages/design/publish/"
    revision = drafted(scenario)
    page = barbara.post(url, {"revision": revision}, follow=True).text
    assert "0 of 1 answers are graded again." in page
    edition = ScenarioEdition.objects.get(is_current=True)
    assert edition.number == 2
    assert Regrade.objects.get().edition == edition
    barbara.post(url, {"revision": revision})
    assert Regrade.objects.count() == 1
    (pk,) = regrading.continue_regrades()
    grading_queue.grade_queued(pk)
    regrading.continue_regrades()
    shown = barbara.get(f"/studio/interviews/regrades/{Regrade.objects.get().pk}/").text
    assert "1 of 1 answers are graded again." in shown
    assert "data-poll" not in shown


@pytest.mark.parametrize("revision", ["", "x", "1", "9" * 30])
def test_a_draft_that_was_not_looked_at_is_not_published(
    barbara: Client, finished: Answer, scenario: Scenario, revision: str
) -> None:
    drafted(scenario)
    url = f"/studio/interviews/scenarios/{scenario.pk}/stages/design/publish/"
    assert barbara.post(url, {"revision": revision})["Location"].endswith("/impact/")
    assert ScenarioEdition.objects.count() == 1
    assert not Regrade.objects.exists()


def test_a_half_written_draft_is_not_published(
    barbara: Client, finished: Answer, scenario: Scenario
) -> None:
    scenario.refresh_from_db()
    draft = draft_of(scenario)
    draft.stages[0].value["criteria"][0]["statement"] = ""
    revision = draft.save_revision().pk
    url = f"/studio/interviews/scenarios/{scenario.pk}/stages/design/publish/"
    barbara.post(url, {"revision": revision})
    assert ScenarioEdition.objects.count() == 1


def test_other_instructors_learners_and_strangers_find_nothing(
    other_user: User,
    grace: Client,
    ada: Client,
    stranger: Client,
    regrade: Regrade,
    scenario: Scenario,
    course: Collection,
) -> None:
    own(other_user, Collection.get_first_root_node().add_child(name="Another"))
    shown = f"/studio/interviews/regrades/{regrade.pk}/"
    publish = f"/studio/interviews/scenarios/{scenario.pk}/stages/design/publish/"
    revision = {"revision": drafted(scenario)}
    assert grace.get(shown).status_code == 404
    assert grace.post(publish, revision).status_code == 404
    for browser in (ada, stranger):
        assert browser.get(shown).status_code in {302, 403}
        assert browser.post(publish, revision).status_code in {302, 403}
    assert ScenarioEdition.objects.count() == 2
