"""Services that crash, grow, shrink, and take their queue from either end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import (
    HEALTHY,
    EventLog,
    OpenLoop,
    Outcome,
    Request,
    Service,
    Simulator,
    Streams,
    constant,
    crashed,
    schedule,
)
from simulation.calls import Done
from tests.simulation.doubles import called, taking

OK, ERROR = Outcome.OK, Outcome.ERROR


def test_the_call_that_came_last_is_taken_first_when_asked_for() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=1, service_time=constant(1.0), lifo=True)
    ends = called(simulator, service, [0.0, 0.1, 0.2, 0.3])
    assert [number for number, _moment, _outcome in ends.rows] == [0, 3, 2, 1]
    assert service.queue_area == pytest.approx(0.7 + 1.8 + 2.9)


def test_a_crash_loses_work_and_queue_and_calls_fail_until_the_restart() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=1, service_time=constant(1.0))
    log = EventLog()
    schedule(simulator, log, service, [crashed(0.5, 2.0)])
    ends = called(simulator, service, [0.0, 0.1, 1.0, 2.5])
    assert ends.outcomes == [ERROR, ERROR, ERROR, OK]
    assert ends.moments == [0.5, 0.5, 1.0, 3.5]
    assert (service.busy, service.queue_length, service.health) == (0, 0, HEALTHY)
    assert service.busy_area == pytest.approx(1.5)
    assert [event.kind for event in log.events] == ["crashed begins", "crashed ends"]


def test_a_crash_loses_calls_that_wait_for_another_service_and_their_answers_come_to_nothing() -> (
    None
):
    simulator = Simulator()
    service = Service(
        simulator,
        "s",
        servers=2,
        service_time=constant(0.1),
        downstream=taking(simulator, constant(1.0)),
    )
    schedule(simulator, EventLog(), service, [crashed(0.5, 0.6)])
    ends = called(simulator, service, [0.0, 0.7])
    assert ends.rows == [(0, 0.5, ERROR), (1, pytest.approx(1.8), OK)]
    assert service.busy == 0


def test_an_answer_may_make_its_own_service_crash() -> None:
    simulator, outcomes = Simulator(), []
    service = Service(simulator, "s", servers=2, service_time=iter([1.0, 2.0, 1.0, 1.0]).__next__)

    def heard(_request: Request, outcome: Outcome) -> None:
        outcomes.append(outcome)
        if len(outcomes) == 1:
            service.crash()

    for number in range(3):
        service(Request(number, 0.0, ""), heard)
    simulator.run()
    assert outcomes == [OK, ERROR, ERROR]
    assert (service.busy, service.queue_length, simulator.now) == (0, 0, 1.0)
    service(Request(9, 1.0, ""), heard)
    simulator.run()
    assert outcomes[3] is OK


def test_two_services_crash_without_touching_each_other_s_work() -> None:
    simulator = Simulator()
    first, second = (
        Service(simulator, name, servers=5, service_time=constant(1.0)) for name in "ab"
    )
    schedule(simulator, EventLog(), first, [crashed(0.5, 0.6)])

    def both(request: Request, done: Done) -> None:
        (first if request.id % 2 else second)(request, done)

    assert called(simulator, both, [0.0] * 4).outcomes == [OK, ERROR, OK, ERROR]


def test_added_servers_take_up_the_queue_at_once() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=1, service_time=constant(1.0))
    simulator.at(0.5, lambda _: service.set_servers(3))
    ends = called(simulator, service, [0.0, 0.0, 0.0])
    assert ends.moments == [1.0, 1.5, 1.5]


def test_servers_taken_away_end_their_work_first() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=3, service_time=constant(1.0))
    simulator.at(0.5, lambda _: service.set_servers(1))
    ends = called(simulator, service, [0.0] * 5)
    assert ends.moments == [1.0, 1.0, 1.0, 2.0, 3.0]
    assert service.server_area == pytest.approx(3 * 0.5 + 1 * 2.5)


def test_a_service_may_be_scaled_to_nothing_and_back() -> None:
    simulator = Simulator()
    service = Service(simulator, "s", servers=1, service_time=constant(1.0))
    simulator.at(0.5, lambda _: service.set_servers(0))
    simulator.at(5.0, lambda _: service.set_servers(1))
    assert called(simulator, service, [0.0, 0.1]).moments == [1.0, 6.0]


@settings(deadline=None)
@given(
    changes=st.lists(st.tuples(st.floats(0.0, 20.0), st.integers(0, 6)), max_size=8),
    crashes=st.lists(st.floats(0.0, 20.0), max_size=3),
    lifo=st.booleans(),
    seed=st.integers(0, 99),
)
def test_whatever_happens_every_call_ends_once_and_every_area_adds_up(
    *, changes: list[tuple[float, int]], crashes: list[float], lifo: bool, seed: int
) -> None:
    simulator, streams, ends = Simulator(), Streams(seed), []
    service = Service(
        simulator,
        "s",
        servers=2,
        service_time=streams.exponential("service", 0.5),
        queue_limit=20,
        lifo=lifo,
    )
    for moment, servers in changes:
        simulator.at(moment, service.set_servers, servers)
    simulator.at(21.0, service.set_servers, 1)
    schedule(simulator, EventLog(), service, [crashed(one, one + 0.5) for one in crashes])

    def heard(request: Request, _done: Done) -> None:
        service(request, lambda one, outcome: ends.append((one.id, outcome)))

    OpenLoop(simulator, heard, streams.exponential("arrivals", 0.2), until_s=20.0)
    simulator.run()
    assert sorted(number for number, _outcome in ends) == list(range(service.offered))
    assert (service.busy, service.queue_length) == (0, 0)
    assert service.busy_area >= -1e-6
    assert service.queue_area >= -1e-6
