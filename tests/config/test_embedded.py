"""The embedded servers: shared by commands, stopped by the last one, tolerant of kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from config import embedded
with embedded.servers():
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def var() -> Iterator[Path]:
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="loadmark-test-"))
    yield folder
    end_servers(folder)
    shutil.rmtree(folder, ignore_errors=True)


def environment(var: Path) -> dict[str, str]:
    dropped = {"DATABASE_URL", "REDIS_URL", "CACHE_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"VAR_DIR": str(var), "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"}


def hold(var: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=environment(var),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)
    assert process.returncode == 0


def postgres_pid(var: Path) -> int | None:
    try:
        return int((var / "postgres" / "postmaster.pid").read_text().split()[0])
    except FileNotFoundError:
        return None


def end_servers(var: Path) -> None:
    let_go(hold(var))


def test_two_commands_share_the_servers_and_the_last_one_stops_them(var: Path) -> None:
    first, second = hold(var), hold(var)
    pid = postgres_pid(var)
    let_go(first)
    assert postgres_pid(var) == pid
    let_go(second)
    assert postgres_pid(var) is None


def test_a_killed_command_leaves_nothing_that_stops_the_next(var: Path) -> None:
    first = hold(var)
    pid = postgres_pid(var)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second = hold(var)
    assert postgres_pid(var) == pid
    let_go(second)
    assert postgres_pid(var) is None


def test_a_killed_database_is_started_again(var: Path) -> None:
    first = hold(var)
    pid = postgres_pid(var)
    assert pid is not None
    first.send_signal(signal.SIGKILL)
    first.communicate()
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    let_go(hold(var))


def test_a_folder_that_cannot_be_written_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", "/proc/loadmark")
    refused = pytest.raises(embedded.StartError, match="Cannot write to /proc/loadmark")
    with refused, embedded.servers():
        pass


def test_a_disk_that_is_nearly_full_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 5_000_000}))
    refused = pytest.raises(embedded.StartError, match="has 5 MB free, and Loadmark needs 300 MB")
    with refused, embedded.servers():
        pass
