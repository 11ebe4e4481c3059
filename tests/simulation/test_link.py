import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import (
    EventLog,
    Ledger,
    Link,
    OpenLoop,
    Outcome,
    Request,
    Simulator,
    Streams,
    constant,
    failing,
    partition,
    schedule,
    slow,
    tapped,
)
from tests.simulation.doubles import answering, called, taking

OK = Outcome.OK


def test_a_link_takes_its_time_both_ways() -> None:
    simulator = Simulator()
    link = Link(simulator, "link", taking(simulator, constant(0.5)), one_way=constant(0.125))
    assert called(simulator, link, [1.0]).rows == [(0, 1.75, OK)]
    assert (link.sent, link.lost, link.duplicated) == (2, 0, 0)


def test_a_partition_swallows_requests_and_answers_that_are_on_their_way() -> None:
    """Of calls at 0, 1, 2, 3 and 4 s, that of 1 s is cut off on its way back, 2 and 3 there."""
    simulator, reached = Simulator(), []
    target = tapped(taking(simulator, constant(0.4)), lambda request: reached.append(request.id))
    link = Link(simulator, "link", target, one_way=constant(0.1))
    schedule(simulator, EventLog(), link, [partition(1.55, 3.55)])
    ends = called(simulator, link, [0.0, 1.0, 2.0, 3.0, 4.0])
    assert [number for number, _moment, _outcome in ends.rows] == [0, 4]
    assert reached == [0, 1, 4]
    assert link.lost == 3


def test_a_message_that_would_arrive_in_a_partition_is_lost_and_one_after_it_is_not() -> None:
    simulator, reached = Simulator(), []
    target = tapped(answering(), lambda request: reached.append(request.id))
    link = Link(simulator, "link", target, one_way=constant(0.5))
    schedule(simulator, EventLog(), link, [partition(1.25, 1.75)])
    called(simulator, link, [1.0, 1.2, 1.8])
    assert reached == [2]


def test_both_directions_lose_their_share() -> None:
    """With 10 % loss, 90 % of the requests arrive and 81 % of the answers come back."""
    simulator, ledger, reached = Simulator(), Ledger(), []
    target = tapped(answering(), reached.append)
    link = Link(
        simulator,
        "link",
        target,
        one_way=constant(0.0),
        loss=0.1,
        luck=Streams(1).random("luck"),
    )
    OpenLoop(simulator, link, constant(1.0), limit=40_000, ledger=ledger)
    simulator.run()
    # four standard errors of a share of 40,000
    assert len(reached) / 40_000 == pytest.approx(0.9, abs=0.006)
    assert len(ledger) / 40_000 == pytest.approx(0.81, abs=0.008)


def test_a_duplicated_request_arrives_twice_and_is_answered_once() -> None:
    simulator, reached = Simulator(), []
    target = tapped(answering(), reached.append)
    link = Link(
        simulator,
        "link",
        target,
        one_way=iter([0.5, 0.2, 0.1, 0.1]).__next__,
        duplication=1.0,
        luck=lambda: 0.5,
    )
    assert called(simulator, link, [0.0]).rows == [(0, pytest.approx(0.3), OK)]
    assert (len(reached), link.duplicated) == (2, 1)


def test_a_slow_link_stretches_time_and_a_refusing_one_fails_at_once() -> None:
    simulator = Simulator()
    link = Link(simulator, "link", answering(), one_way=constant(0.1))
    faults = [slow(1.0, 2.0, factor=3.0), failing(3.0, 4.0)]
    schedule(simulator, EventLog(), link, faults)
    ends = called(simulator, link, [1.1, 3.5])
    assert ends.outcomes == [OK, Outcome.ERROR]
    assert ends.moments == [pytest.approx(1.7), 3.5]


def test_chance_without_luck_is_refused() -> None:
    with pytest.raises(ValueError, match="needs luck"):
        Link(Simulator(), "link", answering(), one_way=constant(0.1), loss=0.5)


@settings(deadline=None)
@given(loss=st.floats(0.0, 1.0), duplication=st.floats(0.0, 1.0), seed=st.integers(0, 99))
def test_a_caller_hears_at_most_one_answer(loss: float, duplication: float, seed: int) -> None:
    simulator, streams, heard = Simulator(), Streams(seed), []
    link = Link(
        simulator,
        "link",
        answering(),
        one_way=streams.exponential("network", 0.1),
        loss=loss,
        duplication=duplication,
        luck=streams.random("luck"),
    )
    for number in range(20):
        link(Request(number, 0.0, ""), lambda request, _outcome: heard.append(request.id))
    simulator.run()
    assert len(heard) == len(set(heard)) <= 20
