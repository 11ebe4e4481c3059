import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import OpenLoop, Outcome, Request, Service, Simulator, Streams, constant
from simulation.calls import Done
from simulation.policies import Bulkhead
from tests.simulation.doubles import answering, called, silent, taking

OK, REFUSED = Outcome.OK, Outcome.REFUSED


def test_calls_beyond_the_permits_are_refused_at_once_without_a_queue() -> None:
    simulator = Simulator()
    bulkhead = Bulkhead(simulator, taking(simulator, constant(1.0)), permits=2)
    ends = called(simulator, bulkhead, [0.0, 0.1, 0.2, 1.1])
    assert ends.outcomes == [OK, OK, REFUSED, OK]
    assert ends.moments[2] == 0.2
    assert (bulkhead.rejected, bulkhead.in_use) == (1, 0)


def test_calls_wait_in_order_for_a_permit_and_beyond_the_queue_are_refused() -> None:
    simulator = Simulator()
    bulkhead = Bulkhead(simulator, taking(simulator, constant(1.0)), permits=1, queue_limit=2)
    ends = called(simulator, bulkhead, [0.0, 0.1, 0.2, 0.3])
    assert ends.rows == [(3, 0.3, REFUSED), (0, 1.0, OK), (1, 2.0, OK), (2, 3.0, OK)]


def test_a_call_waits_no_longer_than_it_may_and_leaves_its_place_to_others() -> None:
    simulator = Simulator()
    work = taking(simulator, constant(2.0))
    bulkhead = Bulkhead(simulator, work, permits=1, queue_limit=1, max_wait_s=0.5)
    ends = called(simulator, bulkhead, [0.0, 0.1, 1.8])
    assert ends.rows == [(1, 0.6, REFUSED), (0, 2.0, OK), (2, 4.0, OK)]
    assert (bulkhead.rejected, bulkhead.waiting) == (1, 0)


def test_a_permit_that_is_never_given_back_is_gone() -> None:
    simulator = Simulator()
    bulkhead = Bulkhead(simulator, silent, permits=1)
    assert called(simulator, bulkhead, [0.0, 5.0]).outcomes == [REFUSED]
    assert bulkhead.in_use == 1


def test_the_caller_may_call_again_from_its_answer_and_finds_the_permit_free() -> None:
    simulator = Simulator()
    bulkhead = Bulkhead(simulator, answering(), permits=1)
    seen: list[Outcome] = []

    def twice(request: Request, done: Done) -> None:
        bulkhead(request, lambda one, _outcome: bulkhead(one, done))

    twice(Request(0, 0.0, ""), lambda _request, outcome: seen.append(outcome))
    assert seen == [OK]


def test_ten_thousand_waiting_calls_that_end_at_once_do_not_nest_their_stacks() -> None:
    simulator = Simulator()
    opened = [False]

    def gate(request: Request, done: Done) -> None:
        if opened[0]:
            done(request, OK)
        else:
            opened[0] = True
            simulator.after(1.0, lambda _: done(request, OK))

    bulkhead = Bulkhead(simulator, gate, permits=1, queue_limit=10_000)
    assert called(simulator, bulkhead, [0.0] * 10_001).outcomes == [OK] * 10_001


@settings(max_examples=50, deadline=None)
@given(
    permits=st.integers(1, 5),
    queue_limit=st.integers(0, 5),
    max_wait_s=st.floats(0.01, 3.0),
    seed=st.integers(0, 1000),
)
def test_whatever_the_numbers_no_more_than_the_permits_are_in_use_and_every_call_ends(
    permits: int, queue_limit: int, max_wait_s: float, seed: int
) -> None:
    simulator, streams = Simulator(), Streams(seed)
    service_time = streams.exponential("service", 1.0)
    work = Service(simulator, "work", servers=99, service_time=service_time)
    bulkhead = Bulkhead(
        simulator, work, permits=permits, queue_limit=queue_limit, max_wait_s=max_wait_s
    )
    most: list[int] = []
    ended: list[Outcome] = []

    def watched(request: Request, done: Done) -> None:
        bulkhead(request, lambda one, outcome: ended.append(outcome) or done(one, outcome))
        most.append(work.busy)
        assert bulkhead.waiting <= queue_limit
        assert work.busy == bulkhead.in_use

    OpenLoop(simulator, watched, streams.exponential("arrivals", 0.3), limit=200)
    simulator.run()
    assert max(most) <= permits
    assert len(ended) == 200
    assert ended.count(REFUSED) == bulkhead.rejected
    assert (bulkhead.in_use, bulkhead.waiting) == (0, 0)


@pytest.mark.parametrize(("permits", "ceiling"), [(25, 250.0), (50, 500.0)])
def test_permits_over_latency_is_the_ceiling_of_throughput(permits: int, ceiling: float) -> None:
    """Little's law: 25 permits at 100 ms let 250 calls a second through, however many come."""
    simulator = Simulator()
    work = Service(simulator, "work", servers=10_000, service_time=constant(0.1))
    bulkhead = Bulkhead(simulator, work, permits=permits)
    OpenLoop(simulator, bulkhead, constant(0.001), until_s=20.0)
    simulator.run()
    assert work.offered / 20.0 == pytest.approx(ceiling, rel=0.015)
