from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Outcome, Request, Simulator
from simulation.policies import Hedge, deadline
from tests.simulation.doubles import called, silent, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def one_after_the_other(*values: float) -> Callable[[], float]:
    """A sampler that gives these values."""
    return iter(values).__next__


def test_a_quick_answer_needs_no_hedge() -> None:
    simulator = Simulator()
    hedge = Hedge(simulator, taking(simulator, one_after_the_other(0.5)), after_s=1.0)
    assert called(simulator, hedge, [0.0]).rows == [(0, 0.5, OK)]
    assert (hedge.calls, hedge.hedges) == (1, 0)


def test_the_first_answer_wins_and_the_other_is_dropped() -> None:
    simulator = Simulator()
    hedge = Hedge(simulator, taking(simulator, one_after_the_other(9.0, 0.5)), after_s=1.0)
    assert called(simulator, hedge, [0.0]).rows == [(0, 1.5, OK)]
    assert (hedge.calls, hedge.hedges) == (2, 1)


def test_further_copies_follow_each_a_while_after_the_last() -> None:
    simulator, moments = Simulator(), []

    def heard(_request: Request, _done: object) -> None:
        moments.append(simulator.now)

    hedge = Hedge(simulator, heard, after_s=0.5, most=3)
    called(simulator, hedge, [0.0])
    assert moments == [0.0, 0.5, 1.0, 1.5]
    assert (hedge.calls, hedge.hedges) == (4, 3)


def test_a_failure_counts_only_once_every_copy_has_failed() -> None:
    simulator = Simulator()
    ends = iter([ERROR, OK])
    target = taking(simulator, one_after_the_other(2.0, 3.0), lambda: next(ends))
    assert called(simulator, Hedge(simulator, target, after_s=1.0), [0.0]).rows == [(0, 4.0, OK)]


def test_a_call_that_fails_before_its_hedge_is_not_hedged() -> None:
    simulator = Simulator()
    target = taking(simulator, one_after_the_other(0.5), lambda: ERROR)
    hedge = Hedge(simulator, target, after_s=1.0)
    assert called(simulator, hedge, [0.0]).rows == [(0, 0.5, ERROR)]
    assert hedge.hedges == 0


def test_no_copy_is_sent_after_the_deadline() -> None:
    simulator = Simulator()
    hedge = Hedge(simulator, silent, after_s=1.0, most=9)
    called(simulator, deadline(simulator, hedge, 2.5), [0.0])
    assert hedge.hedges == 2


@settings(deadline=None)
@given(
    times=st.lists(st.floats(0.01, 10.0), min_size=4, max_size=4),
    after_s=st.floats(0.1, 5.0),
    most=st.integers(0, 3),
)
def test_the_caller_waits_for_the_earliest_of_all_copies(
    times: list[float], after_s: float, most: int
) -> None:
    simulator = Simulator()
    hedge = Hedge(simulator, taking(simulator, iter(times).__next__), after_s=after_s, most=most)
    ends = called(simulator, hedge, [0.0])
    expected = min(copy * after_s + times[copy] for copy in range(most + 1))
    assert ends.moments == [pytest.approx(expected)]
    assert hedge.calls == hedge.hedges + 1 <= most + 1
