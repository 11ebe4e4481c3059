"""An overruled verdict becomes an exemplar of the draft."""

import re
from itertools import pairwise

import pytest
from django.test import Client
from wagtail.models import Collection

from accounts.models import User
from grading.rubric import MAX_EXEMPLARS
from interviews.actions import request_grading
from interviews.definition import scenario_to_data
from interviews.exemplars import draft_of, new_exemplars, overruled_by
from interviews.models import Answer, Grade, Scenario, ScenarioEdition
from interviews.models.grades import State
from tests.interviews.persons import grade_as_person
from tests.interviews.studio import own

GRADED = "/studio/interviews/graded/"
WORDS = "retry it when the provider is back"


@pytest.fixture
def barbara(instructor_user: User, course: Collection, barbara: Client) -> Client:
    own(instructor_user, course)
    return barbara


@pytest.fixture
def judged(graded: Answer, instructor_user: User) -> Grade:
    """A person says: not queue, but idempotent; the grader said the opposite."""
    assert graded.current_grade is not None
    parked = request_grading(
        answer=graded, again=graded.current_grade.grading, state=State.PARKED, grader="person"
    )
    return grade_as_person(
        parked,
        instructor_user,
        queue=("missed", "", "No."),
        idempotent=("met", WORDS, "Yes."),
    )


def texts(scenario: Scenario, criterion: int, kind: str) -> list[str]:
    scenario.refresh_from_db()
    found: list[str] = scenario_to_data(draft_of(scenario))["stages"][0]["criteria"][criterion][
        kind
    ]
    return found


def test_what_a_person_judged_otherwise_is_known(judged: Grade) -> None:
    queue, idempotent = overruled_by(judged)
    assert (queue.before, queue.after, queue.kind) == ("met", "missed", "misconceptions")
    assert "queue" in queue.text
    assert (idempotent.after, idempotent.kind, idempotent.text) == ("met", "paraphrases", WORDS)


def test_the_headings_of_its_page_leave_no_level_out(barbara: Client, judged: Grade) -> None:
    page = barbara.get(f"{GRADED}{judged.pk}/").text
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels.count(2) >= len(overruled_by(judged))
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))


def test_one_click_puts_it_into_the_draft_once_and_publishes_nothing(
    barbara: Client, judged: Grade, scenario: Scenario
) -> None:
    assert "Make it a paraphrase" in barbara.get(f"{GRADED}{judged.pk}/").text
    for _double_click in range(2):
        response = barbara.post(f"{GRADED}{judged.pk}/idempotent/")
    assert response["Location"].endswith(f"/{scenario.pk}/stages/design/impact/")
    assert texts(scenario, 1, "paraphrases")[1:] == [WORDS]
    assert scenario.has_unpublished_changes
    assert scenario_to_data(scenario)["stages"][0]["criteria"][1]["paraphrases"][1:] == []
    assert ScenarioEdition.objects.count() == 1
    assert "This stands in the draft." in barbara.get(f"{GRADED}{judged.pk}/").text


def test_words_for_which_nothing_is_due_become_a_misconception(
    barbara: Client, judged: Grade, scenario: Scenario
) -> None:
    barbara.post(f"{GRADED}{judged.pk}/queue/")
    assert texts(scenario, 0, "misconceptions")[1:] == [overruled_by(judged)[0].text]


def test_discarding_takes_only_the_new_exemplars_out(
    barbara: Client, judged: Grade, scenario: Scenario
) -> None:
    draft = draft_of(scenario)
    draft.summary = "Somebody else is at work here."
    draft.save_revision()
    for criterion in ("queue", "idempotent"):
        barbara.post(f"{GRADED}{judged.pk}/{criterion}/")
    page = barbara.post(
        f"/studio/interviews/scenarios/{scenario.pk}/stages/design/discard/", follow=True
    ).text
    assert "2 exemplars are taken out of the draft." in page
    scenario.refresh_from_db()
    assert list(new_exemplars(scenario, draft_of(scenario), "design")) == []
    assert draft_of(scenario).summary == "Somebody else is at work here."


def test_a_full_a_locked_and_a_changed_rubric_are_told_in_a_sentence(
    barbara: Client, judged: Grade, scenario: Scenario, admin_user: User
) -> None:
    draft = draft_of(scenario)
    paraphrases = draft.stages[0].value["criteria"][1]["paraphrases"]
    while len(paraphrases) < MAX_EXEMPLARS:
        paraphrases.append(f"A retry, the {len(paraphrases)}th")
    draft.save_revision()
    url = f"{GRADED}{judged.pk}/idempotent/"
    assert "has 40 exemplars of this kind already" in barbara.post(url, follow=True).text
    draft.stages[0].value["id"] = "renamed"
    draft.save_revision()
    assert "no longer has this criterion" in barbara.post(url, follow=True).text
    Scenario.objects.update(locked=True, locked_by=admin_user)
    assert "Somebody has locked this scenario." in barbara.post(url, follow=True).text


def test_a_verdict_nobody_overruled_cannot_become_one(barbara: Client, judged: Grade) -> None:
    assert barbara.post(f"{GRADED}{judged.pk}/none/").status_code == 404


def test_a_grade_that_agrees_says_so(
    barbara: Client, graded: Answer, instructor_user: User
) -> None:
    assert graded.current_grade is not None
    parked = request_grading(
        answer=graded, again=graded.current_grade.grading, state=State.PARKED, grader="person"
    )
    grade = grade_as_person(
        parked, instructor_user, queue=("met", "queue", ""), idempotent=("missed", "", "")
    )
    assert "agreed with the grader" in barbara.get(f"{GRADED}{grade.pk}/").text
    assert "Take payments" in barbara.get(GRADED).text


def test_a_program_s_grade_is_not_found(barbara: Client, graded: Answer) -> None:
    assert barbara.get(f"{GRADED}{graded.current_grade_id}/").status_code == 404


def test_other_instructors_learners_and_strangers_find_nothing(
    other_user: User,
    grace: Client,
    ada: Client,
    stranger: Client,
    judged: Grade,
    scenario: Scenario,
) -> None:
    own(other_user, Collection.get_first_root_node().add_child(name="Another"))
    assert "Take payments" not in grace.get(GRADED).text
    assert grace.get(f"{GRADED}{judged.pk}/").status_code == 404
    assert grace.post(f"{GRADED}{judged.pk}/idempotent/").status_code == 404
    for browser in (ada, stranger):
        assert browser.get(f"{GRADED}{judged.pk}/").status_code in {302, 403}
        assert browser.post(f"{GRADED}{judged.pk}/idempotent/").status_code in {302, 403}
    scenario.refresh_from_db()
    assert not scenario.has_unpublished_changes
