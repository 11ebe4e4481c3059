import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import OpenLoop, Outcome, Simulator, Streams, constant
from simulation.policies import AdaptiveThrottle
from tests.simulation.doubles import answering, called


def test_nothing_is_throttled_while_all_is_well() -> None:
    simulator = Simulator()
    throttle = AdaptiveThrottle(simulator, answering(), k=2.0, window_s=10.0, random=lambda: 0.0)
    assert called(simulator, throttle, [float(n) for n in range(50)]).outcomes == [Outcome.OK] * 50
    assert (throttle.throttled, throttle.requests, throttle.accepts) == (0, 10, 10)


def test_the_probability_follows_the_formula_of_the_book() -> None:
    """After 9 requests and no accept it is 9 / 10."""
    simulator = Simulator()
    dead = answering(lambda: Outcome.ERROR)
    throttle = AdaptiveThrottle(simulator, dead, k=2.0, window_s=60.0, random=lambda: 0.99)
    called(simulator, throttle, [float(number) for number in range(9)])
    assert throttle.refusal == pytest.approx(0.9)


def test_what_has_left_the_window_is_forgotten() -> None:
    simulator = Simulator()
    dead = answering(lambda: Outcome.ERROR)
    throttle = AdaptiveThrottle(simulator, dead, k=2.0, window_s=10.0, random=lambda: 0.5)
    called(simulator, throttle, [0.0, 1.0, 2.0])
    simulator.run(until_s=12.5)
    assert (throttle.requests, throttle.refusal) == (0, 0.0)


def test_calls_refused_here_count_as_requests_so_that_pressure_stays() -> None:
    simulator = Simulator()
    dead = answering(lambda: Outcome.ERROR)
    throttle = AdaptiveThrottle(simulator, dead, k=2.0, window_s=60.0, random=lambda: 0.0)
    called(simulator, throttle, [0.0, 1.0, 2.0, 3.0])
    assert (throttle.requests, throttle.throttled) == (4, 3)


@settings(deadline=None)
@given(k=st.floats(1.0, 4.0), failing=st.floats(0.0, 1.0), seed=st.integers(0, 99))
def test_the_probability_stays_a_probability(k: float, failing: float, seed: int) -> None:
    simulator, streams = Simulator(), Streams(seed)
    luck = streams.random("luck")
    target = answering(lambda: Outcome.ERROR if luck() < failing else Outcome.OK)
    throttle = AdaptiveThrottle(
        simulator, target, k=k, window_s=5.0, random=streams.random("throttle")
    )
    OpenLoop(simulator, throttle, constant(0.1), limit=100)
    simulator.run()
    assert 0.0 <= throttle.refusal < 1.0
    assert throttle.accepts <= throttle.requests
