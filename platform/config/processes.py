"""The processes of an installation on one machine: web server, worker and scheduler.

Each child gets its own session, so that Ctrl-C reaches only this process, which then stops the
children in an order that loses nothing: first the web server (no new answers), then the worker
(finishes what it holds) and the scheduler. The databases are stopped last, by config.embedded.
"""

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config import embedded, env, interrupts, leftovers
from config.database_user import StartError

GRACE_S = 20.0
READY_TIMEOUT_S = 60.0
RESTART_PAUSE_S = 2.0
POLL_S = 0.02
NOTE = "processes.json"


class AlreadyRunningError(StartError):
    """Another start of this installation is under way or running."""


@dataclass(frozen=True)
class Service:
    """A child process: its name, command line and additional environment."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def preparation() -> Service:
    """Return the process that brings static files, database, content and accounts up to date."""
    return Service("preparation", [sys.executable, str(embedded.ROOT / "manage.py"), "prepare"])


def services(host: str, port: int) -> list[Service]:
    """Return what runs on one machine, in the order in which it is stopped."""
    python = [sys.executable, "-m"]
    listen = str(env.integer("EVENTS_PORT", 0) or free_port(host))
    # Behind a proxy that speaks TLS no browser would reach a port that does not.
    where = env.text("EVENTS", "off" if env.flag("HTTPS", default=False) else listen)
    found = [
        Service(
            "web",
            [*python, "config.web", "--interface", "wsgi", "--host", host, "--port", str(port),
             "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
             "--workers-kill-timeout", "15s", "--log-level", "warning", "config.wsgi:application"],
            {"DATABASE_POOL": "on", "EVENTS": where},
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
        Service(
            "events",
            [*python, "granian", "--interface", "asginl", "--host", host, "--port", listen,
             "--workers", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout",
             "2s", "--log-level", "warning", "config.asgi:application"],
            {"DATABASE_POOL": "off", "URLCONF": "config.events_urls"},
        ),
    ]  # fmt: skip
    return found if where != "off" else found[:-1]


def free_port(host: str) -> int:
    """Return the number of a port that nobody uses now."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.bind(address)
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def only_one(var: Path, where: str) -> Iterator[None]:
    """Hold the lock of a running installation; the kernel releases it when we die.

    ``where`` is told to whoever comes second. Raises AlreadyRunningError with a sentence when
    somebody else holds the lock.
    """
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            told = lock.read().strip() or "in another process"
            raise AlreadyRunningError(
                f"Loadmark already runs here, {told}. Stop that one with Ctrl-C, or start a "
                "second installation: VAR_DIR=/another/folder PORT=8001 make run"
            ) from None
        lock.truncate(0)
        lock.write(f"at {where} (process {os.getpid()})")
        lock.flush()
        yield


def refusal(host: str, port: int) -> str | None:
    """Return a sentence when no server could listen there now, else None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        other = f"Choose another: PORT={8001 if port < 1024 else port + 1} make run"
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is used by another program. {other}"
        if error.errno == errno.EACCES:
            return f"Port {port} is reserved for the system administrator. {other}"
        return (
            f"Nothing can listen at {host}: {error.strerror}. Set HOST to an address of this "
            "machine, or leave it out."
        )
    return None


class Supervisor:
    """Starts the services, restarts one that dies, stops them all."""

    def __init__(self, var: Path, say: Callable[[str], None]) -> None:
        self.var = var
        self.say = say
        self.wanted: list[Service] = []
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, service: Service) -> int:
        """Run a process to its end, with our terminal; return its exit code."""
        child = self._launch(service, log=None)
        code = child.wait()
        del self.children[service.name]
        return code

    def start(self, services: list[Service]) -> None:
        """Start services and keep them running."""
        for service in services:
            self.wanted.append(service)
            self._launch(service, self.log(service.name))

    def wait_until_ready(self, host: str, port: int) -> bool:
        """Wait for the web server's first answer; False when it dies or takes too long."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline and self.children["web"].poll() is None:
            if _answers(host, port):
                return True
            time.sleep(POLL_S)
        return False

    def watch(self) -> None:
        """Restart what dies, until interrupted."""
        while True:
            time.sleep(RESTART_PAUSE_S)
            for service in self.wanted:
                code = self.children[service.name].poll()
                if code is not None:
                    log = self.log(service.name)
                    self.say(f"{service.name} ended ({code}), starting it again; see {log}")
                    self._launch(service, log)

    def stop(self) -> None:
        """Stop everything and wait: the web server first, then the others together."""
        names = list(self.children)
        for group in (names[:1], names[1:]):
            for name in group:
                _signal(os.kill, self.children[name].pid, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_S
            for name in group:
                self._end(self.children[name], deadline)
        (self.var / NOTE).unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """Return the file a service writes to."""
        return self.var / "log" / f"{name}.log"

    def _end(self, child: subprocess.Popen[bytes], deadline: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
        _signal(os.killpg, child.pid, signal.SIGKILL)
        child.wait()

    def _launch(self, service: Service, log: Path | None) -> subprocess.Popen[bytes]:
        environment = os.environ | service.environment | leftovers.mark(self.var, service.name)
        with contextlib.ExitStack() as stack:
            output = None
            if log is not None:
                log.parent.mkdir(exist_ok=True)
                output = stack.enter_context(log.open("ab"))
            stack.enter_context(interrupts.held())
            child = self.children[service.name] = subprocess.Popen(  # noqa: S603 - our own command lines
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=embedded.ROOT,
                env=environment,
            )
            (self.var / NOTE).write_text(json.dumps([each.pid for each in self.children.values()]))
        return child


def _answers(host: str, port: int) -> bool:
    """Tell whether the web server answers at all; what it says is not the question."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - translated, not bound
    connection = HTTPConnection(everywhere.get(host, host), port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/health/alive/")
            connection.getresponse().read()
        except (OSError, HTTPException):
            return False
    return True


def _signal(send: Callable[[int, int], None], pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        send(pid, number)
