from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Ledger, OpenLoop, Profile, Simulator, Streams, bursts, constant, ramp
from tests.simulation.doubles import answering

STEPS = st.lists(st.tuples(st.floats(0.0, 10.0), st.floats(0.0, 100.0)), min_size=1, max_size=8)


def profile_of(steps: list[tuple[float, float]]) -> Profile:
    """A profile from pairs of (seconds since the last point, rate)."""
    points, now = [], 0.0
    for gap, rate in steps:
        now += gap
        points.append((now, rate))
    return Profile(points)


def arrivals(profile: Profile, *, until_s: float = inf, limit: float = inf) -> list[float]:
    """Arrivals on an even beat of expected requests."""
    simulator, ledger = Simulator(), Ledger()
    OpenLoop(
        simulator,
        answering(),
        constant(1.0),
        until_s=until_s,
        limit=limit,
        ledger=ledger,
        profile=profile,
    )
    simulator.run()
    return [arrived for _id, arrived, _left, _outcome in ledger]


def test_a_rate_is_linear_between_points_and_steps_where_two_coincide() -> None:
    profile = Profile([(1.0, 10.0), (3.0, 20.0), (3.0, 50.0), (4.0, 50.0)])
    seconds = (0.0, 1.0, 2.0, 3.0, 3.5, 9.0)
    assert [profile.rate(second) for second in seconds] == [10.0, 10.0, 15.0, 50.0, 50.0, 50.0]


def test_a_ramp_from_nothing_sends_its_nth_request_at_the_root_of_n() -> None:
    """The rate is 2t, so t² requests are expected by t."""
    moments = arrivals(ramp(0.0, 20.0, 10.0), limit=100)
    assert moments == [pytest.approx(number**0.5) for number in range(1, 101)]


def test_a_burst_comes_at_every_multiple_and_lasts_as_long_as_said() -> None:
    moments = arrivals(bursts(10.0, 100.0, every_s=10.0, burst_s=1.0, until_s=25.0), until_s=30.0)
    within = [sum(start <= one < start + 1.0 for one in moments) for start in (5.0, 10.0, 20.0)]
    assert within == pytest.approx([10, 100, 100], abs=1)
    assert len(moments) == pytest.approx(300 + 2 * 90, abs=1)


def test_a_rate_that_ends_at_zero_ends_the_run() -> None:
    assert len(arrivals(Profile([(0.0, 10.0), (2.0, 10.0), (2.0, 0.0)]))) == 20


def test_nothing_is_expected_from_the_first_moment_on() -> None:
    assert Profile([(0.0, 0.0), (1.0, 5.0)]).when(0.0) == 0.0


def test_a_rise_within_an_instant_is_a_step() -> None:
    profile = Profile([(0.0, 1.0), (5e-324, 100.0), (9.0, 100.0)])
    assert profile.when(100.0) == pytest.approx(1.0)


def test_a_pause_is_leapt_over() -> None:
    profile = Profile([(0.0, 1.0), (2.5, 1.0), (2.5, 0.0), (100.0, 0.0), (100.0, 1.0)])
    assert arrivals(profile, limit=4) == [1.0, 2.0, 100.5, 101.5]


def test_arrivals_by_chance_follow_the_profile() -> None:
    """A ramp from 0 to 200 in 100 s: 10,000 ± 400, a quarter of them in the first half."""
    simulator, ledger = Simulator(), Ledger()
    gaps = Streams(3).exponential("arrivals", 1.0)
    OpenLoop(
        simulator, answering(), gaps, until_s=100.0, ledger=ledger, profile=ramp(0.0, 200.0, 100.0)
    )
    simulator.run()
    early = sum(arrived < 50.0 for _id, arrived, _left, _outcome in ledger)
    assert len(ledger) == pytest.approx(10_000, abs=400)  # four standard deviations
    assert early == pytest.approx(2500, abs=200)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0.0, -1.0)],
        [(0.0, inf)],
        [(float("nan"), 1.0)],
        [(-1.0, 1.0)],
        [(1.0, 1.0), (0.5, 1.0)],
    ],
)
def test_points_that_make_no_profile_are_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match=r"point|finite|order"):
        Profile(points)


def test_a_burst_that_lasts_longer_than_its_period_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        bursts(1.0, 2.0, every_s=1.0, burst_s=1.0, until_s=9.0)


@settings(deadline=None)
@given(steps=STEPS, time_s=st.floats(0.0, 100.0))
def test_when_is_the_inverse_of_expected(steps: list[tuple[float, float]], time_s: float) -> None:
    profile = profile_of(steps)
    expected = profile.expected(time_s)
    if expected > 1e-6:
        moment = profile.when(expected)
        assert profile.expected(moment) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(deadline=None)
@given(steps=STEPS, counts=st.lists(st.floats(0.001, 50.0), min_size=2, max_size=20))
def test_arrivals_never_go_back_in_time(
    steps: list[tuple[float, float]], counts: list[float]
) -> None:
    profile, expected, last = profile_of(steps), 0.0, 0.0
    for count in counts:
        expected += count
        moment = profile.when(expected)
        assert moment >= last - 1e-6
        last = moment
