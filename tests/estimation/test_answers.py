"""Judging typed answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimation import KnownMistake, Outcome, Quantity, QuantityError, check_answer

RATE = Quantity(13_500, "1/s")
STORAGE = Quantity(130.6, "TB")
EDGE_ONLY = KnownMistake(1_500, "That is the load when only the edge retries.")


@pytest.mark.parametrize(
    ("text", "expected", "outcome"),
    [
        ("13 500 rps", RATE, Outcome.RIGHT),
        ("13 000 rps", RATE, Outcome.RIGHT),
        ("810 000/min", RATE, Outcome.RIGHT),
        ("13.5k", RATE, Outcome.RIGHT),
        ("12 500 rps", RATE, Outcome.CLOSE),
        ("9000 rps", RATE, Outcome.WRONG),
        ("1 500 rps", RATE, Outcome.KNOWN_MISTAKE),
        ("1 500", RATE, Outcome.KNOWN_MISTAKE),
        ("13 500 GB", RATE, Outcome.WRONG_UNIT),
        ("27x", RATE, Outcome.WRONG_UNIT),
        ("13.5 rps", RATE, Outcome.FACTOR_1000),
        ("130.6 TB", STORAGE, Outcome.RIGHT),
        ("118.8 TiB", STORAGE, Outcome.RIGHT),
        ("130.6 Tbit", STORAGE, Outcome.BITS_AND_BYTES),
        ("1045 TB", STORAGE, Outcome.BITS_AND_BYTES),
        ("130.6 TiB", STORAGE, Outcome.FACTOR_1024),
        ("133.7 PB", STORAGE, Outcome.FACTOR_1024),
        ("130.6 GB", STORAGE, Outcome.FACTOR_1000),
        ("7500", Quantity(2.08, "h"), Outcome.MISSING_UNIT),
        ("0.331", Quantity(33.1, "%"), Outcome.MISSING_UNIT),
        ("1.306e14", STORAGE, Outcome.MISSING_UNIT),
    ],
)
def test_an_answer_is_judged_for_what_it_is(
    text: str, expected: Quantity, outcome: Outcome
) -> None:
    tolerance = 0.04 if expected is RATE else 0.01
    verdict = check_answer(text, expected, tolerance, [EDGE_ONLY] if expected is RATE else ())
    assert verdict.outcome is outcome
    assert verdict.correct == (outcome is Outcome.RIGHT)


def test_a_missing_unit_is_said_with_the_unit_that_was_assumed() -> None:
    verdict = check_answer("13500", RATE, 0.04)
    assert verdict.correct
    assert verdict.bare
    assert "read as 13\u202f500/s" in verdict.explanation


def test_a_known_mistake_is_explained_in_its_author_s_words() -> None:
    verdict = check_answer("1500/s", RATE, 0.04, [EDGE_ONLY])
    assert verdict.explanation == EDGE_ONLY.explanation


def test_a_right_answer_with_its_unit_needs_no_explanation() -> None:
    assert check_answer("13500/s", RATE, 0.04).explanation == ""


def test_a_mistake_may_have_a_unit_of_its_own() -> None:
    mistake = KnownMistake(2, "You took hours for minutes.", unit="min")
    assert check_answer("120 s", Quantity(2, "h"), 0.01, [mistake]).explanation == (
        "You took hours for minutes."
    )


def test_an_unreadable_answer_is_not_a_wrong_answer() -> None:
    with pytest.raises(QuantityError, match="no number at the start"):
        check_answer("no idea", RATE, 0.04)


def test_no_hint_gives_the_expected_value_away() -> None:
    for text in ("1", "13.5 rps", "12 500/s", "5 GB", "7"):
        assert "13\u202f500" not in check_answer(text, RATE, 0.04).explanation


def test_zero_as_expected_answer_accepts_zero_only() -> None:
    assert check_answer("0", Quantity(0, "s"), 0.01).correct
    assert check_answer("3 s", Quantity(0, "s"), 0.01).outcome is Outcome.WRONG


@given(st.text(max_size=90), st.sampled_from(["", "%", "1/s", "GB", "$", "FLOP"]))
def test_checking_any_text_raises_nothing_but_a_quantity_error(text: str, unit: str) -> None:
    try:
        verdict = check_answer(text, Quantity(42, unit), 0.05, [KnownMistake(7, "Seven.")])
    except QuantityError:
        return
    assert verdict.outcome in Outcome


@given(st.floats(min_value=1e-9, max_value=1e15), st.sampled_from(["GB", "1/s", "%", "day"]))
def test_the_expected_value_itself_is_always_right(value: float, unit: str) -> None:
    assert check_answer(f"{value!r} {unit}", Quantity(value, unit), 0.0).correct
