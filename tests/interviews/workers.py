"""A real Celery worker on the test database, to be killed as one likes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
APPLICATION = "worker-under-test"


class Worker:
    """`celery worker` in a process group of its own."""

    def __init__(self, log: Path) -> None:
        self.log = log
        parts = urlsplit(os.environ["DATABASE_URL"])
        named = f"application_name={APPLICATION}"
        query = f"{parts.query}&{named}" if parts.query else named
        name = connection.settings_dict["NAME"]
        url = urlunsplit(parts._replace(path=f"/{name}", query=query))
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "default,grading",
                 "-P", "prefork", "-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle"],
                cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        wait_until(lambda: " ready." in log.read_text(errors="replace"), self.say)

    def say(self) -> str:
        """Return what the worker said, for the message of a test that fails."""
        return self.log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """End the whole process group at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(happened: Callable[[], bool], say: Callable[[], str] = lambda: "") -> None:
    """Wait for something that another process does; fail with what it said."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"It did not happen. {say()}"
        time.sleep(0.05)


def empty_broker() -> None:
    """Forget all messages, as a broker without a disk does when it restarts."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()
