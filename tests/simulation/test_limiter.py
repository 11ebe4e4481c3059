from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import OpenLoop, Outcome, Simulator, constant
from simulation.policies import (
    FixedWindow,
    LoadShedder,
    RateLimiter,
    Rule,
    SlidingWindow,
    TokenBucket,
)
from tests.simulation.doubles import answering, called

OK, REFUSED = Outcome.OK, Outcome.REFUSED
MOMENTS = st.lists(st.floats(0.0, 100.0), max_size=200).map(sorted)


def admitted(rule: Rule, moments: list[float]) -> list[float]:
    """The moments at which a call is let through."""
    return [moment for moment in moments if rule.admit(moment)]


def test_a_token_bucket_lets_70_of_150_calls_through() -> None:
    """Rate 10, burst 20, 150 calls evenly from second 0 to second 5: 20 + 10 · 5."""
    moments = [5.0 * number / 149 for number in range(150)]
    assert len(admitted(TokenBucket(rate=10, burst=20), moments)) == 70


def test_a_fixed_window_lets_200_calls_through_in_two_seconds_across_its_boundary() -> None:
    """Limit 100 a minute: 100 in the last second of one window, 100 in the first of the next."""
    moments = [59.0 + number / 150 for number in range(300)]
    passed = admitted(FixedWindow(limit=100, window_s=60.0), moments)
    assert len(passed) == 200
    assert passed[-1] - passed[0] < 2.0


def test_a_sliding_window_lets_only_its_limit_through_across_the_same_boundary() -> None:
    moments = [59.0 + number / 150 for number in range(300)]
    assert len(admitted(SlidingWindow(limit=100, window_s=60.0), moments)) == 100


def test_a_window_of_a_tenth_of_a_second_begins_at_its_multiples_in_spite_of_rounding() -> None:
    rule = FixedWindow(limit=1, window_s=0.1)
    moments = [number * 0.1 for number in range(1000)]
    assert admitted(rule, moments) == moments


def test_an_even_beat_at_exactly_the_rate_is_never_limited() -> None:
    moments = [number * 0.1 for number in range(1, 10_001)]
    for rule in (TokenBucket(10, 1), FixedWindow(10, 1.0), SlidingWindow(10, 1.0)):
        assert len(admitted(rule, moments)) == 10_000


@settings(deadline=None)
@given(moments=MOMENTS, rate=st.floats(0.01, 100.0), burst=st.floats(1.0, 50.0))
def test_no_stretch_of_time_gets_more_tokens_than_burst_and_rate_allow(
    moments: list[float], rate: float, burst: float
) -> None:
    passed = admitted(TokenBucket(rate, burst), moments)
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + rate * (passed[last] - start) + 1e-6


@settings(deadline=None)
@given(moments=MOMENTS, limit=st.integers(1, 10), window_s=st.floats(0.01, 20.0))
def test_no_sliding_window_holds_more_than_its_limit(
    moments: list[float], limit: int, window_s: float
) -> None:
    passed = admitted(SlidingWindow(limit, window_s), moments)
    for earlier, later in zip(passed, passed[limit:], strict=False):
        assert later - earlier > window_s - 1e-6


@settings(deadline=None)
@given(moments=MOMENTS, limit=st.integers(1, 10), window_s=st.floats(0.01, 20.0))
def test_a_fixed_window_may_let_twice_its_limit_through_but_never_more(
    moments: list[float], limit: int, window_s: float
) -> None:
    passed = admitted(FixedWindow(limit, window_s), moments)
    for earlier, later in zip(passed, passed[2 * limit :], strict=False):
        assert later - earlier > window_s - 1e-6


def test_a_limiter_counts_what_it_lets_through_and_what_it_refuses() -> None:
    simulator = Simulator()
    limiter = RateLimiter(simulator, answering(), TokenBucket(1.0, 2.0))
    assert called(simulator, limiter, [0.0, 0.0, 0.0, 1.0]).outcomes == [OK, OK, REFUSED, OK]
    assert (limiter.admitted, limiter.limited) == (3, 1)


def test_each_key_has_its_own_rule() -> None:
    simulator = Simulator()
    limiter = RateLimiter(
        simulator, answering(), lambda: SlidingWindow(1, 60.0), key=lambda request: request.key
    )
    ends = called(simulator, limiter, [0.0, 1.0, 2.0], keys=["a", "b", "a"])
    assert ends.outcomes == [OK, OK, REFUSED]


@pytest.mark.parametrize(
    "make",
    [
        lambda simulator: RateLimiter(simulator, answering(), lambda: TokenBucket(1.0, 1.0)),
        lambda simulator: RateLimiter(
            simulator, answering(), TokenBucket(1.0, 1.0), key=lambda request: request.key
        ),
    ],
)
def test_a_rule_and_a_key_that_do_not_fit_together_are_refused(
    make: Callable[[Simulator], RateLimiter],
) -> None:
    with pytest.raises(TypeError, match="what makes the rule of each key"):
        make(Simulator())


def test_a_shedder_lets_through_what_its_test_says() -> None:
    simulator = Simulator()
    shedder = LoadShedder(simulator, answering(), admit=lambda request: request.kind != "batch")
    ends = called(simulator, shedder, [0.0, 1.0, 2.0], kinds=["page", "batch", "page"])
    assert ends.outcomes == [OK, REFUSED, OK]
    assert shedder.shed == 1


def test_limits_on_the_rate_do_not_limit_what_is_under_way() -> None:
    """10 calls a second that take 100 s each: a thousand are under way."""
    simulator = Simulator()
    under_way = [0]

    def endless(request: object, done: object) -> None:
        under_way[0] += 1

    limiter = RateLimiter(simulator, endless, TokenBucket(10.0, 1.0))
    OpenLoop(simulator, limiter, constant(0.05), until_s=100.0)
    simulator.run()
    assert under_way[0] == pytest.approx(1000, abs=2)
