"""The guard against answers to another question."""

from typing import Any

import pytest

from grading import Flag, Verdict, grade_against_reference
from grading.head import stored_head
from grading.passage import passage
from grading.segments import split
from grading.topic import FEATURES, FEWEST, topic_features, topic_head
from tests.grading.test_reference import OTHER_ANSWER, QUESTION, REFERENCE

UNRELATED = (
    "The heart pumps blood through two circuits. Valves keep it from flowing back, and the walls"
    " of the left chamber are thicker because it supplies the whole body."
)


def test_an_answer_to_another_question_is_flagged_and_earns_next_to_nothing(payments: Any) -> None:
    for answer in (UNRELATED, payments.off_topic):
        assessment = payments.grade(answer)
        assert Flag.OTHER_QUESTION in assessment.flags
        assert assessment.points == 0
        assert {one.verdict for one in assessment.criteria} == {Verdict.MISSED}


def test_answers_of_every_quality_to_the_question_are_not_flagged(payments: Any) -> None:
    wrong = "I would close the checkout and show an error until the payment provider is back."
    for answer in (payments.model, payments.middling, payments.negated, wrong):
        assert Flag.OTHER_QUESTION not in payments.grade(answer).flags


@pytest.mark.parametrize("answer", ["Because of gravity.", "22 200", "20 × 30 = 600; 54 000 / 10"])
def test_too_few_words_are_about_nothing_yet(payments: Any, answer: str) -> None:
    assert Flag.OTHER_QUESTION not in payments.grade(answer).flags


@pytest.mark.parametrize("answer", ["", "asdfghjkl qwrtzpsdfg xcvbnmsdfg hjklwrtzp"])
def test_what_another_guard_has_settled_is_not_flagged_again(payments: Any, answer: str) -> None:
    assert Flag.OTHER_QUESTION not in payments.grade(answer).flags


def test_a_reference_alone_tells_other_questions_as_well() -> None:
    assert Flag.OTHER_QUESTION in grade_against_reference(QUESTION, REFERENCE, OTHER_ANSWER).flags
    own = grade_against_reference(QUESTION, REFERENCE, "A thread is a light process, I think.")
    assert Flag.OTHER_QUESTION not in own.flags


def test_figures_do_not_make_an_answer_one_to_another_question() -> None:
    source = passage(split("Sum up the orders that wait for their charge."))
    words = "Orders wait for another charge"
    plain = topic_features(passage(split(words)), [source])
    figures = topic_features(passage(split(f"{words} 17 28 39")), [source])
    assert plain is not None
    assert figures is not None
    assert figures[0] == pytest.approx(plain[0], abs=0.05)


def test_there_must_be_words_on_both_sides() -> None:
    text = passage(split("Orders wait for another charge"))
    assert topic_features(text, [passage(())]) is None
    assert topic_features(passage(split("Orders wait")), [text]) is None
    assert FEWEST > 2


def test_the_more_a_rubric_says_the_nearer_a_text_must_come() -> None:
    broad = stored_head("topic", FEATURES)
    assert broad.logit((0.5, 0.4, 6)) < topic_head().logit((0.5, 0.4, 3))
    assert topic_head().logit((0.9, 0.9, 5)) > 0 > topic_head().logit((0.2, 0.1, 5))
