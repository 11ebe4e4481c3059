import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Outcome, Service, Simulator, constant, fan_out, tapped
from tests.simulation.doubles import answering, called, silent, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def test_in_parallel_the_slowest_part_decides() -> None:
    simulator = Simulator()
    parts = [taking(simulator, constant(seconds)) for seconds in (0.1, 0.5, 0.3)]
    assert called(simulator, fan_out(simulator, parts), [1.0]).rows == [(0, 1.5, OK)]


def test_in_series_the_parts_add_up() -> None:
    simulator = Simulator()
    parts = [taking(simulator, constant(seconds)) for seconds in (0.5, 0.25, 0.125)]
    ends = called(simulator, fan_out(simulator, parts, serial=True), [1.0])
    assert ends.rows == [(0, 1.875, OK)]


def test_a_call_fails_as_soon_as_one_part_that_is_needed_fails() -> None:
    simulator = Simulator()
    broken = taking(simulator, constant(0.2), lambda: Outcome.TIMEOUT)
    whole = fan_out(simulator, [silent, broken])
    assert called(simulator, whole, [0.0]).rows == [(0, 0.2, ERROR)]


def test_a_quorum_is_reached_with_the_fastest_and_in_spite_of_failures() -> None:
    simulator = Simulator()
    quick, slow = taking(simulator, constant(0.1)), taking(simulator, constant(0.4))
    whole = fan_out(simulator, [slow, answering(lambda: ERROR), quick, silent], needed=2)
    assert called(simulator, whole, [0.0]).rows == [(0, 0.4, OK)]


def test_in_series_nothing_is_called_after_the_call_is_decided() -> None:
    simulator, reached = Simulator(), []
    last = tapped(answering(), reached.append)
    broken = answering(lambda: ERROR)
    ends = called(simulator, fan_out(simulator, [broken, last], serial=True), [0.0])
    one_is_enough = fan_out(simulator, [answering(), last], needed=1, serial=True)
    enough = called(simulator, one_is_enough, [1.0])
    assert (ends.outcomes, enough.outcomes, reached) == ([ERROR], [OK], [])


def test_a_fallback_in_a_part_makes_the_whole_a_fallback() -> None:
    simulator = Simulator()
    parts = [answering(), answering(lambda: Outcome.FALLBACK)]
    assert called(simulator, fan_out(simulator, parts), [0.0]).outcomes == [Outcome.FALLBACK]


def test_a_series_may_call_the_same_single_server_again_and_again() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=1, service_time=constant(1.0), queue_limit=0)
    whole = fan_out(simulator, [service] * 3, serial=True)
    assert called(simulator, whole, [0.0]).rows == [(0, 3.0, OK)]


@pytest.mark.parametrize("needed", [0, 3])
def test_a_quorum_that_cannot_be_had_is_refused(needed: int) -> None:
    with pytest.raises(ValueError, match="can never be had"):
        fan_out(Simulator(), [silent, silent], needed=needed)


@settings(deadline=None)
@given(
    ends=st.lists(st.sampled_from([OK, ERROR]), min_size=1, max_size=6),
    needed=st.integers(1, 6),
    serial=st.booleans(),
)
def test_a_call_succeeds_exactly_if_enough_parts_do_and_ends_once(
    *, ends: list[Outcome], needed: int, serial: bool
) -> None:
    needed = min(needed, len(ends))
    simulator = Simulator()
    parts = [answering(lambda end=end: end) for end in ends]
    whole = fan_out(simulator, parts, needed=needed, serial=serial)
    expected = OK if ends.count(OK) >= needed else ERROR
    assert called(simulator, whole, [0.0]).outcomes == [expected]
