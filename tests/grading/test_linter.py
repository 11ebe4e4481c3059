"""A rubric held against itself."""

from dataclasses import replace
from typing import Any

from grading import Criterion, ExpectedNumber, lint_rubric
from grading.linter import Problem, shuffled


def problems(question: str, *rubric: Criterion) -> set[tuple[str, str]]:
    """Which problem was found at which criterion."""
    return {(one.problem.value, one.criterion_id) for one in lint_rubric(question, rubric)}


def test_a_careful_rubric_has_no_findings(payments: Any) -> None:
    assert lint_rubric(payments.question, payments.rubric) == []


def test_the_findings_are_the_same_every_time(payments: Any) -> None:
    shared = replace(payments.rubric[2], id="copy")
    rubric = (*payments.rubric, shared)
    assert lint_rubric(payments.question, rubric) == lint_rubric(payments.question, rubric)


def test_two_criteria_met_by_one_exemplar_are_found() -> None:
    one = Criterion("one", 1, "The circuit breaker opens after repeated failures.")
    two = Criterion("two", 1, "The circuit breaker opens after repeated failures of calls.")
    assert (Problem.EXEMPLAR_SHARED, "one") in problems("How?", one, two)


def test_an_exemplar_that_is_not_met_is_found() -> None:
    without_number = Criterion(
        "one",
        1,
        "A backlog of 22 200 charges is left.",
        paraphrases=["Many charges are left over."],
        numbers=[ExpectedNumber(22_200)],
    )
    assert (Problem.EXEMPLAR_NOT_MET, "one") in problems("How?", without_number)


def test_a_misconception_that_earns_is_found() -> None:
    same = "Retry with backoff."
    undecided = Criterion(
        "one", 1, "Retry with backoff and jitter.", paraphrases=[same], misconceptions=[same]
    )
    assert (Problem.MISCONCEPTION_EARNS, "one") in problems("How?", undecided)


def test_a_question_that_gives_the_answer_away_is_found() -> None:
    given_away = Criterion("one", 1, "Name it.", groups=[["breaker", "open"]])
    question = "Why? Breakers open."
    assert (Problem.QUESTION_EARNS, "one") in problems(question, given_away)


def test_a_statement_too_short_to_need_an_order_is_found() -> None:
    short = Criterion("one", 1, "Queue every charge.", groups=[["queue"]])
    assert (Problem.SHUFFLED_EARNS, "one") in problems("How?", short)


def test_an_empty_rubric_has_no_findings() -> None:
    assert lint_rubric("Why?", []) == []


def test_disorder_depends_on_the_text_alone() -> None:
    text = "Orders are accepted and the charge is queued."
    assert shuffled(text) == shuffled(text)
    assert sorted(shuffled(text).split()) == sorted(text.rstrip(".").split())
