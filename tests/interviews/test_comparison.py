"""An interview beside an earlier one on the same scenario."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import Learner
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.comparison import Attempt, Change, Judged, compare
from interviews.definition import save_scenario_from_data
from interviews.models import Interview, ScenarioEdition

GOOD = (
    "We store the charge in a queue and retry it later. Each charge carries an idempotency key, so"
    " a retry does not charge twice."
)
BAD = "I would buy a bigger server and hope for the best."

type Play = Callable[..., Interview]


@pytest.fixture
def play(learner: Learner, scenario_data: dict[str, Any], db: None) -> Play:
    """Return a function that takes Ada through an interview with the same answer everywhere."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")

    def run(text: str, *, data: dict[str, Any] | None = None, days_ago: int = 0) -> Interview:
        scenario = save_scenario_from_data(data=data or scenario_data, source="", collection=root)
        edition = ScenarioEdition.objects.current().get(scenario=scenario)
        interview = actions.start_interview(learner=learner, edition=edition, mode="practice")
        for stage in edition.stages:
            answer = actions.open_stage(interview=interview, stage_id=stage["id"])
            actions.submit_answer(answer=answer, sent=Sent(text, 0), key=stage["id"])
            grading_queue.grade_queued(answer.gradings.get().pk)
        Interview.objects.filter(pk=interview.pk).update(
            finished_at=F("finished_at") - timedelta(days=days_ago)
        )
        return interview

    return run


def debrief(client: Client, interview: Interview, query: str = "") -> str:
    return client.get(f"/interviews/sessions/{interview.pk}/debrief/{query}").text


