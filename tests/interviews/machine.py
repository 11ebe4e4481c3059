"""Servers, worker and scheduler of their own, each of which can be killed alone."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg

from config import embedded, env, processes

WORKERS = ("worker-1", "worker-2")
PATIENCE_S = 600.0  # on a machine that does other things, too; it is never waited for
# Short, so that a test need not wait long for what a killed worker held; long enough for a worker
# that starts on a busy machine.
WAITS = {
    "GRADING_LEASE_SECONDS": "10",
    "GRADING_RESEND_SECONDS": "4",
    "GRADING_SWEEP_SECONDS": "2",
}


class Machine:
    """What `manage.py run` runs behind the web server, on data below `var`.

    The environment has to name this machine's servers: see `environment`.
    """

    def __init__(self, var: Path) -> None:
        self.postgres = embedded.Postgres(var)
        self.valkey = embedded.Valkey(var)
        self.logs = var / "log"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.groups: list[int] = []

    def environment(self) -> dict[str, str]:
        """Return what its programs need to know."""
        broker = self.valkey.url
        cache = env.with_database(broker, 1)
        addresses = {"DATABASE_URL": self.postgres.url, "REDIS_URL": broker, "CACHE_URL": cache}
        return WAITS | addresses | {"VAR_DIR": str(self.logs.parent)}

    def start_servers(self) -> None:
        """Start PostgreSQL and Valkey; what answers already is left alone."""
        started = [one for one in (self.valkey, self.postgres) if one.begin(lambda _line: None)]
        for server in started:
            server.wait()

    def migrate(self) -> None:
        """Make the tables."""
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, cwd=embedded.ROOT, check=True, timeout=PATIENCE_S)

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a program in a process group of its own."""
        with (self.logs / f"{name}.log").open("ab") as output:
            child = subprocess.Popen(
                command, cwd=embedded.ROOT, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        self.children[name] = child
        self.groups.append(child.pid)
        return child

    def start_missing(self) -> None:
        """Do what the supervisor does: start workers and scheduler when they are not there."""
        commands = {one.name: one.command for one in processes.services("localhost", 1)}
        for name in WORKERS:
            self._start_again(name, [*commands["worker"], "-c", "1"])
        self._start_again("scheduler", commands["scheduler"])

    def _start_again(self, name: str, command: list[str]) -> None:
        child = self.children.get(name)
        if child is None or child.poll() is not None:
            self.start(name, command)

    def kill_a_worker(self, rng: random.Random) -> None:
        """Send SIGKILL to one process of a worker, or to all of them."""
        worker = self.children[rng.choice(WORKERS)]
        try:
            family = [worker.pid, *(one.pid for one in psutil.Process(worker.pid).children())]
        except psutil.NoSuchProcess:
            return
        chosen = rng.choice(["all", "parent", "child"])
        if chosen == "all" or len(family) == 1:
            _send(os.killpg, worker.pid)
        else:
            _send(os.kill, family[0] if chosen == "parent" else rng.choice(family[1:]))

    def cut_off_workers(self) -> None:
        """Kill every process of the workers, orphans of earlier ones too, and the scheduler."""
        for group in self.groups:
            if group != self.children["learners"].pid:
                _send(os.killpg, group)
        for name in WORKERS:
            self.children[name].wait()

    def empty_broker(self) -> None:
        """Kill Valkey, delete what it had written, and start it."""
        self.valkey.stop_signal = signal.SIGKILL
        self.valkey.stop()
        shutil.rmtree(self.valkey.data)
        self.start_servers()

    def crash_database(self) -> None:
        """Make PostgreSQL drop everything at once, and start it: it recovers from its log."""
        self.postgres.stop_signal = signal.SIGQUIT
        self.postgres.stop()
        self.start_servers()

    def number(self, query: str) -> int:
        """Return what a query counts."""
        return int(self.rows(query)[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.postgres.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def say(self) -> str:
        """Return what its programs said last, for the message of a test that fails."""
        logs = sorted(self.logs.glob("*.log"))
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs
        )

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait, keeping the machine running; fail with what its programs said."""
        deadline = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < deadline, f"It did not happen.\n{self.say()}"
            time.sleep(0.05)

    def stop(self) -> None:
        """Leave nothing running."""
        for group in self.groups:
            _send(os.killpg, group)
        for child in self.children.values():
            child.wait()
        self.valkey.stop_signal = signal.SIGKILL
        self.postgres.stop_signal = signal.SIGQUIT
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.valkey.sockets, ignore_errors=True)


def _send(send: Callable[[int, int], None], number: int) -> None:
    try:
        send(number, signal.SIGKILL)
    except ProcessLookupError:
        return
