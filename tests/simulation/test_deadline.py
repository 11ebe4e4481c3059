from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Ledger, OpenLoop, Outcome, Request, Service, Simulator, constant, tapped
from simulation.policies import Backoff, Retry, deadline, timeout
from tests.simulation.doubles import answering, called, silent, taking

OK, TIMEOUT = Outcome.OK, Outcome.TIMEOUT


def test_a_request_without_a_deadline_has_all_the_time_in_the_world() -> None:
    request = Request(1, 2.0, "page")
    assert (request.deadline, request.key, request.root) == (inf, "", request)


def test_a_child_stands_for_its_root_and_never_has_more_time() -> None:
    root = Request(1, 2.0, "page", deadline=5.0, key="a")
    child = root.child(kind="stock", deadline=9.0).child(deadline=4.0)
    assert (child.id, child.started_at, child.kind, child.key) == (1, 2.0, "stock", "a")
    assert (child.deadline, root.deadline) == (4.0, 5.0)
    assert child.root is root


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 100.0)))
def test_a_line_of_children_has_the_earliest_deadline_of_all(deadlines: list[float]) -> None:
    request = Request(1, 0.0, "")
    for moment in deadlines:
        request = request.child(deadline=moment)
    assert request.deadline == min([inf, *deadlines])


def test_a_call_ends_at_its_deadline() -> None:
    simulator = Simulator()
    ends = called(simulator, deadline(simulator, silent, 0.5), [1.0])
    assert ends.rows == [(0, 1.5, TIMEOUT)]


def test_an_answer_in_time_is_passed_on_with_the_request_that_was_made() -> None:
    simulator, answered = Simulator(), []
    request = Request(0, 0.0, "")
    bounded = deadline(simulator, taking(simulator, constant(0.4)), 0.5)
    bounded(request, lambda one, outcome: answered.append((one, outcome)))
    simulator.run()
    assert answered == [(request, OK)]


def test_the_earlier_of_two_deadlines_holds_and_the_caller_s_request_is_left_alone() -> None:
    simulator, seen = Simulator(), []
    inner = deadline(simulator, tapped(silent, lambda one: seen.append(one.deadline)), 5.0)
    ends = called(simulator, deadline(simulator, inner, 2.0), [1.0])
    assert seen == [3.0]
    assert ends.rows == [(0, 3.0, TIMEOUT)]


def test_a_call_whose_deadline_has_passed_is_not_made() -> None:
    simulator, seen, ends = Simulator(), [], []
    target = tapped(answering(), seen.append)
    for bounded in (deadline(simulator, target, 1.0), timeout(simulator, target, 1.0)):
        bounded(Request(0, 0.0, "", deadline=0.0), lambda _one, outcome: ends.append(outcome))
    assert (seen, ends) == ([], [TIMEOUT, TIMEOUT])


@pytest.mark.parametrize(("own", "expected"), [(0.3, 0.3), (2.0, 1.0)])
def test_a_timeout_inside_ends_with_the_deadline(own: float, expected: float) -> None:
    simulator, ends = Simulator(), []
    bounded = timeout(simulator, silent, own)
    bounded(Request(0, 0.0, "", deadline=1.0), lambda _one, _o: ends.append(simulator.now))
    simulator.run()
    assert ends == [expected]


def test_no_attempt_begins_at_or_after_the_deadline() -> None:
    """Attempts at 0, 1 and 2 s; one at 3 s would begin as the deadline passes."""
    simulator, attempts = Simulator(), []
    failing = tapped(answering(lambda: Outcome.ERROR), lambda _: attempts.append(simulator.now))
    retry = Retry(simulator, failing, attempts=10, backoff=Backoff(1.0, lambda: 0.0, factor=1.0))
    ends = called(simulator, deadline(simulator, retry, 3.0), [0.0])
    assert attempts == [0.0, 1.0, 2.0]
    assert ends.rows == [(0, 2.0, Outcome.ERROR)]
    assert (retry.retries, retry.too_late) == (2, 1)


def test_retries_without_end_stop_with_the_deadline_of_a_silent_service() -> None:
    simulator, attempts = Simulator(), []
    target = timeout(simulator, tapped(silent, attempts.append), 1.0)
    retry = Retry(simulator, target, attempts=99, backoff=Backoff(0.0, lambda: 0.0))
    assert called(simulator, deadline(simulator, retry, 3.5), [0.0]).rows == [(0, 3.5, TIMEOUT)]
    assert len(attempts) == 4
    assert simulator.now == 3.5


@pytest.mark.parametrize(
    ("drops", "worked", "expired", "wasted"), [(False, 4, 0, 2), (True, 3, 1, 1)]
)
def test_a_service_that_drops_what_nobody_waits_for_does_not_do_it(
    *, drops: bool, worked: int, expired: int, wasted: int
) -> None:
    """Four calls at once to one server that needs 1 s each; callers wait for 2.5 s."""
    simulator, ledger = Simulator(), Ledger()
    begun = [0]

    def counted() -> float:
        begun[0] += 1
        return 1.0

    service = Service(
        simulator, "s", servers=1, service_time=counted, drops_expired=drops, ledger=ledger
    )
    ends = called(simulator, deadline(simulator, service, 2.5), [0.0] * 4)
    assert ends.outcomes == [OK, OK, TIMEOUT, TIMEOUT]
    assert (begun[0], service.expired, service.wasted) == (worked, expired, wasted)
    assert service.busy == 0
    assert [left for _id, _at, left, _o in ledger][-1] == (3.0 if drops else 4.0)


def test_a_call_that_arrives_expired_is_dropped_even_if_a_server_is_free() -> None:
    simulator, ends = Simulator(), []
    service = Service(simulator, "s", servers=1, service_time=constant(1.0), drops_expired=True)
    late = Request(0, 0.0, "", deadline=0.0)
    service(late, lambda _one, outcome: ends.append(outcome))
    assert (ends, service.expired, service.busy) == ([TIMEOUT], 1, 0)


@pytest.mark.parametrize(("careful", "low", "high"), [(False, 0, 50), (True, 950, 1010)])
def test_under_overload_only_a_service_that_drops_expired_work_and_turns_its_queue_round_serves(
    *, careful: bool, low: int, high: int
) -> None:
    """Twice the capacity of 10 calls a second for 100 s: in order, each call waits too long."""
    simulator, ledger = Simulator(), Ledger()
    service = Service(
        simulator,
        "s",
        servers=1,
        service_time=constant(0.1),
        drops_expired=careful,
        lifo=careful,
    )
    front = deadline(simulator, service, 1.0)
    OpenLoop(simulator, front, constant(0.05), until_s=100.0, ledger=ledger)
    simulator.run()
    assert low <= sum(outcome is OK for *_rest, outcome in ledger) <= high
    assert (service.wasted == 0) is careful
