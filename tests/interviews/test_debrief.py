"""Waiting for a grade, reading it, and the debrief of the whole interview."""

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
from interviews.models import Answer, Grade, Grading, Interview, ScenarioEdition
from interviews.models.grades import State
from interviews.models.interviews import Mode

HTMX = {"HX-Request": "true"}


def test_the_panel_asks_again_while_grading_waits(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    panel = ada.get(stage_url("grading/"), headers=HTMX).text
    assert "every 1s" in panel
    assert "Waiting, 0 s." in panel
    assert "<html" not in panel


def test_the_panel_tells_what_is_judged_and_hides_the_rest(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    lease = grading_queue.take_lease(submitted.gradings.get().pk)
    assert lease is not None
    done = {"criterion_id": "queue", "verdict": "met"}
    Grading.objects.update(progress=[done])
    panel = ada.get(stage_url("grading/"), headers=HTMX).text
    assert "Grading, 1 of 2." in panel
    assert "Keeps the charge" in panel
    assert "Charges once" not in panel
    assert "Criterion 2" in panel


def test_the_panel_stops_asking_once_graded(
    ada: Client, graded: Answer, stage_url: Callable[..., str]
) -> None:
    panel = ada.get(stage_url("grading/"), headers=HTMX).text
    assert "hx-trigger" not in panel
    assert "<mark>" in panel


def test_a_failed_grading_offers_two_ways_on(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    Grading.objects.update(state=State.FAILED, attempts=3)
    page = ada.get(stage_url()).text
    assert "could not be graded (3 tries)" in page
    assert "costs you no points" in page
    for _double_click in range(2):
        ada.post(stage_url("retry/"))
    states = list(Grading.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.FAILED, State.QUEUED]


def test_asking_a_person_parks_the_answer_once(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    Grading.objects.update(state=State.FAILED, attempts=3)
    for _double_click in range(2):
        ada.post(stage_url("ask/"))
    assert Grading.objects.filter(state=State.PARKED).count() == 1
    page = ada.get(stage_url()).text
    assert "A person will look at this answer" in page
    assert "hx-trigger" not in page


def test_an_answer_that_is_being_graded_is_not_queued_twice(
    ada: Client, submitted: Answer, graded: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("retry/"))
    ada.post(stage_url("ask/"))
    assert Grading.objects.count() == 1


def test_a_fragment_opened_as_a_page_leads_to_the_page(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    assert ada.get(stage_url("grading/"))["Location"] == stage_url()


def test_an_open_stage_has_no_grading(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    assert ada.get(stage_url("grading/"), headers=HTMX).status_code == 404


def test_the_grader_that_is_not_sure_says_so(
    ada: Client, submitted: Answer, stage_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grading_queue.grade_queued(submitted.gradings.get().pk)
    grade = Grade.objects.get()
    grade.pk, grade._state.adding, grade.provisional = None, True, True
    grade.grading = actions.request_grading(
        answer=submitted, state=State.DONE, grader="lexical", grader_version="1"
    )
    grade.assessment["criteria"][1] |= {"verdict": "unsure", "confidence": 0.41}
    grade.save()
    Answer.objects.update(current_grade=grade)
    page = ada.get(stage_url()).text
    assert "not sure about part of this answer" in page
    assert "Confidence 41 %." in page


def test_a_strict_interview_tells_nothing_before_its_end(
    ada: Client, submitted: Answer, stage_url: Callable[..., str]
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    grading_queue.grade_queued(submitted.gradings.get().pk)
    for page in (ada.get(stage_url()), ada.get(stage_url("grading/"), headers=HTMX)):
        assert "the debrief comes at the end" in page.text
        assert "durable outbox" not in page.text
        assert "Keeps the charge" not in page.text
    ada.post(f"/interviews/sessions/{submitted.interview_id}/finish/")
    assert "durable outbox" in ada.get(stage_url()).text


def test_ending_early_submits_what_is_typed(
    ada: Client, answer: Answer, interview: Interview, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("save/"), {"text": "half an answer", "version": 0})
    for _double_click in range(2):
        response = ada.post(f"/interviews/sessions/{interview.pk}/finish/", follow=True)
    assert "1 stage is still waiting for its grade" in response.text
    assert Grading.objects.count() == 1
    interview.refresh_from_db()
    assert interview.finished_at is not None


def test_an_interview_that_ended_takes_no_text_any_more(
    ada: Client, answer: Answer, interview: Interview, stage_url: Callable[..., str]
) -> None:
    actions.finish_interview(interview=interview)
    ada.post(stage_url("save/"), {"text": "afterthought", "version": 0})
    ada.post(stage_url("submit/"), {"text": "afterthought", "version": 0, "key": "k"})
    answer.refresh_from_db()
    assert (answer.text, answer.submitted_at) == ("", None)
    assert ada.get(stage_url()).status_code == 200


def test_stages_open_one_after_the_other(
    ada: Client, answer: Answer, stage_url: Callable[..., str]
) -> None:
    ada.post(stage_url("open/", "failure"))
    assert Answer.objects.count() == 1
    ada.post(stage_url("submit/"), {"text": "x", "version": 0, "key": "k"})
    for _double_click in range(2):
        ada.post(stage_url("open/", "failure"))
    ada.post(stage_url("open/", "unknown"))
    assert Answer.objects.count() == 2


def test_the_debrief_adds_up(ada: Client, graded: Answer, interview: Interview) -> None:
    ada.post(f"/interviews/sessions/{interview.pk}/finish/")
    page = ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text
    points = graded.current_grade.points
    assert f"{points:g} <small>of 10</small>" in page
    assert "1 <small>of 2</small>" in page
    result = Interview.objects.with_results().get()
    assert (result.points, result.submitted, result.graded) == (points, 1, 1)


def test_the_debrief_begins_with_a_way_to_each_stage_and_its_points(
    ada: Client, graded: Answer, interview: Interview
) -> None:
    ada.post(f"/interviews/sessions/{interview.pk}/finish/")
    page = ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text
    jumps = page[page.index('class="jumps"') : page.index("</nav>", page.index('class="jumps"'))]
    assert f'href="#result-{graded.stage_id}"' in jumps
    assert page.count(f'id="result-{graded.stage_id}"') == 1
    assert f"{graded.current_grade.points:g} of " in jumps


def test_the_debrief_of_a_running_interview_leads_back_to_it(
    ada: Client, interview: Interview
) -> None:
    response = ada.get(f"/interviews/sessions/{interview.pk}/debrief/")
    assert response["Location"] == f"/interviews/sessions/{interview.pk}/"


def long_interview(learner: Learner, data: dict[str, Any], stages: int) -> Interview:
    """An interview of many stages, all graded."""
    first = data["stages"][0]
    data["stages"] = [first | {"id": f"stage-{number}"} for number in range(stages)]
    return graded_throughout(learner, data)


def graded_throughout(learner: Learner, data: dict[str, Any]) -> Interview:
    """An interview about a scenario of its own, with every stage graded."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    scenario = save_scenario_from_data(data=data, source="", collection=root)
    edition = ScenarioEdition.objects.current().get(scenario=scenario)
    interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
    for stage in edition.stages:
        answer = actions.open_stage(interview=interview, stage_id=stage["id"])
        actions.submit_answer(answer=answer, sent=Sent("a queue", 0), key=stage["id"])
        grading_queue.grade_queued(answer.gradings.get().pk)
    return interview


@pytest.mark.parametrize("stages", [1, 9])
def test_the_number_of_queries_does_not_grow_with_the_stages(
    ada: Client,
    learner: Learner,
    scenario_data: dict[str, Any],
    stages: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    interview = long_interview(learner, scenario_data, stages)
    base = f"/interviews/sessions/{interview.pk}/"
    ada.get(base)
    # user, interview with edition, answers with grades, gradings, appeals; earlier interviews
    for url, count in ((f"{base}debrief/", 6), (f"{base}stages/stage-0/", 5)):
        with django_assert_num_queries(count):
            assert ada.get(url).status_code == 200
    with django_assert_num_queries(5):
        ada.get(f"{base}stages/stage-0/grading/", headers=HTMX)


def test_an_open_stage_needs_one_query_more(
    ada: Client,
    answer: Answer,
    stage_url: Callable[..., str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ada.get(stage_url())
    with django_assert_num_queries(5):  # texts kept from other tabs
        ada.get(stage_url())


def test_numbers_that_disagree_are_quoted_with_their_stages(
    ada: Client, learner: Learner, scenario_data: dict[str, Any], db: None
) -> None:
    field = {"id": "rate", "label": "Peak <rate>", "unit": "1/s", "help": ""}
    for stage in scenario_data["stages"]:
        stage["estimates"] = [field]
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    scenario = save_scenario_from_data(data=scenario_data, source="", collection=root)
    edition = ScenarioEdition.objects.current().get(scenario=scenario)
    interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
    for stage_id, rate in (("design", "20/s"), ("failure", "6/s")):
        answer = actions.open_stage(interview=interview, stage_id=stage_id)
        sent = Sent("x", 0, estimates={"rate": rate})
        actions.submit_answer(answer=answer, sent=sent, key=stage_id)
        grading_queue.grade_queued(answer.gradings.get().pk)
    page = ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text
    assert "Numbers that disagree" in page
    assert "<q>Peak &lt;rate&gt;: 20/s</q>" in page
    assert "<q>Peak &lt;rate&gt;: 6/s</q>" in page
    assert 'href="#result-failure"' in page
    assert "read as 20/s" in page


def test_the_model_answer_stands_beside_ones_own_once_the_interview_is_over(
    ada: Client, graded: Answer, interview: Interview, stage_url: Callable[..., str]
) -> None:
    running = ada.get(stage_url()).text
    assert "side-by-side" not in running
    assert '<details class="reveal"><summary>A model answer</summary>' in running
    actions.finish_interview(interview=interview)
    over = ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text
    assert "side-by-side" in over
    assert "<summary>A model answer</summary>" not in over
    assert "durable outbox" in over
    assert "data-print" in over


def test_the_parts_of_each_stage_are_named_after_it(
    ada: Client, learner: Learner, scenario_data: dict[str, Any], db: None
) -> None:
    for stage in scenario_data["stages"]:
        stage["twist"] = "It *changed*."
    interview = graded_throughout(learner, scenario_data)
    names = names_of_regions(ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text)
    for part in ("A model answer", "Your answer, version 1", "The situation changed"):
        assert [name for name in names if name.startswith(part)] == [
            f"{part} Design",
            f"{part} Failure",
        ]


def names_of_regions(page: str) -> list[str]:
    """How a screen reader calls the parts of a page that have a heading."""
    texts = dict(re.findall(r'<(?:h\d|p)[^>]* id="([^"]+)"[^>]*>([^<]*)</', page))
    labels = re.findall(r'<(?:section|article|aside)[^>]* aria-labelledby="([^"]+)"', page)
    return [" ".join(texts[one] for one in label.split()) for label in labels]
