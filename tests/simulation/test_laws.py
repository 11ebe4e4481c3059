"""The engine held against theory, beside the laws of queues, retries, tails and hashing.

A law that fails is a bug in the engine, never a wider tolerance.
"""

import pytest

from simulation import (
    OpenLoop,
    Outcome,
    Request,
    Sampler,
    Service,
    Simulator,
    Streams,
    constant,
    tapped,
)
from simulation.__main__ import mmc
from simulation.policies import Backoff, Retry, timeout
from tests.simulation.erlang import waiting_time
from tests.simulation.statistics_of_runs import assert_mean

REQUESTS = 200_000


# Tolerances: four standard errors of the mean wait, as seen over thirty seeds of this length.
@pytest.mark.parametrize(
    ("servers", "utilisation", "tolerance"), [(1, 0.5, 0.03), (3, 2 / 3, 0.06)]
)
def test_the_command_s_means_follow_erlang(
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


def test_areas_are_the_integrals_of_the_levels() -> None:
    """Three calls of one second at one server: busy for 3 s, waits of 0, 1 and 2 s."""
    simulator = Simulator()
    service = Service(simulator, "one", servers=1, service_time=constant(1.0))
    for number in range(3):
        request = Request(number, 0.0, "")
        simulator.at(0.0, lambda request: service(request, lambda _r, _o: None), request)
    simulator.run()
    assert (service.busy_area, service.queue_area) == (3.0, 3.0)


@pytest.mark.parametrize(("attempts", "layers"), [(3, 1), (3, 3)])
def test_retries_cost_nothing_while_all_is_well(attempts: int, layers: int) -> None:
    simulator, calls = Simulator(), []
    database = Service(simulator, "database", servers=1, service_time=constant(0.01))
    target = tapped(database, calls.append)
    for _layer in range(layers):
        target = Retry(simulator, target, attempts=attempts, backoff=Backoff(0.0, lambda: 0.0))
    OpenLoop(simulator, target, constant(1.0), limit=1)
    simulator.run()
    assert len(calls) == 1


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


@pytest.mark.parametrize(
    ("lease_s", "worst_s", "mean_s"), [(90.0, 210.0, 150.0), (180.0, 300.0, 240.0)]
)
def test_a_dead_instance_is_seen_until_lease_sweep_and_both_caches_have_run_out(
    lease_s: float, worst_s: float, mean_s: float
) -> None:
    """Eureka's defaults; its code renews a lease for twice its 90 s. Phases are by chance."""
    phase = Streams(1).random("phase")
    seen = [seen_for(lease_s, phase) for _instance in range(2000)]
    assert max(seen) <= worst_s
    assert max(seen) > worst_s - 20.0
    assert_mean(seen, mean_s, precise_to=0.03)


def seen_for(lease_s: float, phase: Sampler) -> float:
    """Seconds from the last heartbeat until a client no longer sees the instance."""
    simulator = Simulator()
    listed = {"registry": True, "server cache": True, "client cache": True}
    hops = [("registry", "server cache"), ("server cache", "client cache")]

    def sweep(_argument: None) -> None:
        listed["registry"] = listed["registry"] and simulator.now < lease_s
        if listed["client cache"]:
            simulator.after(60.0, sweep)

    def refresh(hop: tuple[str, str]) -> None:
        listed[hop[1]] = listed[hop[0]]
        if listed["client cache"]:
            simulator.after(30.0, refresh, hop)
        elif hop[1] == "client cache" and not gone:
            gone.append(simulator.now)

    gone: list[float] = []
    simulator.at(60.0 * phase(), sweep)
    for hop in hops:
        simulator.at(30.0 * phase(), refresh, hop)
    simulator.run()
    return gone[0]
