"""Streak and calendar, from the days on which something was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 26
LEVELS = (1, 3, 6, 10)  # so many activities make a day of level 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the calendar; level 0 to 4, or outside the range."""

    day: date
    count: int
    level: int
    in_range: bool
    is_today: bool


def streak(days: Mapping[date, int], today: date) -> int:
    """Return how many days in a row something was done, up to today or yesterday."""
    day = today if days.get(today) else today - timedelta(days=1)
    length = 0
    while days.get(day):
        length += 1
        day -= timedelta(days=1)
    return length


def weeks(days: Mapping[date, int], today: date) -> list[list[Day]]:
    """Return seven rows, Monday first, of the last WEEKS weeks, oldest first."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    return [
        [_cell(days, monday + timedelta(days=row, weeks=column), today) for column in range(WEEKS)]
        for row in range(7)
    ]


def first_day(today: date) -> date:
    """Return the first day the calendar shows."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def _cell(days: Mapping[date, int], day: date, today: date) -> Day:
    count = days.get(day, 0)
    level = sum(count >= least for least in LEVELS)
    return Day(day, count, level, day <= today, day == today)
