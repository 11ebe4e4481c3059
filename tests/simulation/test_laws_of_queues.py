"""M/M/c, M/M/c/K and Little's law: the engine against the tables of queueing theory."""

from dataclasses import dataclass

import pytest

from simulation import (
    ClosedLoop,
    EventLog,
    Gauge,
    Handler,
    Ledger,
    OpenLoop,
    Outcome,
    Queue,
    Request,
    Service,
    Simulator,
    Streams,
    constant,
    crashed,
    erring,
    network,
    schedule,
    slow,
    tapped,
)
from simulation.calls import Done
from simulation.policies import Backoff, Bulkhead, Hedge, Retry, deadline, timeout
from tests.simulation.erlang import blocking, erlang_c, waiting_time
from tests.simulation.statistics_of_runs import assert_mean

BATCHES = 20
SERVICE_S = 1.0

# P(wait), and the mean wait in units of the service time, by servers and utilisation.
ERLANG_C = {
    1: {0.7: (0.700, 2.33), 0.8: (0.800, 4.00), 0.9: (0.900, 9.00), 0.95: (0.950, 19.0)},
    2: {0.7: (0.577, 0.961), 0.8: (0.711, 1.78), 0.9: (0.853, 4.26), 0.95: (0.926, 9.26)},
    5: {0.7: (0.378, 0.252), 0.8: (0.554, 0.554), 0.9: (0.763, 1.53), 0.95: (0.878, 3.51)},
    10: {0.7: (0.222, 0.074), 0.8: (0.409, 0.205), 0.9: (0.669, 0.669), 0.95: (0.826, 1.65)},
    20: {0.7: (0.094, 0.016), 0.8: (0.256, 0.064), 0.9: (0.551, 0.275), 0.95: (0.755, 0.755)},
    50: {0.7: (0.011, 0.001), 0.8: (0.087, 0.009), 0.9: (0.364, 0.073), 0.95: (0.629, 0.252)},
}
CELLS = [(servers, load) for servers, row in ERLANG_C.items() for load in row]
# Neighbours stay alike for about 4 · ρ / (1 − √ρ)² calls, so batches must be longer than that,
# and the closer to saturation, the less a run of bearable length can tell.
CALLS = {0.5: 60_000, 0.7: 160_000, 0.8: 240_000, 0.9: 320_000, 0.95: 600_000}
PRECISE_TO = {0.5: 0.06, 0.7: 0.15, 0.8: 0.15, 0.9: 0.20, 0.95: 0.35}
# Samples 10 ms apart miss each call's time by up to one step at either end, at random: with
# 30,000 calls, four standard errors of the sum are this, of well over 1,000 s.
SAMPLING_S = 4 * (30_000 / 6) ** 0.5 * 0.01


@dataclass(frozen=True)
class Batches:
    """Means of successive stretches of one run, the first left out."""

    waits: list[float]
    times: list[float]
    waiting: list[float]
    utilisations: list[float]


def measured(servers: int, utilisation: float, calls: int, *, seed: int = 1) -> Batches:
    """Run M/M/c with mean service time 1 and read it out at the end of each batch."""
    simulator, streams = Simulator(max_events=3 * calls), Streams(seed)
    rate = servers * utilisation / SERVICE_S
    station = Service(
        simulator,
        "station",
        servers=servers,
        service_time=streams.exponential("service", SERVICE_S),
    )
    waited = [0]

    def seen(request: Request, done: Done) -> None:
        waited[0] += station.busy == servers  # an arrival by Poisson sees the time average
        station(request, done)

    OpenLoop(simulator, seen, streams.exponential("arrivals", 1 / rate), limit=calls)
    width = calls / rate / BATCHES
    gauge = Gauge(
        simulator,
        {
            "queue": lambda: station.queue_area,
            "busy": lambda: station.busy_area,
            "offered": lambda: float(station.offered),
            "waited": lambda: float(waited[0]),
        },
        width_s=width,
        count=BATCHES - 1,
    )
    simulator.run()
    queue, busy, offered, waiting = (
        gauge.steps(name)[1:] for name in ("queue", "busy", "offered", "waited")
    )
    rows = list(zip(queue, busy, offered, waiting, strict=True))
    return Batches(
        waits=[row[0] / row[2] for row in rows],
        times=[(row[0] + row[1]) / row[2] for row in rows],
        waiting=[row[3] / row[2] for row in rows],
        utilisations=[row[1] / (servers * width) for row in rows],
    )


@pytest.mark.parametrize(("servers", "utilisation"), CELLS)
def test_the_formula_gives_the_published_table(servers: int, utilisation: float) -> None:
    probability, wait = ERLANG_C[servers][utilisation]
    assert erlang_c(servers, utilisation) == pytest.approx(probability, abs=0.0006)
    assert waiting_time(servers, utilisation) == pytest.approx(wait, rel=0.005, abs=0.0006)


