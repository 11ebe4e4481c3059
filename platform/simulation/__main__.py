"""Textbook queues from the command line, to hold the engine against theory.

    PYTHONPATH=platform python -m simulation mmc --rate 40 --service 0.05 --servers 3 \
        --requests 400000 --seed 1
"""

import argparse
import json
import sys
from math import isfinite

from simulation.clients import OpenLoop
from simulation.kernel import Simulator
from simulation.metrics import Ledger, percentile
from simulation.service import Service
from simulation.streams import Streams

MOST_REQUESTS = 5_000_000
MOST_SERVERS = 100_000


def mmc(*, rate: float, service: float, servers: int, requests: int, seed: int) -> dict[str, float]:
    """Run an M/M/c queue from empty until `requests` have left it.

    `rate` is arrivals per second, `service` the mean service time in seconds. Gives times in
    seconds: `mean_wait` in the queue; `mean_latency`, `p50`, `p95`, `p99` from arrival to
    departure; `mean_queue` is the time average of requests waiting, `utilisation` the time
    average of the share of servers in use.
    """
    simulator = Simulator(max_events=2 * requests + 1)
    streams = Streams(seed)
    ledger = Ledger()
    station = Service(
        simulator,
        "station",
        servers=servers,
        service_time=streams.exponential("service", service),
        ledger=ledger,
    )
    OpenLoop(simulator, station, streams.exponential("arrivals", 1.0 / rate), limit=requests)
    simulator.run()
    latencies = ledger.latencies()
    return {
        "mean_latency": sum(latencies) / requests,
        "mean_queue": station.queue_area / simulator.now,
        "mean_wait": station.queue_area / requests,
        "p50": percentile(latencies, 0.50),
        "p95": percentile(latencies, 0.95),
        "p99": percentile(latencies, 0.99),
        "utilisation": station.busy_area / (servers * simulator.now),
    }


def main(arguments: list[str]) -> int:
    """Parse the command line, run, print one JSON object."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.rate * given.service >= given.servers:
        parser.error(
            f"--rate × --service = {given.rate * given.service:g} keeps all {given.servers} "
            "servers busy, so the queue would grow for ever: raise --servers"
        )
    result = mmc(
        rate=given.rate,
        service=given.service,
        servers=given.servers,
        requests=given.requests,
        seed=given.seed,
    )
    rounded = {name: round(value, 9) for name, value in result.items()}
    sys.stdout.write(json.dumps(rounded, sort_keys=True) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    models = parser.add_subparsers(required=True, metavar="MODEL")
    queue = models.add_parser("mmc", help="Poisson arrivals, exponential service, c servers")
    queue.add_argument("--rate", type=_positive, required=True, help="arrivals per second")
    queue.add_argument("--service", type=_positive, required=True, help="mean service time, s")
    queue.add_argument("--servers", type=_count(MOST_SERVERS), required=True)
    queue.add_argument("--requests", type=_count(MOST_REQUESTS), default=400_000)
    queue.add_argument("--seed", type=int, default=1)
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not isfinite(value) or value <= 0:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return value


class _Count:
    """Reads a whole number from 1 to `most`."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __call__(self, text: str) -> int:
        value = int(text)
        if not 1 <= value <= self._most:
            raise argparse.ArgumentTypeError(f"must be from 1 to {self._most}, not {text}")
        return value


def _count(most: int) -> _Count:
    return _Count(most)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
