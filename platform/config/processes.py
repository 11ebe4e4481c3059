"""The processes of an installation on one machine: web server, worker and scheduler.

Each child gets its own session, so that Ctrl-C reaches only this process, which then stops the
children in an order that loses nothing: first the web server (no new answers), then the worker
(finishes what it holds), then the scheduler. The databases are stopped last, by config.embedded.
"""

import contextlib
import fcntl
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

GRACE_S = 20.0
READY_TIMEOUT_S = 60.0
RESTART_PAUSE_S = 2.0


class AlreadyRunningError(Exception):
    """Another start of this installation is under way or running."""


@dataclass(frozen=True)
class Service:
    """A child process: its name, command line and additional environment."""

    name: str
    command: list[str]
    environment: dict[str, str]


def services(host: str, port: int) -> list[Service]:
    """Return what runs on one machine, in the order in which it is stopped."""
    python = [sys.executable, "-m"]
    return [
        Service(
            "web",
            [*python, "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
             "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
             "--workers-kill-timeout", "15s", "--log-level", "warning", "config.wsgi:application"],
            {"DATABASE_POOL": "on"},
        ),
        Service(
            "worker",
            [*python, "celery", "-A", "config", "worker", "-Q", "default,grading", "-c", "2",
             "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
            {"DATABASE_POOL": "off"},
        ),
        Service(
            "scheduler",
            [*python, "celery", "-A", "config", "beat", "--loglevel", "WARNING",
             "--pidfile", "", "--schedule", str(embedded.directory() / "celerybeat-schedule")],
            {"DATABASE_POOL": "off"},
        ),
    ]  # fmt: skip


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the lock of a running installation; the kernel releases it when we die.

    Raises AlreadyRunningError with a sentence when somebody else holds it.
    """
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip() or "another process"
            raise AlreadyRunningError(
                f"Loadmark already runs here ({where}). Stop that one with Ctrl-C, or start a "
                "second installation with VAR_DIR=/another/folder PORT=8001 make run."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def stop_leftovers(var: Path) -> int:
    """Stop children of a start that was killed; return how many there were."""
    path = var / "processes.json"
    try:
        pids = json.loads(path.read_text())
    except (OSError, ValueError):
        return 0
    ours = [pid for pid in pids if _is_ours(pid)]
    for pid in ours:
        _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while any(_is_ours(pid) for pid in ours) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in ours:
        _signal_group(pid, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return len(ours)


class Supervisor:
    """Starts the services, restarts one that dies, stops them all."""

    def __init__(self, var: Path, wanted: list[Service]) -> None:
        self.var = var
        self.wanted = wanted
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start every service."""
        for service in self.wanted:
            self._launch(service)

    def wait_until_ready(self, url: str) -> bool:
        """Wait for the web server's first answer; False when it dies or takes too long."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline and self.children["web"].poll() is None:
            with contextlib.suppress(URLError, OSError), urlopen(url, timeout=5):  # noqa: S310
                return True
            time.sleep(0.05)
        return False

    def watch(self) -> None:
        """Restart what dies, until interrupted."""
        while True:
            time.sleep(RESTART_PAUSE_S)
            for service in self.wanted:
                code = self.children[service.name].poll()
                if code is not None:
                    log = self._log(service)
                    print(f"  {service.name} ended ({code}), starting it again; see {log}")  # noqa: T201
                    self._launch(service)

    def stop(self) -> None:
        """Stop every service in order, and wait for each."""
        for service in self.wanted:
            if (child := self.children.get(service.name)) is None:
                continue
            _signal_process(child.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_S)
            _signal_group(child.pid, signal.SIGKILL)
            child.wait()
        (self.var / "processes.json").unlink(missing_ok=True)

    def _log(self, service: Service) -> Path:
        return self.var / "log" / f"{service.name}.log"

    def _launch(self, service: Service) -> None:
        path = self._log(service)
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as log:
            self.children[service.name] = subprocess.Popen(  # noqa: S603 - our own command lines
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=embedded.ROOT,
                env=os.environ | service.environment,
            )
        pids = [child.pid for child in self.children.values()]
        (self.var / "processes.json").write_text(json.dumps(pids))


def _is_ours(pid: object) -> bool:
    """Tell whether ``pid`` is alive and one of our services (a number may have been reused)."""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return "config.wsgi:application" in result.stdout or "celery -A config" in result.stdout


def _signal_process(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
