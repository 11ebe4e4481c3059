"""The studio: the linter's findings on a draft, and trying an answer against it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection

from accounts.models import User
from interviews.definition import scenario_to_data
from interviews.linting import MAX_TRIED
from interviews.models import Answer, Grading, Scenario
from tests.interviews.conftest import QUEUE_ANSWER
from tests.interviews.studio import form_of, own

HOSTILE = "<script>alert(1)</script> We store the charge in a queue and retry it."


@pytest.fixture
def barbara(instructor_user: User, course: Collection, barbara: Client) -> Client:
    own(instructor_user, course)
    return barbara


@pytest.fixture
def url(scenario: Scenario) -> str:
    return f"/studio/interviews/scenarios/{scenario.pk}/"


def save_draft(client: Client, scenario: Scenario, stages: list[Any]) -> None:
    scenario.refresh_from_db()
    address = reverse("wagtailsnippets_interviews_scenario:edit", args=[scenario.pk])
    assert client.post(address, form_of(scenario, stages=stages)).status_code == 302


def test_nothing_is_checked_before_it_is_asked_for(barbara: Client, url: str) -> None:
    page = barbara.get(f"{url}rubrics/").text
    assert page.count("Check this stage") == 2
    assert "This is the scenario as it is published." in page


def test_a_finding_names_its_criterion_and_leads_to_its_place_in_the_form(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    criterion = stages[0]["criteria"][0]
    criterion["misconceptions"] = [criterion["statement"]]
    save_draft(barbara, scenario, stages)
    page = barbara.get(f"{url}rubrics/?stage=design").text
    assert "This is the draft as it was last saved" in page
    assert "This misconception is graded" in page
    scenario.refresh_from_db()
    block = scenario.get_latest_revision_as_object().stages[0].value["criteria"].bound_blocks[0]
    edit = reverse("wagtailsnippets_interviews_scenario:edit", args=[scenario.pk])
    assert f'<a href="{edit}#block-{block.id}-section">Keeps the charge</a>' in page
    assert page.count("Check this stage") == 1


def test_the_script_gets_one_stage_as_a_fragment(barbara: Client, url: str) -> None:
    fragment = barbara.get(f"{url}stages/design/findings/").text
    assert "finding" in fragment
    assert "<html" not in fragment
    assert barbara.get(f"{url}stages/none/findings/").status_code == 404


def test_a_half_written_rubric_is_told_in_a_sentence(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    stages[0]["criteria"][0]["statement"] = ""
    save_draft(barbara, scenario, stages)
    assert "needs a statement" in barbara.get(f"{url}rubrics/?stage=design").text
    tried = barbara.post(f"{url}stages/design/try/", {"text": "x"}).text
    assert "The rubric cannot be used yet" in tried


def test_a_stage_without_an_id_is_not_offered(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    stages[0]["id"] = ""
    save_draft(barbara, scenario, stages)
    assert "This stage has no id yet" in barbara.get(f"{url}rubrics/?stage=failure").text


def test_an_answer_is_tried_and_nothing_stored(barbara: Client, url: str) -> None:
    page = barbara.post(f"{url}stages/design/try/", {"text": QUEUE_ANSWER}).text
    assert "<mark>" in page
    assert "met, " in page
    assert 'class="lm-quote"' in page
    assert not Answer.objects.exists()
    assert not Grading.objects.exists()


def test_hostile_text_stays_text(barbara: Client, url: str) -> None:
    page = barbara.post(f"{url}stages/design/try/", {"text": HOSTILE}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("text", ["", "x" * (MAX_TRIED + 1)])
def test_no_text_and_too_much_are_refused(barbara: Client, url: str, text: str) -> None:
    page = barbara.post(f"{url}stages/design/try/", {"text": text}).text
    assert 'role="alert"' in page
    assert "<mark>" not in page


def test_the_form_and_the_list_lead_to_the_check(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    edit = reverse("wagtailsnippets_interviews_scenario:edit", args=[scenario.pk])
    for address in (edit, reverse("wagtailsnippets_interviews_scenario:list")):
        assert f"{url}rubrics/" in barbara.get(address).text


def test_other_instructors_learners_and_strangers_find_nothing(
    other_user: User, grace: Client, ada: Client, stranger: Client, url: str
) -> None:
    own(other_user, Collection.get_first_root_node().add_child(name="Another"))
    for tail in ("rubrics/", "stages/design/findings/"):
        assert grace.get(url + tail).status_code == 404
    assert grace.post(f"{url}stages/design/try/", {"text": "x"}).status_code == 404
    for browser in (ada, stranger):
        assert browser.get(f"{url}rubrics/").status_code in {302, 403}
        assert browser.post(f"{url}stages/design/try/", {"text": "x"}).status_code in {302, 403}


def test_the_form_brings_nothing_of_the_check_but_leads_to_it(
    barbara: Client, scenario: Scenario, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking takes seconds: the form comes without, and its script asks afterwards."""
    monkeypatch.setattr("interviews.rubric_page.remembered_lint", refuse)
    edit = reverse("wagtailsnippets_interviews_scenario:edit", args=[scenario.pk])
    page = barbara.get(edit).text
    assert f'data-rubrics="{url}rubrics/stages/"' in page
    assert "js/rubric_findings" in page
    assert f'<a href="{url}rubrics/">Check the rubric and try an answer' in page


