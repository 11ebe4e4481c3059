import pytest

from simulation import (
    HEALTHY,
    EventLog,
    Fault,
    Gauge,
    Health,
    Ledger,
    OpenLoop,
    Outcome,
    Request,
    Service,
    Simulator,
    Streams,
    buckets,
    constant,
    down,
    erring,
    failing,
    network,
    outcomes,
    percentile,
    schedule,
    slow,
    stalled,
)
from simulation.calls import Done


def results(
    faults: list[Fault], *, servers: int = 1, queue_limit: float = 100, beats: int = 6
) -> list[tuple[float, float, Outcome]]:
    """One call a second from 1 s on, each worked on for 0.25 s: arrival, end and outcome."""
    simulator, ledger = Simulator(), Ledger()
    service = Service(
        simulator,
        "service",
        servers=servers,
        service_time=constant(0.25),
        queue_limit=queue_limit,
        luck=Streams(1).random("luck"),
        ledger=ledger,
    )
    schedule(simulator, EventLog(), service, faults)
    OpenLoop(simulator, service, constant(1.0), limit=beats)
    simulator.run()
    assert service.busy == 0
    assert service.health is HEALTHY
    return [(arrived, left, outcome) for _id, arrived, left, outcome in sorted(ledger)]


def test_calls_beyond_the_servers_wait_and_beyond_the_queue_are_rejected() -> None:
    simulator, ledger = Simulator(), Ledger()
    service = Service(
        simulator,
        "service",
        servers=1,
        service_time=constant(1.0),
        queue_limit=1,
        ledger=ledger,
    )
    for number in range(3):
        request = Request(number, 0.0, "")
        simulator.at(0.0, lambda one: service(one, lambda _r, _o: None), request)
    simulator.run()
    ends = {number: (left, outcome) for number, _arrived, left, outcome in ledger}
    assert ends == {0: (1.0, Outcome.OK), 1: (2.0, Outcome.OK), 2: (0.0, Outcome.REJECTED)}


def test_a_service_that_is_down_answers_nobody() -> None:
    outcomes = [outcome for _arrived, _left, outcome in results([down(2.5, 4.5)])]
    ok, lost = Outcome.OK, Outcome.LOST
    assert outcomes == [ok, ok, lost, lost, ok, ok]


def test_work_under_way_is_lost_when_a_service_goes_down() -> None:
    assert results([down(2.1, 2.9)])[1][2] is Outcome.LOST


def test_a_failing_service_fails_at_once() -> None:
    assert results([failing(1.5, 2.5)])[1] == (2.0, 2.0, Outcome.ERROR)


def test_a_slow_service_takes_longer_for_what_it_begins_while_slow() -> None:
    ends = [left for _arrived, left, _outcome in results([slow(1.5, 2.5, factor=3.0)])]
    assert ends[:3] == [1.25, 2.75, 3.25]


def test_a_stalled_service_takes_up_no_work_and_drops_its_queue_when_it_restarts() -> None:
    rows = results([stalled(1.5, 3.5)])
    assert rows[1:3] == [(2.0, 3.5, Outcome.ERROR), (3.0, 3.5, Outcome.ERROR)]
    assert rows[3] == (4.0, 4.25, Outcome.OK)


def test_a_stall_that_drops_nothing_ends_with_its_queue_worked_off() -> None:
    stall = Fault("stalled", 1.5, 3.5, Health(stalled=True))
    assert [left for _arrived, left, _outcome in results([stall])[1:4]] == [3.75, 4.0, 4.25]


def test_an_error_rate_hits_its_share_of_calls() -> None:
    rows = results([erring(0.0, 1e9, rate=0.3)], beats=20_000)
    failed = sum(outcome is Outcome.ERROR for _arrived, _left, outcome in rows)
    assert failed / 20_000 == pytest.approx(0.3, abs=0.015)


def test_faults_that_overlap_add_up_and_pass() -> None:
    rows = results([slow(1.5, 3.5, factor=2.0), slow(2.5, 4.5, factor=2.0)])
    lengths = [left - arrived for arrived, left, _outcome in rows]
    assert lengths == [0.25, 0.5, 1.0, 0.5, 0.25, 0.25]


def test_a_call_downstream_keeps_its_server_until_it_ends() -> None:
    simulator, ledger = Simulator(), Ledger()

    def downstream(request: Request, done: Done) -> None:
        simulator.after(2.0, lambda _: done(request, Outcome.TIMEOUT))

    shop = Service(
        simulator,
        "shop",
        servers=1,
        service_time=constant(0.5),
        downstream=downstream,
        ledger=ledger,
    )
    OpenLoop(simulator, shop, constant(1.0), limit=2)
    simulator.run()
    rows = [(arrived, left, outcome) for _id, arrived, left, outcome in ledger]
    assert rows == [(1.0, 3.5, Outcome.TIMEOUT), (2.0, 6.0, Outcome.TIMEOUT)]


def test_a_network_adds_its_time_both_ways() -> None:
    simulator, ledger = Simulator(), Ledger()
    service = Service(simulator, "service", servers=1, service_time=constant(0.5))
    OpenLoop(
        simulator, network(simulator, service, constant(0.1)), constant(1.0), limit=1, ledger=ledger
    )
    simulator.run()
    assert ledger.latencies() == [pytest.approx(0.7)]


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.01) == 7.0


def test_buckets_group_calls_by_arrival() -> None:
    ledger = Ledger()
    ledger.rows += (0, 0.1, 0.3, Outcome.OK)
    ledger.rows += (1, 0.2, float("inf"), Outcome.LOST)
    ledger.rows += (2, 1.5, 2.5, Outcome.ERROR)
    first, second, third = buckets(ledger, width_s=1.0, count=3)
    assert (first.offered, first.ok, first.errors) == (2, 1, 1)
    assert first.p95 == pytest.approx(0.2)
    assert (second.ok_share, second.p50, third.ok_share) == (0.0, 1.0, None)


def test_a_full_event_log_counts_what_it_leaves_out() -> None:
    log = EventLog(limit=2)
    for moment in (1.0, 2.0, 3.0):
        log.add(moment, "breaker", "open", calls=3)
    assert ([event.time_s for event in log.events], log.left_out) == ([1.0, 2.0], 1)


def test_outcomes_are_counted_by_arrival() -> None:
    ledger = Ledger()
    ledger.rows += (0, 0.1, 5.3, Outcome.OK)
    ledger.rows += (1, 0.2, float("inf"), Outcome.LOST)
    ledger.rows += (2, 1.5, 2.5, Outcome.OK)
    ledger.rows += (3, 9.5, 9.5, Outcome.OK)
    series = outcomes(ledger, width_s=1.0, count=2)
    assert (series[Outcome.OK], series[Outcome.LOST]) == ([1, 1], [1, 0])
    assert series[Outcome.ERROR] == [0, 0]


def test_a_gauge_tells_what_each_stretch_added_to_a_counter() -> None:
    simulator, counter = Simulator(), [0.0]

    def count(_argument: None) -> None:
        counter[0] += 1.0

    for moment in (0.5, 0.6, 2.5):
        simulator.at(moment, count)
    gauge = Gauge(simulator, {"seen": lambda: counter[0]}, width_s=1.0, count=3)
    simulator.run()
    assert gauge.samples["seen"] == [2.0, 2.0, 3.0]
    assert gauge.steps("seen") == [2.0, 0.0, 1.0]