def section(page: str) -> str:
    found = re.search(r'<section class="comparison".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_the_first_interview_has_nothing_to_compare_with(ada: Client, play: Play) -> None:
    assert section(debrief(ada, play(GOOD))) == ""


def test_what_got_better_is_said_per_criterion_and_in_all(ada: Client, play: Play) -> None:
    play(BAD, days_ago=1)
    shown = section(debrief(ada, play(GOOD)))
    assert "you earned 0 of 10 points, now 10 of 10" in shown
    assert "4 criteria went better" in shown
    assert shown.count('class="change better"') == 4
    assert 'missed <span class="small">0 of 2</span>' in shown
    assert 'met <span class="small">2 of 2</span>' in shown


def test_what_got_worse_is_said_too(ada: Client, play: Play) -> None:
    play(GOOD, days_ago=1)
    shown = section(debrief(ada, play(BAD)))
    assert "4 criteria went worse" in shown


def test_the_latest_is_compared_and_another_can_be_chosen(ada: Client, play: Play) -> None:
    oldest = play(GOOD, days_ago=3)
    play(BAD, days_ago=2)
    newest = play(BAD)
    shown = section(debrief(ada, newest))
    assert "No criterion went better or worse." in shown
    assert shown.count("<option") == 2
    chosen = section(debrief(ada, newest, f"?compare={oldest.pk}"))
    assert "4 criteria went worse" in chosen


@pytest.mark.parametrize("wanted", ["x", "", "-1", "9" * 60, "²"])
def test_a_choice_that_makes_no_sense_means_the_latest(
    ada: Client, play: Play, wanted: str
) -> None:
    play(BAD, days_ago=1)
    assert "4 criteria went better" in section(debrief(ada, play(GOOD), f"?compare={wanted}"))


def test_nobody_elses_interview_can_be_chosen(
    ada: Client, grace: Client, play: Play, db: None
) -> None:
    hers = play(BAD, days_ago=1)
    own = play(GOOD)
    grace.post("/interviews/pay/start/")
    stranger = Interview.objects.latest("pk").learner
    Interview.objects.filter(pk=hers.pk).update(learner=stranger)
    assert section(debrief(ada, own, f"?compare={hers.pk}")) == ""


def test_later_and_unfinished_interviews_are_not_earlier_ones(ada: Client, play: Play) -> None:
    first = play(BAD, days_ago=1)
    later = play(GOOD)
    assert section(debrief(ada, first)) == ""
    Interview.objects.filter(pk=first.pk).update(finished_at=None)
    assert section(debrief(ada, later)) == ""


def test_a_stage_that_waits_for_its_grade_is_neither_better_nor_worse(
    ada: Client, play: Play
) -> None:
    play(BAD, days_ago=1)
    newest = play(GOOD)
    newest.answers.update(current_grade=None)
    shown = section(debrief(ada, newest))
    assert shown.count("not graded yet") >= 4
    assert "criteria went better" not in shown


def test_another_edition_says_what_is_new_and_what_is_gone(
    ada: Client, play: Play, scenario_data: dict[str, Any]
) -> None:
    play(BAD, days_ago=1)
    first, second = scenario_data["stages"]
    new = first["criteria"].pop(0) | {"id": "fresh", "title": "Brand new"}
    first["criteria"].append(new)
    scenario_data["stages"] = [first, second | {"id": "review", "title": "Review"}]
    shown = section(debrief(ada, play(GOOD, data=scenario_data)))
    assert "published anew in between" in shown
    assert shown.count("no longer asked") == 3
    assert shown.count("new in this edition") == 3
    assert shown.count('class="change better"') == 1


def attempt(**points: float) -> Attempt:
    criteria = [{"id": name, "title": name} for name in points]
    judged = {("s", name): Judged("", value, 2) for name, value in points.items()}
    return Attempt([{"id": "s", "title": "S", "criteria": criteria}], judged)


def test_equal_shares_of_other_points_are_as_before() -> None:
    before = Attempt(attempt(a=1).stages, {("s", "a"): Judged("", 1, 2)})
    now = Attempt(attempt(a=1).stages, {("s", "a"): Judged("", 2, 4)})
    [stage] = compare(before, now)
    assert [row.change for row in stage.rows] == [Change.SAME]


def test_todays_criteria_come_first() -> None:
    [stage] = compare(attempt(gone=1, kept=1), attempt(kept=2, fresh=1))
    assert [(row.title, row.change) for row in stage.rows] == [
        ("kept", Change.BETTER),
        ("fresh", Change.NEW),
        ("gone", Change.GONE),
    ]


class TestEarlierGrades:
    def judge_again(self, interview: Interview, text: str) -> None:
        answer = interview.answers.get(stage_id="design")
        answer.text = text
        answer.save(update_fields=["text"])
        grading_queue.grade_queued(actions.queue_grading(answer=answer).pk)

    def test_another_try_is_shown_with_its_own_text(self, ada: Client, play: Play) -> None:
        interview = play(BAD)
        self.judge_again(interview, GOOD)
        page = debrief(ada, interview)
        assert "Earlier grades of “Design”" in page
        assert "another try" in page
        assert "bigger server" in page

    def test_the_same_text_judged_again_says_so(self, ada: Client, play: Play) -> None:
        interview = play(GOOD)
        self.judge_again(interview, GOOD)
        page = debrief(ada, interview)
        assert "the same text" in page
        assert "another try" not in page

    def test_anchors_of_different_tries_are_apart(self, ada: Client, play: Play) -> None:
        interview = play(GOOD)
        self.judge_again(interview, GOOD)
        ids = re.findall(r' id="([^"]+)"', debrief(ada, interview))
        assert len(ids) == len(set(ids))


def many_stages(data: dict[str, Any], stages: int) -> dict[str, Any]:
    first = data["stages"][0]
    return data | {"stages": [first | {"id": f"stage-{number}"} for number in range(stages)]}


@pytest.mark.parametrize("stages", [2, 6])
def test_the_number_of_queries_depends_on_neither_stages_nor_tries(
    ada: Client,
    play: Play,
    scenario_data: dict[str, Any],
    stages: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    data = many_stages(scenario_data, stages)
    for days_ago in range(1, stages):
        play(BAD, data=data, days_ago=days_ago)
    interview = play(GOOD, data=data)
    for answer in interview.answers.all()[: stages - 1]:
        grading_queue.grade_queued(actions.queue_grading(answer=answer).pk)
    debrief(ada, interview)
    # user; interview with edition, answers with grades, gradings, appeals; earlier interviews,
    # the chosen one with its edition, its answers with grades; earlier grades
    with django_assert_num_queries(9):
        page = debrief(ada, interview)
    assert "Earlier grades" in page
