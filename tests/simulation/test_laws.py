"""The engine held against queueing theory. A law that fails is a bug in the engine."""

from math import factorial

import pytest

from simulation import (
    ClosedLoop,
    Gauge,
    Ledger,
    OpenLoop,
    Outcome,
    Request,
    Service,
    Simulator,
    Streams,
    constant,
    failing,
    schedule,
    tapped,
)
from simulation.__main__ import mmc
from simulation.metrics import EventLog
from simulation.policies import Backoff, Retry, timeout

REQUESTS = 200_000


def erlang_c(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c, where load = c·ρ (Erlang's second formula)."""
    last = load**servers / factorial(servers) / (1 - load / servers)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def waiting_time(servers: int, utilisation: float) -> float:
    """Mean wait in M/M/c in units of the mean service time."""
    return erlang_c(servers, servers * utilisation) / (servers * (1 - utilisation))


def test_the_formula_agrees_with_the_published_table() -> None:
    assert waiting_time(1, 0.9) == pytest.approx(9.00, abs=0.005)
    assert waiting_time(2, 0.8) == pytest.approx(1.78, abs=0.005)
    assert waiting_time(50, 0.95) == pytest.approx(0.252, abs=0.0005)


# Tolerances: four standard errors of the mean wait, as seen over thirty seeds of this length.
@pytest.mark.parametrize(
    ("servers", "utilisation", "tolerance"),
    [(1, 0.5, 0.03), (1, 0.7, 0.06), (2, 0.7, 0.06), (3, 2 / 3, 0.06), (10, 0.8, 0.08)],
)
def test_waiting_in_a_queue_with_c_servers_follows_erlang(
    servers: int, utilisation: float, tolerance: float
) -> None:
    service = 0.05
    rate = servers * utilisation / service
    measured = mmc(rate=rate, service=service, servers=servers, requests=REQUESTS, seed=1)
    expected = service * waiting_time(servers, utilisation)
    assert measured["mean_wait"] == pytest.approx(expected, rel=tolerance)
    assert measured["mean_queue"] == pytest.approx(rate * expected, rel=tolerance)
    assert measured["utilisation"] == pytest.approx(utilisation, rel=0.015)


def test_times_in_a_single_server_queue_are_exponential() -> None:
    measured = mmc(rate=10, service=0.05, servers=1, requests=REQUESTS, seed=3)
    mean = 0.05 / (1 - 0.5)  # T = S / (1 − ρ), and P(T > t) = exp(−t / T)
    assert measured["mean_latency"] == pytest.approx(mean, rel=0.03)
    assert measured["p50"] == pytest.approx(mean * 0.693147, rel=0.04)
    assert measured["p95"] == pytest.approx(mean * 2.995732, rel=0.04)
    assert measured["p99"] == pytest.approx(mean * 4.605170, rel=0.05)


def test_littles_law_holds_between_independent_measurements() -> None:
    """L is sampled at fixed moments; λ and W come from the ledger."""
    simulator, streams, ledger = Simulator(), Streams(5), Ledger()
    service = Service(
        simulator,
        "any",
        servers=4,
        service_time=streams.lognormal("service", 0.05, 0.8),
        ledger=ledger,
    )
    OpenLoop(simulator, service, streams.exponential("arrivals", 1 / 40), until_s=1000.0)
    levels = {"inside": lambda: float(service.busy + service.queue_length)}
    gauge = Gauge(simulator, levels, width_s=0.1, count=10_000)
    simulator.run()
    latencies = ledger.latencies()
    inside = sum(gauge.samples["inside"]) / 10_000
    assert inside == pytest.approx(
        len(latencies) / 1000.0 * sum(latencies) / len(latencies), rel=0.02
    )


def test_areas_are_the_integrals_of_the_levels() -> None:
    """Three calls of one second at one server: busy for 3 s, waits of 0, 1 and 2 s."""
    simulator = Simulator()
    service = Service(simulator, "one", servers=1, service_time=constant(1.0))
    for number in range(3):
        request = Request(number, 0.0, "")
        simulator.at(0.0, lambda request: service(request, lambda _r, _o: None), request)
    simulator.run()
    assert (service.busy_area, service.queue_area) == (3.0, 3.0)


def test_a_closed_loop_of_users_obeys_the_response_time_law() -> None:
    """Throughput X = N / (R + Z) for N users who think for Z seconds."""
    simulator, streams, ledger = Simulator(), Streams(8), Ledger()
    service = Service(
        simulator, "any", servers=1, service_time=streams.exponential("service", 0.02)
    )
    ClosedLoop(
        simulator,
        service,
        users=30,
        think_time=streams.exponential("thinking", 1.0),
        until_s=2000.0,
        ledger=ledger,
    )
    simulator.run()
    latencies = ledger.latencies()
    response = sum(latencies) / len(latencies)
    assert len(latencies) / 2000.0 == pytest.approx(30 / (response + 1.0), rel=0.02)


@pytest.mark.parametrize(("attempts", "layers"), [(1, 3), (3, 1), (3, 2), (3, 3), (4, 3), (3, 5)])
def test_retries_in_layers_multiply_calls_to_a_dead_database(attempts: int, layers: int) -> None:
    assert calls_to_a_database(attempts, layers, dead=True) == attempts**layers


@pytest.mark.parametrize(("attempts", "layers"), [(3, 1), (3, 3)])
def test_retries_cost_nothing_while_all_is_well(attempts: int, layers: int) -> None:
    assert calls_to_a_database(attempts, layers, dead=False) == 1


def test_a_call_that_times_out_is_multiplied_like_one_that_fails() -> None:
    simulator, calls, outcomes = Simulator(), [0], []
    silent = tapped(lambda _request, _done: None, lambda _request: calls.append(1))
    target = timeout(simulator, silent, 0.5)
    for _layer in range(3):
        target = Retry(simulator, target, attempts=3, backoff=Backoff(0.1, lambda: 0.0))
    target(Request(0, 0.0, ""), lambda _request, outcome: outcomes.append(outcome))
    simulator.run()
    assert sum(calls) == 27
    assert outcomes == [Outcome.TIMEOUT]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_chance_failures_are_amplified_as_the_geometric_sum(share: float) -> None:
    """Attempts per request are 1 + p + p²; p³ of the requests fail for good."""
    simulator, streams, ledger = Simulator(), Streams(4), Ledger()
    chance = streams.random("luck")
    calls = [0]

    def flaky(request: Request, done: object) -> None:
        calls[0] += 1
        assert callable(done)
        done(request, Outcome.ERROR if chance() < share else Outcome.OK)

    retry = Retry(simulator, flaky, attempts=3, backoff=Backoff(0.0, lambda: 0.0))
    OpenLoop(simulator, retry, constant(1.0), limit=50_000, ledger=ledger)
    simulator.run()
    failed = sum(not outcome.served for _id, _arrived, _left, outcome in ledger)
    assert calls[0] / 50_000 == pytest.approx(1 + share + share**2, rel=0.02)
    assert failed / 50_000 == pytest.approx(share**3, abs=0.006)


def calls_to_a_database(attempts: int, layers: int, *, dead: bool) -> int:
    """Calls that one request causes at the end of `layers` services that each retry."""
    simulator, calls = Simulator(), []
    database = Service(simulator, "database", servers=1, service_time=constant(0.01))
    if dead:
        schedule(simulator, EventLog(), database, [failing(0.0, 1e9)])
    target = tapped(database, calls.append)
    for _layer in range(layers):
        target = Retry(simulator, target, attempts=attempts, backoff=Backoff(0.0, lambda: 0.0))
    OpenLoop(simulator, target, constant(1.0), limit=1)
    simulator.run()
    return len(calls)
