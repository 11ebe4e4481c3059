"""Holding a model's findings against the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading import Criterion, EvidenceKind, Verdict
from interviews.llm.checking import check, locate
from interviews.llm.replies import Finding

ANSWER = "We store the charge\nin a queue.  Then a worker retries it (twice)."
RUBRIC = (Criterion(id="queue", points=3, statement="Charges wait in a queue."),)


def checked(verdict: str, *quotes: str):  # type: ignore[no-untyped-def]
    finding = Finding("queue", Verdict(verdict), quotes)
    return check(RUBRIC, {"queue": finding}, ANSWER)


@pytest.mark.parametrize(
    ("verdict", "points"), [("met", 3), ("partly", 1.5), ("missed", 0), ("unsure", 0)]
)
def test_points_are_the_share_of_the_verdict(verdict: str, points: float) -> None:
    (one,) = checked(verdict, "store the charge in a queue").criteria
    assert (str(one.verdict), one.points, one.max_points) == (verdict, points, 3)


def test_white_space_may_differ_and_what_is_kept_is_verbatim() -> None:
    (one,) = checked("met", "store the charge in a  queue").criteria
    (evidence,) = one.evidence
    assert evidence.quote == "store the charge\nin a queue"
    assert ANSWER[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize(
    "quote", ["store a charge", "Store the charge", "retries .* twice", "queue", "", "the  "]
)
def test_other_words_are_no_quote(quote: str) -> None:
    result = checked("met", quote)
    assert result.criteria[0].verdict is Verdict.UNSURE
    assert result.criteria[0].points == 0
    assert result.lies == {"queue": (quote,)}
    assert quote in result.faults[0]


@pytest.mark.parametrize("verdict", ["met", "partly"])
def test_credit_without_a_quote_is_unsure(verdict: str) -> None:
    result = checked(verdict)
    assert result.criteria[0].verdict is Verdict.UNSURE
    assert result.faults == ()


def test_a_criterion_nobody_judged_is_unsure() -> None:
    assert check(RUBRIC, {}, ANSWER).criteria[0].verdict is Verdict.UNSURE


def test_what_is_quoted_for_a_miss_speaks_against_it() -> None:
    (one,) = checked("missed", "a worker retries").criteria
    assert one.evidence[0].kind is EvidenceKind.CONTRADICTS


@given(st.text(), st.text())
def test_what_is_located_has_the_same_words(quote: str, answer: str) -> None:
    found = locate(quote, answer)
    assert found is None or answer[slice(*found)].split() == quote.split()


@given(st.data(), st.text(min_size=3))
def test_a_piece_of_the_answer_is_found(data: st.DataObject, answer: str) -> None:
    start = data.draw(st.integers(0, len(answer) - 1))
    end = data.draw(st.integers(start, len(answer)))
    piece = answer[start:end]
    assert len(piece.split()) < 2 or locate(piece, answer) is not None