@pytest.mark.parametrize(("servers", "utilisation"), CELLS)
def test_waits_and_their_probability_follow_erlang(servers: int, utilisation: float) -> None:
    run = measured(servers, utilisation, CALLS[utilisation])
    probability = erlang_c(servers, utilisation)
    # where hardly anybody waits, few waits can be seen and their number is less certain
    precise_to = PRECISE_TO[utilisation] * 1.2 * max(1.0, 0.3 / probability) ** 0.25
    assert_mean(run.waiting, probability, precise_to=precise_to)
    assert_mean(run.waits, waiting_time(servers, utilisation), precise_to=2 * precise_to)
    assert_mean(run.utilisations, utilisation, precise_to=0.05)


@pytest.mark.parametrize("utilisation", [0.5, 0.8, 0.9, 0.95])
def test_time_at_a_single_server_grows_without_bound_towards_saturation(
    utilisation: float,
) -> None:
    """T = S / (1 − ρ): 2, 5, 10 and 20 service times."""
    run = measured(1, utilisation, CALLS[utilisation], seed=2)
    assert_mean(run.times, SERVICE_S / (1 - utilisation), precise_to=2 * PRECISE_TO[utilisation])


@pytest.mark.parametrize(
    ("servers", "places", "load"), [(1, 1, 0.5), (1, 5, 0.9), (3, 3, 2.0), (5, 10, 6.0)]
)
def test_a_bounded_queue_turns_away_what_the_formula_says(
    servers: int, places: int, load: float
) -> None:
    shares = []
    for seed in range(20):
        simulator, streams = Simulator(), Streams(seed)
        service_time = streams.exponential("service", SERVICE_S)
        station = Service(
            simulator,
            "station",
            servers=servers,
            service_time=service_time,
            queue_limit=places - servers,
            ledger=(ledger := Ledger()),
        )
        gaps = streams.exponential("arrivals", SERVICE_S / load)
        OpenLoop(simulator, station, gaps, limit=4000)
        simulator.run()
        shares.append(sum(row[3] is Outcome.REJECTED for row in ledger) / 4000)
    assert_mean(shares, blocking(servers, places, load), precise_to=0.07)


def test_without_a_queue_blocking_is_erlang_s_first_formula() -> None:
    """Published value: 2 erlangs on 3 lines lose 21.05 %."""
    assert blocking(3, 3, 2.0) == pytest.approx(4 / 19)


def test_two_hundred_calls_a_second_of_250_ms_keep_fifty_under_way() -> None:
    simulator, streams = Simulator(), Streams(1)
    service_time = streams.exponential("service", 0.25)
    station = Service(simulator, "s", servers=10_000, service_time=service_time)
    OpenLoop(simulator, station, streams.exponential("arrivals", 1 / 200), until_s=400.0)
    gauge = Gauge(simulator, {"busy": lambda: station.busy_area}, width_s=20.0, count=20)
    simulator.run()
    levels = [area / 20.0 for area in gauge.steps("busy")[1:]]
    assert_mean(levels, 50.0, precise_to=0.05)


def test_ten_threads_at_200_ms_are_a_ceiling_of_fifty_calls_a_second() -> None:
    simulator, ledger = Simulator(), Ledger()
    station = Service(simulator, "s", servers=10, service_time=constant(0.2), ledger=ledger)
    OpenLoop(simulator, station, constant(0.01), until_s=20.0)
    simulator.run(until_s=20.0)
    served = sum(left <= 20.0 for _id, _arrived, left, _outcome in ledger)
    assert served / 20.0 == pytest.approx(50.0, rel=0.015)  # the last calls are under way


@pytest.mark.parametrize(("hanging", "threads"), [(0.0, 25.0), (0.2, 220.0)])
def test_a_pool_must_hold_the_sum_of_rate_times_latency(hanging: float, threads: float) -> None:
    """500 calls a second at 50 ms; of those that hang, each takes 2 s."""
    simulator, streams = Simulator(), Streams(1)
    luck = streams.random("luck")
    pool = Service(
        simulator,
        "pool",
        servers=10_000,
        service_time=lambda: 2.0 if luck() < hanging else 0.05,
    )
    OpenLoop(simulator, pool, streams.exponential("arrivals", 1 / 500), until_s=160.0)
    gauge = Gauge(simulator, {"busy": lambda: pool.busy_area}, width_s=8.0, count=20)
    simulator.run()
    levels = [area / 8.0 for area in gauge.steps("busy")[1:]]
    assert_mean(levels, threads, precise_to=0.05)


def littles_models() -> dict[str, dict[str, object]]:
    """Kinds of services, by what makes them different."""
    return {
        "plain": {},
        "bounded": {"queue_limit": 3},
        "last come, first served": {"lifo": True},
        "dropping expired calls": {"drops_expired": True},
        "waiting for another service": {"downstream": True},
        "slow, erring and crashing": {"faults": True},
        "scaled out and in": {"scaled": True},
    }


