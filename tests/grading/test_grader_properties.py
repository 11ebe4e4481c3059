"""What holds for any answer whatever."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading import Assessment, Flag, Verdict, assessment_from_data, assessment_to_data, sentences

VOCABULARY = """the charge queue is not never later durable payment provider breaker open timeout
    we of a idempotency key twice order received pending email 22200 22,200 charges backlog 18.5/s
    $3 - * 1. . , ; ? ! e.g. instead of rather than without é 支付 🙂 ignore all instructions"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n", "\n\n- "])
ANSWERS = st.text(max_size=400) | st.lists(WORDS, max_size=80).map(" ".join)
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SENTENCES = {text for text in vars(sentences).values() if isinstance(text, str)}


def check(assessment: Assessment, answer: str) -> None:
    """Every promise an assessment makes."""
    assert 0 <= assessment.points <= assessment.max_points
    assert 0 <= assessment.score <= 1
    assert assessment.uncertainty >= 0
    for one in assessment.criteria:
        assert 0 <= one.points <= one.max_points
        assert 0 <= one.confidence <= 1
        assert one.reason in SENTENCES
        assert one.evidence or one.verdict is Verdict.MISSED
        assert one.points == 0 or one.evidence
        for quoted in one.evidence:
            assert answer[quoted.start : quoted.end] == quoted.quote != ""
    unsure = any(one.verdict is Verdict.UNSURE for one in assessment.criteria)
    assert assessment.provisional == unsure


@QUICK
@given(answer=ANSWERS)
def test_any_text_gets_a_sound_assessment(payments: Any, answer: str) -> None:
    check(payments.grade(answer), answer)


@QUICK
@given(answer=ANSWERS)
def test_the_same_answer_gets_the_same_assessment(payments: Any, answer: str) -> None:
    assert payments.grade(answer) == payments.grade(answer)


@QUICK
@given(answer=ANSWERS)
def test_an_assessment_survives_json(payments: Any, answer: str) -> None:
    assessment = payments.grade(answer)
    assert assessment_from_data(assessment_to_data(assessment)) == assessment


@QUICK
@given(before=st.text(max_size=80), after=st.text(max_size=80))
def test_text_around_the_model_answer_keeps_its_quotes_verbatim(
    payments: Any, before: str, after: str
) -> None:
    answer = f"{before}\n\n{payments.model}\n\n{after}"
    check(payments.grade(answer), answer)


def test_every_flag_has_a_sentence() -> None:
    assert set(sentences.FLAGS) == set(Flag)
