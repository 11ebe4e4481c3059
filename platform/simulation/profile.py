"""Arrival rates that change over time."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite, sqrt

type Point = tuple[float, float]  # second, requests per second


class Profile:
    """A rate over time, linear between `points`; two points at one second make a step.

    Before the first point the rate is the first one's, after the last the last one's.
    Raises ValueError for points that go back in time or have a negative rate.
    """

    __slots__ = ("_areas", "_seconds", "points")

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = _checked(points)
        self._seconds = [second for second, _rate in self.points]
        self._areas = [0.0]  # expected requests up to each point
        for (start, first), (end, last) in pairwise(self.points):
            self._areas.append(self._areas[-1] + (end - start) * (first + last) / 2)

    def rate(self, time_s: float) -> float:
        """Requests per second at `time_s`; at a step, the rate after it."""
        index = bisect_right(self._seconds, time_s) - 1
        if index < 0 or index + 1 == len(self.points):
            return self.points[index][1] if index >= 0 else self.points[0][1]
        start, first = self.points[index]
        return first + self._slope(index) * (time_s - start)

    def expected(self, time_s: float) -> float:
        """How many requests are expected from the start of the run up to `time_s`."""
        index = bisect_right(self._seconds, time_s) - 1
        start, first = self.points[index]
        past = time_s - start
        return self._areas[index] + past * (first + self._slope(index) * past / 2)

    def when(self, expected: float) -> float:
        """The first moment by which that many requests are expected; infinity if never."""
        index = max(0, bisect_left(self._areas, expected) - 1)
        start, first = self.points[index]
        rest = expected - self._areas[index]
        if rest <= 0.0:
            return start
        slope = self._slope(index)
        # the root of first·d + slope·d²/2 = rest that loses no digits when slope is small;
        # rounding must not make the root of a falling rate's last instant negative
        speed = first + sqrt(max(0.0, first * first + 2 * slope * rest))
        return start + 2 * rest / speed if speed > 0.0 else inf

    def _slope(self, index: int) -> float:
        if index + 1 == len(self.points):
            return 0.0
        (start, first), (end, last) = self.points[index], self.points[index + 1]
        # within a nanosecond it is a step, and the quotient might not be finite
        return (last - first) / (end - start) if end - start > 1e-9 else 0.0


def bursts(base: float, peak: float, every_s: float, burst_s: float, until_s: float) -> Profile:
    """`base` requests a second, but `peak` for `burst_s` seconds from every multiple of `every_s`.

    The first burst begins at `every_s`; none begins at or after `until_s`.
    """
    if not 0 < burst_s < every_s:
        raise ValueError("A burst must be shorter than the time from one to the next.")
    points: list[Point] = [(0.0, base)]
    number = 1
    while (start := number * every_s) < until_s:
        end = start + burst_s
        points += [(start, base), (start, peak), (end, peak), (end, base)]
        number += 1
    return Profile(points)


def ramp(start: float, end: float, until_s: float) -> Profile:
    """From `start` to `end` requests a second, evenly until `until_s`, and `end` from then on."""
    return Profile([(0.0, start), (until_s, end)])


def _checked(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points from second 0 on."""
    if not points:
        raise ValueError("A profile needs at least one point.")
    if any(not (isfinite(second) and isfinite(rate)) or rate < 0 for second, rate in points):
        raise ValueError("Seconds and rates must be finite, and rates not negative.")
    if points[0][0] < 0 or any(later < earlier for (earlier, _), (later, _) in pairwise(points)):
        raise ValueError("Points must be in order of time, from second 0 on.")
    return ((0.0, points[0][1]), *points) if points[0][0] > 0 else tuple(points)