@pytest.mark.parametrize("kind", littles_models())
def test_littles_law_holds_exactly_on_every_kind_of_service(kind: str) -> None:
    """From empty to empty, the integral of the number inside is the sum of the times inside."""
    options = littles_models()[kind]
    simulator, streams, ledger = Simulator(), Streams(4), Ledger()
    faults, scaled = options.pop("faults", False), options.pop("scaled", False)
    if options.pop("downstream", False):
        service_time = streams.exponential("other", 0.03)
        options["downstream"] = Service(simulator, "o", servers=3, service_time=service_time)
    service = Service(
        simulator,
        "service",
        servers=4,
        service_time=streams.lognormal("service", 0.05, 0.8),
        luck=streams.random("luck"),
        ledger=ledger,
        **options,  # type: ignore[arg-type]
    )
    if faults:
        ills = [slow(5.0, 9.0, factor=3.0), erring(2.0, 30.0, rate=0.2), crashed(20.0, 22.0)]
        schedule(simulator, EventLog(), service, ills)
    if scaled:
        for moment, servers in ((10.0, 9), (20.0, 1), (30.0, 4)):
            simulator.at(moment, service.set_servers, servers)
    front = deadline(simulator, service, 0.4)
    OpenLoop(simulator, front, streams.exponential("arrivals", 1 / 50), until_s=60.0)
    simulator.run()
    assert len(ledger) > 2500
    times = sum(left - arrived for _id, arrived, left, _outcome in ledger)
    assert service.busy_area + service.queue_area == pytest.approx(times, rel=1e-9)


def fronts(simulator: Simulator, streams: Streams, target: Handler) -> dict[str, Handler]:
    """Policies and networks around a service."""
    backoff = Backoff(0.05, streams.random("jitter"))
    return {
        "network": network(simulator, target, constant(0.02)),
        "timeout": timeout(simulator, target, 0.15),
        "bulkhead": Bulkhead(simulator, target, permits=3, queue_limit=5),
        "hedge": Hedge(simulator, target, after_s=0.1),
        "retry": Retry(simulator, target, attempts=3, backoff=backoff),
    }


@pytest.mark.parametrize("kind", ["network", "timeout", "bulkhead", "hedge", "retry"])
def test_littles_law_holds_around_every_policy(kind: str) -> None:
    """The number inside is sampled at fixed moments; rate and times come from the ledger."""
    simulator, streams, ledger = Simulator(), Streams(6), Ledger()
    service = Service(
        simulator,
        "service",
        servers=9,
        service_time=streams.exponential("service", 0.05),
        luck=streams.random("luck"),
    )
    schedule(simulator, EventLog(), service, [erring(0.0, 1e6, rate=0.2)])
    front = fronts(simulator, streams, service)[kind]
    arrived = [0]
    counted = tapped(front, lambda _: arrived.__setitem__(0, arrived[0] + 1))
    OpenLoop(
        simulator, counted, streams.exponential("arrivals", 1 / 50), until_s=600.0, ledger=ledger
    )
    levels = {"inside": lambda: float(arrived[0] - len(ledger))}
    gauge = Gauge(simulator, levels, width_s=0.01, count=61_000)
    simulator.run()
    inside = sum(gauge.samples["inside"]) * 0.01
    times = sum(left - begun for _id, begun, left, _outcome in ledger)
    assert inside == pytest.approx(times, abs=SAMPLING_S)


def test_littles_law_holds_for_messages_in_a_queue() -> None:
    simulator, streams, ledger = Simulator(), Streams(7), Ledger()
    worker = Service(simulator, "w", servers=9, service_time=streams.exponential("service", 0.05))
    queue = Queue(simulator, "q", consumer=worker, consumers=3, ledger=ledger)
    OpenLoop(simulator, queue, streams.exponential("arrivals", 1 / 50), until_s=600.0)
    levels = {"inside": lambda: float(queue.depth + queue.busy)}
    gauge = Gauge(simulator, levels, width_s=0.01, count=61_000)
    simulator.run()
    times = sum(left - begun for _id, begun, left, _outcome in ledger)
    inside = sum(gauge.samples["inside"]) * 0.01
    assert inside == pytest.approx(times, abs=SAMPLING_S)


def test_users_who_wait_and_think_obey_the_response_time_law() -> None:
    """From empty to empty over a long time: X · (R + Z) = N, with R and X from the ledger."""
    simulator, streams, ledger = Simulator(), Streams(8), Ledger()
    service_time = streams.exponential("service", 0.02)
    service = Service(simulator, "s", servers=1, service_time=service_time)
    thinking = streams.exponential("thinking", 1.0)
    thought = [0.0]

    def think() -> float:
        seconds = thinking()
        thought[0] += seconds
        return seconds

    ClosedLoop(simulator, service, users=30, think_time=think, until_s=2000.0, ledger=ledger)
    simulator.run(until_s=2000.0)
    busy = sum(left - begun for _id, begun, left, _outcome in ledger)
    # what is left over is what 30 users have begun and not ended: about a second each
    assert busy + thought[0] == pytest.approx(30 * 2000.0, abs=30 * 4 * 1.5)
