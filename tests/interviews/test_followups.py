"""Follow-up questions: asked where most was lost, answered, graded, and out of the total."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.definition import save_scenario_from_data
from interviews.follow_ups import questions_of
from interviews.models import Answer, Grading, Interview, KeptText, ScenarioEdition
from interviews.models.grades import State
from interviews.models.interviews import MAX_TEXT, Mode

HTMX = {"HX-Request": "true"}
BAD = "I would buy a bigger server and hope for the best."
REPLY = "Each charge carries an idempotency key, so a retry does not charge twice."
MINE = Answer.objects.exclude(criterion_id="")


@pytest.fixture
def finished(learner: Learner, scenario_data: dict[str, Any], db: None) -> Interview:
    """Ada's interview of two stages that earned nothing, finished and graded."""
    return fail_at(learner, scenario_data, 2)


def fail_at(learner: Learner, data: dict[str, Any], stages: int) -> Interview:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    first, *_others = data["stages"]
    if stages > 2:
        data["stages"] = [first | {"id": f"stage-{number}"} for number in range(stages)]
    scenario = save_scenario_from_data(data=data, source="", collection=root)
    edition = ScenarioEdition.objects.current().get(scenario=scenario)
    interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
    for stage in edition.stages:
        answer = actions.open_stage(interview=interview, stage_id=stage["id"])
        actions.submit_answer(answer=answer, sent=Sent(BAD, 0), key=stage["id"])
        grading_queue.grade_queued(answer.gradings.get().pk)
    interview.refresh_from_db()
    return interview


@pytest.fixture
def page(ada: Client, finished: Interview) -> Callable[[], str]:
    """Return a function that opens the debrief."""
    return lambda: ada.get(f"/interviews/sessions/{finished.pk}/debrief/").text


@pytest.fixture
def url(finished: Interview) -> Callable[..., str]:
    """Return the address of something below a follow-up question."""

    def make(tail: str = "", stage: str = "design", criterion: str = "idempotent") -> str:
        return f"/interviews/sessions/{finished.pk}/stages/{stage}/follow-up/{criterion}/{tail}"

    return make


def sent(text: str, version: int = 0, step: str = "submit") -> dict[str, Any]:
    return {"text": text, "version": version, "step": step}


def asked(interview: Interview) -> list[tuple[str, str]]:
    return [one.key for one in questions_of(Interview.objects.with_answers().get(pk=interview.pk))]


def test_the_most_valuable_misses_are_asked_about_three_at_most(finished: Interview) -> None:
    assert asked(finished) == [
        ("design", "idempotent"),
        ("failure", "idempotent"),
        ("design", "queue"),
    ]


def test_a_criterion_without_a_question_is_not_asked_about(
    learner: Learner, scenario_data: dict[str, Any], db: None
) -> None:
    for stage in scenario_data["stages"]:
        stage["criteria"][1]["follow_up"] = ""
    interview = fail_at(learner, scenario_data, 2)
    assert asked(interview) == [("design", "queue"), ("failure", "queue")]


def test_beginning_an_answer_changes_no_order(
    ada: Client, url: Callable[..., str], finished: Interview
) -> None:
    before = asked(finished)
    ada.post(url("", "failure", "idempotent"), sent("begun", step="save"))
    assert asked(finished) == before


