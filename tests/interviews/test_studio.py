"""Scenarios in the studio: Barbara's course has one, Grace's course another."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection

from accounts.models import User
from grading.rubric import ExpectedNumber
from interviews.definition import save_scenario_from_data, scenario_to_data
from interviews.models import Interview, Scenario, ScenarioEdition
from interviews.rubrics import rubric_of
from tests.interviews.rich_stage import enrich
from tests.interviews.studio import form_of, own

LIST = "wagtailsnippets_interviews_scenario:"
CHANGED = "A better title"


@pytest.fixture
def barbara(
    instructor_user: User, course: Collection, scenario: Scenario, sign_in: Callable[..., Client]
) -> Client:
    own(instructor_user, course)
    scenario.refresh_from_db()
    return sign_in(instructor_user)


@pytest.fixture
def other_course(scenario: Scenario) -> Collection:
    return Collection.get_first_root_node().add_child(name="Generative AI")


@pytest.fixture
def grace(other_user: User, other_course: Collection, sign_in: Callable[..., Client]) -> Client:
    own(other_user, other_course)
    return sign_in(other_user)


def edit(scenario: Scenario) -> str:
    return reverse(f"{LIST}edit", args=[scenario.pk])


def publish(client: Client, scenario: Scenario, **changes: Any) -> Any:
    form = form_of(scenario, **changes) | {"action-publish": "action-publish"}
    return client.post(edit(scenario), form)


def test_an_instructor_publishes_a_change(barbara: Client, scenario: Scenario) -> None:
    assert "action-publish" in barbara.get(edit(scenario)).text
    assert publish(barbara, scenario, title=CHANGED).status_code == 302
    edition = ScenarioEdition.objects.current().get()
    assert (edition.number, edition.title) == (2, CHANGED)


def test_the_form_gives_back_exactly_what_was_imported(
    barbara: Client, scenario: Scenario, scenario_data: dict[str, Any]
) -> None:
    stage = scenario_data["stages"][0]
    stage["prompt"] = "    indented\n\nWhat now?"
    stage["criteria"][0]["numbers"] = [{"value": 18.5, "unit": "1/s", "tolerance": 0.1}]
    scenario = save_scenario_from_data(
        data=scenario_data, source="", collection=scenario.collection
    )
    before = scenario_to_data(scenario)
    publish(barbara, scenario)
    assert scenario_to_data(Scenario.objects.get()) == before
    assert ScenarioEdition.objects.count() == 2


def test_an_author_chooses_the_scale_of_a_tolerance(barbara: Client, scenario: Scenario) -> None:
    page = html.unescape(barbara.get(edit(scenario)).text)
    assert "powers of ten" in page
    assert "0.5 a third to three times" in page
    stages = scenario_to_data(scenario)["stages"]
    wide = {"value": 300, "unit": "GB", "tolerance": 1.5, "scale": "magnitude"}
    stages[0]["criteria"][0]["numbers"] = [wide]
    publish(barbara, scenario, stages=stages)
    stored = scenario_to_data(Scenario.objects.get())
    assert stored["stages"][0]["criteria"][0]["numbers"] == [wide]
    edition = ScenarioEdition.objects.current().get()
    assert rubric_of(edition.stage("design"))[0].numbers == (
        ExpectedNumber(300, "GB", 1.5, "magnitude"),
    )
    shown = html.unescape(barbara.get(edit(scenario)).text)
    assert shown.count("magnitude") == page.count("magnitude") + 1


def test_a_draft_may_be_half_written_and_learners_do_not_see_it(
    barbara: Client, scenario: Scenario
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    for stage in stages:
        stage |= {"id": "", "minutes": "", "model_answer": ""}
    response = barbara.post(edit(scenario), form_of(scenario, stages=stages))
    assert response.status_code == 302
    assert Scenario.objects.get().has_unpublished_changes
    assert ScenarioEdition.objects.count() == 1
    preview = reverse(f"{LIST}preview_on_edit", args=[scenario.pk])
    assert barbara.post(preview, form_of(scenario, stages=stages)).status_code == 200


def criterion(**changes: Any) -> Callable[[list[Any]], None]:
    return lambda stages: stages[0]["criteria"][0].update(changes)


def stage(**changes: Any) -> Callable[[list[Any]], None]:
    return lambda stages: stages[1].update(changes)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (stage(id="design"), "This id stands above already: choose another."),
        (stage(id="Not a slug"), "Use small letters, digits and single hyphens"),
        (stage(minutes=0), "greater than or equal to 1"),
        (criterion(id="idempotent"), "This id stands above already: choose another."),
        (criterion(points=-1), "greater than or equal to 0.25"),
        (criterion(statement=""), "This field is required."),
        (criterion(groups=[["queue||store"]]), "Separate synonyms by one bar"),
        (criterion(numbers=[{"value": 1, "unit": "furlongs", "tolerance": 0.1}]), "furlongs"),
        (criterion(numbers=[{"value": 1, "unit": "", "tolerance": 7}]), "tolerance is at most 1."),
        (
            criterion(numbers=[{"value": 1, "tolerance": 7, "scale": "magnitude"}]),
            "tolerance is at most 3.",
        ),
        (criterion(numbers=[{"value": 1, "tolerance": 0, "scale": "x"}]), "Select a valid choice"),
    ],
)
def test_a_problem_is_said_and_nothing_is_published(
    barbara: Client, scenario: Scenario, spoil: Callable[[list[Any]], None], sentence: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    spoil(stages)
    response = publish(barbara, scenario, stages=stages)
    assert response.status_code == 200
    assert sentence in response.text
    assert ScenarioEdition.objects.count() == 1


def test_the_preview_shows_the_draft_as_it_would_be_published(
    barbara: Client, scenario: Scenario
) -> None:
    address = reverse(f"{LIST}preview_on_edit", args=[scenario.pk])
    barbara.post(address, form_of(scenario, prompt="A **bold** situation"))
    response = barbara.get(address)
    assert "A <strong>bold</strong> situation" in response.text
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_the_preview_shows_all_that_a_stage_may_have(barbara: Client, scenario: Scenario) -> None:
    stages = enrich(scenario_to_data(scenario))["stages"]
    address = reverse(f"{LIST}preview_on_edit", args=[scenario.pk])
    barbara.post(address, form_of(scenario, stages=stages))
    page = barbara.get(address).text
    assert "allows <em>five</em> requests" in page
    assert "Where does a charge <strong>wait</strong>?" in page
    assert "Unpaid orders" in page
    assert "may draw a diagram" in page


def test_an_instructor_of_another_course_meets_it_nowhere(
    grace: Client, scenario: Scenario
) -> None:
    assert scenario.title not in grace.get(reverse(f"{LIST}list")).text
    for name in ("edit", "history", "usage", "delete", "copy", "unpublish", "preview_on_edit"):
        address = reverse(f"{LIST}{name}", args=[scenario.pk])
        for response in (grace.get(address), grace.post(address, form_of(scenario))):
            assert response.status_code == 302, name
            assert response["Location"] == reverse("wagtailadmin_home"), name
    assert Scenario.objects.get().title == "Take payments"
    assert ScenarioEdition.objects.current().exists()


def test_nothing_is_put_into_the_course_of_somebody_else(
    barbara: Client, scenario: Scenario, other_course: Collection
) -> None:
    for address in (edit(scenario), reverse(f"{LIST}add")):
        form = form_of(scenario, slug="moved", collection=other_course.pk)
        assert "Choose one of your own courses." in barbara.post(address, form).text
    assert not Scenario.objects.filter(collection=other_course).exists()


def test_an_old_revision_can_be_published_again(barbara: Client, scenario: Scenario) -> None:
    first = scenario.latest_revision_id
    publish(barbara, scenario, title=CHANGED)
    revert = reverse(f"{LIST}revisions_revert", args=[scenario.pk, first])
    assert "Take payments" in barbara.get(revert).text
    publish(barbara, Scenario.objects.get(), title="Take payments")
    assert ScenarioEdition.objects.current().get().title == "Take payments"


def test_deleting_a_scenario_leaves_what_learners_did(
    barbara: Client, interview: Interview, scenario: Scenario
) -> None:
    barbara.post(reverse(f"{LIST}delete", args=[scenario.pk]))
    assert not Scenario.objects.exists()
    assert Interview.objects.get().edition.title == "Take payments"
