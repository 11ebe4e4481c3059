"""The engine beside SimPy: events per second on the same models, and the mean waits of both.

Both get the same random numbers in the same order, so they simulate the same requests. An
event is what the model calls one: an arrival, the end of a piece of work, of a caller's
patience, or of the wait before a retry. (SimPy needs several of its own events for each; those
are not counted.)
"""

import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import simpy

import simulation
from simulation.policies import Backoff, Retry, timeout

RATE, SERVICE_S, SERVERS = 40.0, 0.05, 3
ATTEMPTS, FAILING, BACKOFF_S, PATIENCE_S = 3, 0.1, 0.1, 0.5
REQUESTS = 20_000
SEEDS = 8
# Two-sided 95 % quantile of Student's t with SEEDS − 1 degrees of freedom.
STUDENT = 2.365

type Measured = tuple[int, float]  # events, mean wait for a server in seconds
type Model = Callable[[int, int], Measured]  # by seed and number of requests
type SimPyEvents = Generator[simpy.Event, Any, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """One engine on one model: events per second of CPU time, mean wait and its 95 % interval."""

    rate: float
    wait_ms: float
    error_ms: float

    @property
    def wait(self) -> str:
        """The mean wait with its interval."""
        return f"{self.wait_ms:.2f} ± {self.error_ms:.2f} ms"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One model in both engines."""

    name: str
    ours: Side
    simpy: Side

    @property
    def ratio(self) -> float:
        """How many times as many events per second ours does."""
        return self.ours.rate / self.simpy.rate


def comparisons(requests: int = REQUESTS) -> Generator[Comparison]:
    """Measure each model in both engines, in turns; the events are those of ours."""
    for name, ours, simpys in _MODELS:
        rows: list[tuple[float, float, float, float]] = []
        for seed in range(SEEDS):
            events, wait, spent = _timed(ours, seed, requests)
            _events, simpy_wait, simpy_spent = _timed(simpys, seed, requests)
            rows.append((events / spent, wait, events / simpy_spent, simpy_wait))
        rates, waits, simpy_rates, simpy_waits = zip(*rows, strict=True)
        yield Comparison(name, _side(rates, waits), _side(simpy_rates, simpy_waits))


def _timed(model: Model, seed: int, requests: int) -> tuple[int, float, float]:
    begun = time.process_time()
    events, wait = model(seed, requests)
    return events, wait, time.process_time() - begun


def _side(rates: tuple[float, ...], waits: tuple[float, ...]) -> Side:
    error = STUDENT * statistics.stdev(waits) / len(waits) ** 0.5
    return Side(statistics.median(rates), 1000 * statistics.fmean(waits), 1000 * error)


def _mmc(seed: int, requests: int) -> Measured:
    simulator, streams = simulation.Simulator(), simulation.Streams(seed)
    ledger = simulation.Ledger()
    station = simulation.Service(
        simulator,
        "station",
        servers=SERVERS,
        service_time=streams.exponential("service", SERVICE_S),
        ledger=ledger,
    )
    gaps = streams.exponential("arrivals", 1 / RATE)
    simulation.OpenLoop(simulator, station, gaps, limit=requests)
    simulator.run()
    return simulator.events, station.queue_area / station.offered


def _simpy_mmc(seed: int, requests: int) -> Measured:
    env, streams = simpy.Environment(), simulation.Streams(seed)
    station = simpy.Resource(env, SERVERS)
    service_time = streams.exponential("service", SERVICE_S)
    gaps = streams.exponential("arrivals", 1 / RATE)
    waits: list[float] = []

    def customer() -> SimPyEvents:
        arrived = env.now
        with station.request() as turn:
            yield turn
            waits.append(env.now - arrived)
            yield env.timeout(service_time())

    def source() -> SimPyEvents:
        for _ in range(requests):
            yield env.timeout(gaps())
            env.process(customer())

    env.process(source())
    env.run()
    return len(waits), statistics.fmean(waits)


def _retries(seed: int, requests: int) -> Measured:
    simulator, streams = simulation.Simulator(), simulation.Streams(seed)
    station = simulation.Service(
        simulator,
        "station",
        servers=SERVERS,
        service_time=streams.exponential("service", SERVICE_S),
        luck=streams.random("luck"),
    )
    station.set_health(simulation.Health(error_rate=FAILING))
    backoff = Backoff(BACKOFF_S, streams.random("jitter"))
    patient = timeout(simulator, station, PATIENCE_S)
    client = Retry(simulator, patient, attempts=ATTEMPTS, backoff=backoff)
    gaps = streams.exponential("arrivals", 1 / RATE)
    simulation.OpenLoop(simulator, client, gaps, limit=requests, ledger=simulation.Ledger())
    simulator.run()
    return simulator.events, station.queue_area / station.offered


def _simpy_retries(seed: int, requests: int) -> Measured:
    env, streams = simpy.Environment(), simulation.Streams(seed)
    station = simpy.Resource(env, SERVERS)
    service_time = streams.exponential("service", SERVICE_S)
    luck = streams.random("luck")
    gaps = streams.exponential("arrivals", 1 / RATE)
    waits: list[float] = []
    ended: list[tuple[float, float, bool]] = []

    def work() -> SimPyEvents:
        arrived = env.now
        with station.request() as turn:
            yield turn
            waits.append(env.now - arrived)
            yield env.timeout(service_time())
        return luck() >= FAILING

    def customer() -> SimPyEvents:
        arrived, served = env.now, False
        for made in range(ATTEMPTS):
            if made:
                yield env.timeout(BACKOFF_S * 2 ** (made - 1))
            call = env.process(work())
            yield call | env.timeout(PATIENCE_S)
            served = call.processed and bool(call.value)
            if served:
                break
        ended.append((arrived, env.now, served))

    def source() -> SimPyEvents:
        for _ in range(requests):
            yield env.timeout(gaps())
            env.process(customer())

    env.process(source())
    env.run()
    return len(waits), statistics.fmean(waits)


_MODELS: tuple[tuple[str, Model, Model], ...] = (
    ("M/M/c", _mmc, _simpy_mmc),
    ("timeout and retry", _retries, _simpy_retries),
)
