"""The rule by which two judgements become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading import Assessment, CriterionAssessment, EmbeddedGrader, Verdict
from grading.embedded import total
from interviews.llm.combining import combine, combine_one
from tests.interviews.llm.conftest import judged

ANSWER = "We store the charge in a queue and retry it later."
VERDICTS = st.sampled_from(list(Verdict))


def one(
    verdict: str, points: float = 2, confidence: float = 0.7, key: str = "a"
) -> CriterionAssessment:
    return judged(Verdict(verdict), key, points, ANSWER, confidence)


def both(first: str, second: str) -> CriterionAssessment:
    return combine_one(one(first), one(second, confidence=0.8))


def of(**verdicts: str) -> Assessment:
    return total([one(verdict, key=key) for key, verdict in verdicts.items()], ())


def second(**verdicts: str) -> dict[str, CriterionAssessment]:
    return {key: one(verdict, key=key, confidence=0.8) for key, verdict in verdicts.items()}


@pytest.mark.parametrize("verdict", ["met", "partly", "missed"])
def test_agreement_is_surer_than_each(verdict: str) -> None:
    joined = both(verdict, verdict)
    assert joined.verdict == verdict
    assert joined.confidence == 0.94
    assert joined.points == one(verdict).points


@pytest.mark.parametrize("verdict", ["met", "partly", "missed"])
def test_a_sure_verdict_settles_an_unsure_one(verdict: str) -> None:
    assert both("unsure", verdict) == one(verdict, confidence=0.8)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_unsure_opinion_changes_nothing(verdict: str) -> None:
    assert both(verdict, "unsure") == one(verdict)


@pytest.mark.parametrize(
    ("first", "other"),
    [("met", "partly"), ("partly", "met"), ("partly", "missed"), ("missed", "partly")],
)
def test_a_step_apart_the_first_stands_less_sure(first: str, other: str) -> None:
    joined = both(first, other)
    assert (joined.verdict, joined.points) == (first, one(first).points)
    assert joined.confidence < 0.7


@pytest.mark.parametrize(("first", "other"), [("met", "missed"), ("missed", "met")])
def test_opposed_verdicts_leave_nobody_sure(first: str, other: str) -> None:
    joined = both(first, other)
    assert joined.verdict is Verdict.UNSURE
    assert joined.points == (1 if first == "met" else 0)
    result = combine(of(a=first), second(a=other), model="m")
    assert result.disputed == ("a",)
    assert result.is_strong
    assert result.assessment.provisional


def test_settled_and_agreed_is_final() -> None:
    result = combine(of(a="unsure", b="met"), second(a="met"), model="small")
    assert (result.is_strong, result.assessment.provisional) == (False, False)
    assert result.assessment.points == 4
    assert result.assessment.grader == "embedded+llm"
    assert result.assessment.version == f"{EmbeddedGrader.version}+small"


def test_what_stays_in_doubt_stays_provisional() -> None:
    result = combine(of(a="unsure", b="unsure"), second(a="met", b="unsure"), model="m")
    assert (result.is_strong, result.assessment.provisional) == (False, True)


def test_doubt_that_is_settled_is_no_disagreement() -> None:
    first = of(a="unsure", b="unsure", c="unsure")
    assert not combine(first, second(a="missed", b="missed", c="missed"), model="m").is_strong


@pytest.mark.parametrize(
    ("keys", "is_strong"),
    [("abcde", True), ("abcd", True), ("abc", False), ("a", False)],
)
def test_two_fifths_of_the_points_apart_is_strong(keys: str, is_strong: bool) -> None:
    first = of(**dict.fromkeys("abcde", "met"))
    result = combine(first, second(**dict.fromkeys(keys, "partly")), model="m")
    assert result.is_strong is is_strong
    assert result.assessment.provisional is is_strong
    assert result.disputed == ()


def test_a_long_name_of_a_model_is_cut_to_what_a_grade_can_hold() -> None:
    result = combine(of(a="met"), second(a="met"), model="m" * 300)
    assert len(result.assessment.version) == 60


@given(st.lists(st.tuples(VERDICTS, VERDICTS | st.none()), min_size=1, max_size=8))
def test_every_combination_is_a_valid_assessment(
    pairs: list[tuple[Verdict, Verdict | None]],
) -> None:
    first = of(**{f"c{place}": pair[0] for place, pair in enumerate(pairs)})
    others = second(**{f"c{place}": two for place, (_one, two) in enumerate(pairs) if two})
    joined = combine(first, others, model="m").assessment
    assert 0 <= joined.points <= joined.max_points == first.max_points
    assert joined.points == pytest.approx(sum(one.points for one in joined.criteria))
    for found in joined.criteria:
        assert 0 <= found.confidence <= 1
        assert found.evidence or found.points == 0
        if found.verdict is Verdict.UNSURE:
            assert joined.provisional
