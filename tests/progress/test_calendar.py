"""Streaks and calendars."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from progress import calendar

TODAY = date(2026, 3, 18)  # a Wednesday


def back(*days: int) -> dict[date, int]:
    return {TODAY - timedelta(days=number): 1 for number in days}


def test_a_streak_runs_to_today() -> None:
    assert calendar.streak(back(0, 1, 2, 4), TODAY) == 3


def test_a_streak_survives_a_day_that_is_not_over() -> None:
    assert calendar.streak(back(1, 2), TODAY) == 2


def test_a_missed_day_ends_a_streak() -> None:
    assert calendar.streak(back(2, 3), TODAY) == 0


def test_nothing_done_is_no_streak() -> None:
    assert calendar.streak({}, TODAY) == 0


def test_the_calendar_ends_with_this_week() -> None:
    rows = calendar.weeks(back(0), TODAY)
    assert [len(row) for row in rows] == [calendar.WEEKS] * 7
    assert rows[0][-1].day == date(2026, 3, 16)
    assert rows[2][-1].is_today
    assert rows[2][-1].level == 1
    assert not rows[3][-1].in_range


@given(st.integers(0, 1000))
def test_a_level_is_between_none_and_four(count: int) -> None:
    cell = calendar.weeks({TODAY: count}, TODAY)[2][-1]
    assert 0 <= cell.level <= 4
    assert (cell.level == 0) == (count == 0)