def refuse(*_args: object, **_options: object) -> None:
    raise AssertionError("Nobody asked for this.")


def test_the_forms_script_gets_the_stages_unchecked_and_a_box_for_each(
    barbara: Client, scenario: Scenario, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviews.rubric_page.remembered_lint", refuse)
    panel = barbara.get(f"{url}rubrics/stages/").text
    assert "<html" not in panel
    for stage in ("design", "failure"):
        assert f'data-findings="{url}stages/{stage}/findings/"' in panel
        assert f'action="{url}stages/{stage}/try/"' in panel
    assert f'<a href="#block-{scenario.stages[0].id}-section">Design</a>' in panel


def test_a_finding_tells_the_script_at_which_block_it_belongs(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    criterion = stages[0]["criteria"][1]
    criterion["misconceptions"] = [criterion["statement"]]
    save_draft(barbara, scenario, stages)
    scenario.refresh_from_db()
    block = scenario.get_latest_revision_as_object().stages[0].value["criteria"].bound_blocks[1]
    fragment = barbara.get(f"{url}stages/design/findings/").text
    assert f'data-place="block-{block.id}-section"' in fragment


def test_the_same_texts_are_checked_once_and_a_saved_change_is_checked_anew(
    barbara: Client, scenario: Scenario, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = barbara.get(f"{url}stages/design/findings/").text
    monkeypatch.setattr("interviews.linting.lint_rubric", lambda *_args: [])
    assert barbara.get(f"{url}stages/design/findings/").text == first
    stages = scenario_to_data(scenario)["stages"]
    stages[0]["criteria"][0]["paraphrases"] = ["Charges wait in a queue."]
    save_draft(barbara, scenario, stages)
    assert "grades its own texts as it should" in barbara.get(f"{url}stages/design/findings/").text


def test_an_answer_tried_by_the_script_comes_back_as_a_fragment(barbara: Client, url: str) -> None:
    by_script = {"X-Requested-With": "XMLHttpRequest"}
    address = f"{url}stages/design/try/"
    tried = barbara.post(address, {"text": QUEUE_ANSWER}, headers=by_script).text
    assert "<mark>" in tried
    assert "<html" not in tried
    refused = barbara.post(address, {"text": ""}, headers=by_script).text
    assert "Write something to try." in refused
    assert "<html" not in refused


def test_a_stage_without_an_id_is_told_in_the_form(
    barbara: Client, scenario: Scenario, url: str
) -> None:
    stages = scenario_to_data(scenario)["stages"]
    stages[0]["id"] = stages[0]["title"] = ""
    save_draft(barbara, scenario, stages)
    panel = barbara.get(f"{url}rubrics/stages/").text
    assert "This stage has no id yet" in panel
    assert panel.count("data-findings") == 1


def test_the_list_of_stages_is_for_the_scenarios_own_instructors(
    other_user: User, grace: Client, ada: Client, url: str
) -> None:
    own(other_user, Collection.get_first_root_node().add_child(name="Another"))
    assert grace.get(f"{url}rubrics/stages/").status_code == 404
    assert ada.get(f"{url}rubrics/stages/").status_code in {302, 403}
