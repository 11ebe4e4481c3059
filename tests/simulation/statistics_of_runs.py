"""How far a measured mean may lie from theory: four standard errors, taken from the run itself."""

import statistics
from collections.abc import Callable, Sequence
from math import sqrt

ERRORS = 4.0  # a sound engine misses by more in one of 16,000 comparisons


def assert_mean(values: Sequence[float], expected: float, *, precise_to: float) -> None:
    """Assert that `values`, which must be independent, have this mean.

    `precise_to` is the relative error that they must be able to show: a test whose standard
    error is too large to see a mistake of that size fails as well.
    """
    mean, error = statistics.fmean(values), statistics.stdev(values) / sqrt(len(values))
    assert abs(mean - expected) <= ERRORS * error + 1e-12, (mean, expected, error)
    assert ERRORS * error <= precise_to * abs(expected), (ERRORS * error, expected)


def assert_share(hits: int, tries: int, expected: float) -> None:
    """Assert that so many of `tries` independent tries with this probability are no surprise."""
    error = sqrt(expected * (1.0 - expected) / tries)
    assert abs(hits / tries - expected) <= ERRORS * error, (hits / tries, expected, error)


def assert_quantile(values: Sequence[float], share: float, expected: float) -> None:
    """Assert that `expected` is a quantile of what `values`, independent, were drawn from.

    Distribution-free: the quantile lies between two order statistics around its own rank.
    """
    ordered, n = sorted(values), len(values)
    reach = ERRORS * sqrt(n * share * (1.0 - share))
    low, high = ordered[int(n * share - reach)], ordered[min(n - 1, int(n * share + reach) + 1)]
    assert low <= expected <= high, (low, expected, high)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function crosses zero, by bisection."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