def test_a_running_interview_asks_nothing(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    address = stage_url("follow-up/idempotent/")
    response = ada.post(address, sent(REPLY))
    assert response["Location"] == f"/interviews/sessions/{graded.interview_id}/"
    assert not MINE.exists()


def test_a_strict_interview_asks_after_its_end(
    page: Callable[[], str], finished: Interview
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    assert "What if the provider does not know idempotency keys?" in page()


def test_no_question_is_asked_while_a_stage_is_graded(
    page: Callable[[], str], finished: Interview
) -> None:
    waiting = finished.answers.get(stage_id="failure")
    actions.queue_grading(answer=waiting)
    Answer.objects.filter(pk=waiting.pk).update(current_grade=None)
    shown = page()
    assert "Follow-up questions come when all stages are graded." in shown
    assert "follow-up-region" not in shown


def test_an_answer_and_its_grading_are_stored_together(
    ada: Client, url: Callable[..., str]
) -> None:
    response = ada.post(url(), sent(REPLY))
    assert response["Location"].endswith("/debrief/#follow-up-design-idempotent")
    answer = MINE.get()
    assert (answer.text, answer.version, answer.stage_id) == (REPLY, 1, "design")
    assert answer.submitted_at is not None
    grading = answer.gradings.get()
    assert (grading.state, grading.text) == (State.QUEUED, REPLY)


def test_a_double_click_submits_once(ada: Client, url: Callable[..., str]) -> None:
    for _click in range(2):
        assert ada.post(url(), sent(REPLY)).status_code == 302
    assert MINE.get().gradings.count() == 1


def test_the_answer_is_judged_by_its_own_criterion_and_leaves_the_total_alone(
    ada: Client, url: Callable[..., str], page: Callable[[], str], finished: Interview
) -> None:
    ada.post(url(), sent(REPLY))
    grading_queue.grade_queued(MINE.get().gradings.get().pk)
    grade = MINE.get().current_grade
    assert [one["criterion_id"] for one in grade.assessment["criteria"]] == ["idempotent"]
    shown = page()
    assert "Would have earned <b>3 of 3</b> points." in shown
    assert "<mark>" in shown
    assert "0 <small>of 10</small>" in shown
    assert Interview.objects.with_results().get().points == 0


def test_waiting_for_the_grade_asks_again_and_then_stops(
    ada: Client, url: Callable[..., str]
) -> None:
    ada.post(url(), sent(REPLY))
    waiting = ada.get(url("grading/"), headers=HTMX).text
    assert 'hx-trigger="every 1s"' in waiting
    assert "<html" not in waiting
    grading_queue.grade_queued(MINE.get().gradings.get().pk)
    done = ada.get(url("grading/"), headers=HTMX).text
    assert "hx-trigger" not in done
    assert "Graded: it would have earned 3 of 3 points." in done


def test_a_fragment_opened_as_a_page_leads_to_the_page(
    ada: Client, url: Callable[..., str]
) -> None:
    assert ada.get(url("grading/"))["Location"].endswith("/debrief/#follow-up-design-idempotent")


def test_a_draft_is_kept_and_shown_again(
    ada: Client, url: Callable[..., str], page: Callable[[], str]
) -> None:
    ada.post(url(), sent("half a thought", step="save"))
    answer = MINE.get()
    assert (answer.text, answer.submitted_at) == ("half a thought", None)
    assert not answer.gradings.exists()
    shown = page()
    assert "half a thought</textarea>" in shown
    assert "Version 1 is saved and not submitted yet." in shown


def test_no_button_named_means_a_draft(ada: Client, url: Callable[..., str]) -> None:
    ada.post(url(), {"text": "by the enter key", "version": 0})
    assert MINE.get().submitted_at is None


def test_a_script_gets_the_region_only(ada: Client, url: Callable[..., str]) -> None:
    saved = ada.post(url(), sent("half a thought", step="save"), headers=HTMX)
    assert "Saved as version 1." in saved.text
    assert "<html" not in saved.text
    submitted = ada.post(url(), sent(REPLY, 1), headers=HTMX)
    assert 'hx-trigger="every 1s"' in submitted.text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("text", "said"), [("   ", "Write an answer first."), ("x" * (MAX_TEXT + 1), "Shorten it")]
)
def test_what_cannot_be_submitted_stays_in_the_form(
    ada: Client, url: Callable[..., str], text: str, said: str, headers: dict[str, str]
) -> None:
    response = ada.post(url(), sent(text), headers=headers)
    assert response.status_code == 422
    assert said in response.text
    assert f"{text}</textarea>" in response.text
    assert not MINE.exists()


def test_a_tampered_version_loses_no_text(ada: Client, url: Callable[..., str]) -> None:
    response = ada.post(url(), {"text": REPLY, "version": "x", "step": "submit"})
    assert response.status_code == 422
    assert f"{REPLY}</textarea>" in response.text


def test_another_tabs_text_is_kept_and_shown_before_anything_is_submitted(
    ada: Client, url: Callable[..., str], page: Callable[[], str]
) -> None:
    ada.post(url(), sent("from the first tab", step="save"))
    response = ada.post(url(), sent(REPLY), headers=HTMX)
    assert "not submitted: another tab had stored a different text" in response.text
    assert "from the first tab" in response.text
    answer = MINE.get()
    assert (answer.text, answer.version, answer.submitted_at) == (REPLY, 2, None)
    assert KeptText.objects.get().text == "from the first tab"
    ada.post(url(), sent(REPLY, 2))
    assert MINE.get().submitted_at is not None
    assert "from the first tab" in page()


@pytest.mark.parametrize("step", ["save", "submit"])
def test_a_text_that_comes_after_the_submission_is_given_back(
    ada: Client, url: Callable[..., str], step: str
) -> None:
    ada.post(url(), sent(REPLY))
    response = ada.post(url(), sent("a better thought", 1, step))
    assert response.status_code == 409
    assert "submitted already and stays as it is" in response.text
    assert "a better thought" in response.text
    assert MINE.get().text == REPLY


def test_a_stored_text_is_harmless_on_the_page(
    ada: Client, url: Callable[..., str], page: Callable[[], str]
) -> None:
    hostile = "</textarea><script>alert(1)</script>"
    ada.post(url(), sent(hostile, step="save"))
    assert "<script>alert" not in page()
    ada.post(url(), sent(hostile, 1))
    grading_queue.grade_queued(MINE.get().gradings.get().pk)
    assert "<script>alert" not in page()


@pytest.mark.parametrize(
    ("stage", "criterion"),
    [("design", "unknown"), ("unknown", "queue"), ("failure", "queue")],
)
def test_what_is_not_asked_cannot_be_answered(
    ada: Client, url: Callable[..., str], stage: str, criterion: str
) -> None:
    assert ada.post(url("", stage, criterion), sent(REPLY)).status_code == 404
    assert ada.get(url("grading/", stage, criterion), headers=HTMX).status_code == 404
    assert ada.post(url("again/", stage, criterion)).status_code == 404
    assert not MINE.exists()


def test_nobody_else_can_answer_or_look(grace: Client, url: Callable[..., str]) -> None:
    assert grace.post(url(), sent(REPLY)).status_code == 404
    assert grace.get(url("grading/"), headers=HTMX).status_code == 404
    assert grace.post(url("again/")).status_code == 404
    assert not MINE.exists()


def test_a_stranger_keeps_the_text_that_could_not_be_stored(
    stranger: Client, url: Callable[..., str]
) -> None:
    response = stranger.post(url(), sent(REPLY))
    assert response.status_code == 401
    assert REPLY in response.text


def test_a_begun_answer_keeps_its_question_whatever_is_graded_later(
    ada: Client, url: Callable[..., str], finished: Interview
) -> None:
    ada.post(url("", "design", "queue"), sent("begun", step="save"))
    answer = finished.answers.get(stage_id="design", criterion_id="")
    answer.text = "We store the charge in a queue and retry it later. " + REPLY
    answer.save(update_fields=["text"])
    grading_queue.grade_queued(actions.queue_grading(answer=answer).pk)
    assert asked(finished) == [
        ("failure", "idempotent"),
        ("failure", "queue"),
        ("design", "queue"),
    ]


@pytest.mark.parametrize(("choice", "state"), [("grader", "queued"), ("person", "parked")])
def test_a_failed_grading_offers_two_ways_on(
    ada: Client, url: Callable[..., str], page: Callable[[], str], choice: str, state: str
) -> None:
    ada.post(url(), sent(REPLY))
    Grading.objects.filter(answer__in=MINE.all()).update(state=State.FAILED, attempts=3)
    assert "could not be graded (3 tries)" in page()
    for _double_click in range(2):
        ada.post(url("again/"), {"choice": choice})
    states = MINE.get().gradings.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.FAILED, state]


def test_ids_on_the_page_are_unique(
    ada: Client, url: Callable[..., str], page: Callable[[], str]
) -> None:
    ada.post(url(), sent(REPLY))
    grading_queue.grade_queued(MINE.get().gradings.get().pk)
    ids = re.findall(r' id="([^"]+)"', page())
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("stages", [2, 6])
def test_the_number_of_queries_depends_on_neither_stages_nor_answers(
    ada: Client,
    learner: Learner,
    scenario_data: dict[str, Any],
    stages: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    interview = fail_at(learner, scenario_data, stages)
    base = f"/interviews/sessions/{interview.pk}/"
    for stage_id, criterion_id in asked(interview)[: stages // 2]:
        ada.post(f"{base}stages/{stage_id}/follow-up/{criterion_id}/", sent(REPLY))
    grading_queue.grade_queued(MINE.first().gradings.get().pk)  # type: ignore[union-attr]
    # user, interview with edition, answers with grades, gradings, appeals; earlier interviews;
    # texts from other tabs
    with django_assert_num_queries(7):
        assert "Would have earned" in ada.get(f"{base}debrief/").text
