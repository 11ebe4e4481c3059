"""An installation to measure: started as a person starts it, on ports and folders of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config import embedded

HOST = "127.0.0.1"
START_TIMEOUT_S = 300.0
OF_ITS_OWN = ("DATABASE_URL", "REDIS_URL", "CACHE_URL")


@dataclass(frozen=True, slots=True)
class Site:
    """A running installation; ``started_s`` is the time until its first answer."""

    port: int
    var: Path
    started_s: float

    @property
    def pids(self) -> dict[str, int]:
        """The process of each service."""
        names = ("web", "worker", "scheduler", "events")
        numbers: list[int] = []
        while len(numbers) < len(names):  # the last ones start right after the first answer
            numbers = json.loads((self.var / "processes.json").read_text())
        return dict(zip(names, numbers, strict=True))


@contextlib.contextmanager
def running(var: Path, *, own_servers: bool) -> Iterator[Site]:
    """Start ``manage.py run`` and wait for its first page."""
    port, events = _free_port(), _free_port()
    environment = os.environ | {"VAR_DIR": str(var), "PORT": str(port), "EVENTS_PORT": str(events)}
    environment["URLCONF"] = "config.bench.urls"
    if own_servers:
        environment = {name: value for name, value in environment.items() if name not in OF_ITS_OWN}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=embedded.ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://{HOST}:{port}/", process)
        started_s = time.perf_counter() - begun
        _wait(f"http://{HOST}:{events}/health/alive/", process)  # the last one that comes up
        yield Site(port, var, started_s)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(URLError, OSError), urlopen(url, timeout=10):  # noqa: S310
            return
        time.sleep(0.02)
    raise RuntimeError("The site to measure did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
