import pytest

from simulation import Simulator, TooManyEventsError


def test_actions_happen_in_order_of_time() -> None:
    simulator, seen = Simulator(), []
    for moment in (3.0, 1.0, 2.0):
        simulator.at(moment, seen.append, moment)
    simulator.run()
    assert seen == [1.0, 2.0, 3.0]


def test_actions_at_the_same_time_happen_in_the_order_they_were_scheduled() -> None:
    simulator, seen = Simulator(), []
    for name in "abc":
        simulator.at(1.0, seen.append, name)
    simulator.run()
    assert seen == ["a", "b", "c"]


def test_a_run_includes_what_happens_at_its_end_and_can_be_continued() -> None:
    simulator, seen = Simulator(), []
    for moment in (1.0, 2.0, 3.0):
        simulator.at(moment, seen.append, moment)
    simulator.run(until_s=2.0)
    assert (seen, simulator.now) == ([1.0, 2.0], 2.0)
    simulator.run()
    assert (seen, simulator.now, simulator.events) == ([1.0, 2.0, 3.0], 3.0, 3)


def test_a_run_that_never_ends_is_stopped_by_name() -> None:
    simulator = Simulator(max_events=1000)

    def again(_argument: None) -> None:
        simulator.after(1.0, again)

    simulator.after(1.0, again)
    with pytest.raises(TooManyEventsError, match="more than 1,000 events"):
        simulator.run()
    assert simulator.now == 1000.0


def test_a_run_that_needs_exactly_its_bound_is_let_through() -> None:
    simulator, seen = Simulator(max_events=3), []
    for moment in (1.0, 2.0, 3.0):
        simulator.at(moment, seen.append, moment)
    simulator.run()
    assert len(seen) == 3
