"""manage.py run as a person meets it: real processes, a folder and a port of its own.

One folder serves all tests, since making one takes as long as everything else together.
"""

import json
import os
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
NOT_HANDED_ON = {"DATABASE_URL", "REDIS_URL", "CACHE_URL", "STATIC_ROOT", "HOST", "PORT"}
RUNNING = "Loadmark is running at"
AS_BEFORE = "Database, courses and static files are as they were"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """A `manage.py run` in a process group of its own, as a shell gives to a command."""

    def __init__(
        self, var: Path, port: int | None = None, before: Callable[[], None] | None = None
    ) -> None:
        self.var = var
        self.port = port or free_port()
        kept = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=kept | {"VAR_DIR": str(var), "PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
            preexec_fn=before,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(iter(output.readline, ""))

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)

    def ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        code = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        return code

    def sentence(self) -> str:
        """What a start that was refused has said: exactly one line, with exit code 1."""
        assert self.end() == 1, self.output
        (line,) = self.lines
        return line

    def sign_in(self, role: str) -> OpenerDirector:
        account = accounts_of(self.var)[role]
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        address = f"http://localhost:{self.port}/account/login/"
        page = browser.open(address).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {
            "csrfmiddlewaretoken": token[1],
            "login": account["email"],
            "password": account["password"],
        }
        browser.open(address, urlencode(form).encode()).read()
        return browser

    def is_signed_in(self, browser: OpenerDirector) -> bool:
        """Tell whether the page that only people with an account see is shown, without a detour."""
        address = f"http://localhost:{self.port}/account/email/"
        with browser.open(address) as answer:
            return str(answer.geturl()) == address

    def database(self) -> "psycopg.Connection[tuple[object, ...]]":
        pid_file = (self.var / "postgres" / "postmaster.pid").read_text().splitlines()
        return psycopg.connect(
            f"postgresql://postgres@/loadmark?host={pid_file[4]}", autocommit=True
        )


def accounts_of(var: Path) -> dict[str, dict[str, str]]:
    accounts: dict[str, dict[str, str]] = json.loads((var / "demo-accounts.json").read_text())
    return accounts


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended may wait for a parent to notice it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def left_of(var: Path) -> list[str]:
    """The processes that have the folder in their command line or in their environment."""
    found = []
    for process in Path("/proc").glob("[1-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(var) in told:
            found.append(f"{process.name} {told[:200]!r}")
    return found


@pytest.fixture(scope="module")
def interrupted() -> Iterator[Run]:
    """A very first start that was interrupted in the middle of its preparations."""
    var = Path(tempfile.mkdtemp(prefix="loadmark-run-"))
    run = Run(var)
    run.wait_for("Bringing the database up to date")
    run.ctrl_c()
    run.end()
    yield run
    end_all(var)
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="module")
def var(interrupted: Run) -> Path:
    """A folder that a start has prepared."""
    run = Run(interrupted.var)
    run.wait_for(RUNNING)
    run.ctrl_c()
    assert run.end() == 0
    return run.var


@pytest.fixture(scope="module")
def start(var: Path) -> Callable[[], Run]:
    """Return a function that gives the running Loadmark, started now if none runs."""
    begun: list[Run] = []

    def running() -> Run:
        if not begun or begun[-1].process.poll() is not None:
            begun.append(Run(var))
            begun[-1].wait_for(RUNNING)
        return begun[-1]

    return running


def end_all(var: Path) -> None:
    """Leave nothing behind when a test has failed."""
    for line in left_of(var):
        os.kill(int(line.split()[0]), signal.SIGKILL)


def test_ctrl_c_during_the_first_preparations_leaves_nothing_running(interrupted: Run) -> None:
    assert interrupted.process.returncode == 0, interrupted.output
    assert "Stopped. Everything is kept" in interrupted.output
    assert not (interrupted.var / "demo-accounts.json").exists()
    assert left_of(interrupted.var) == []


def test_a_second_start_in_the_same_folder_gets_a_sentence(start: Callable[[], Run]) -> None:
    run = start()
    second = Run(run.var)
    expected = f"Loadmark already runs here, at http://localhost:{run.port}/"
    assert second.sentence().startswith(expected)
    assert run.process.poll() is None


def test_the_demo_accounts_are_for_their_owner_only_and_log_in(
    var: Path, start: Callable[[], Run]
) -> None:
    file = var / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*accounts_of(var)] == ["learner", "instructor", "administrator"]
    assert all({*account} == {"email", "password"} for account in accounts_of(var).values())
    run = start()
    for role in accounts_of(var):
        assert run.is_signed_in(run.sign_in(role)), role


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_loses_nothing(
    number: signal.Signals, start: Callable[[], Run]
) -> None:
    run = start()
    ada = run.sign_in("learner")
    services = json.loads((run.var / "processes.json").read_text())
    os.killpg(run.process.pid, number)
    assert run.end() == 0, run.output
    assert left_of(run.var) == []
    assert not any(is_alive(pid) for pid in services)
    again = start()
    assert AS_BEFORE in again.output
    assert again.is_signed_in(ada)


def test_an_impatient_second_ctrl_c_does_not_stop_the_stopping(start: Callable[[], Run]) -> None:
    run = start()
    for _time in range(3):
        run.ctrl_c()
        time.sleep(0.1)
    assert run.end() == 0, run.output
    assert left_of(run.var) == []


def test_after_kill_9_the_next_start_cleans_up_and_runs(start: Callable[[], Run]) -> None:
    killed = start()
    services = json.loads((killed.var / "processes.json").read_text())
    killed.process.kill()
    killed.end()
    assert any(is_alive(pid) for pid in services)
    run = start()
    assert "Stopped what a killed start had left running" in run.output
    assert not any(is_alive(pid) for pid in services)
    run.ctrl_c()
    assert run.end() == 0
    assert left_of(run.var) == []


def test_workers_whose_server_was_killed_too_are_cleaned_up(start: Callable[[], Run]) -> None:
    killed = start()
    for pid in json.loads((killed.var / "processes.json").read_text()):
        os.kill(pid, signal.SIGKILL)
    killed.process.kill()
    killed.end()
    run = start()
    run.ctrl_c()
    assert run.end() == 0
    assert left_of(run.var) == []


def test_what_was_changed_in_the_database_is_compared_with_the_files_again(
    start: Callable[[], Run],
) -> None:
    run = start()
    with run.database() as database:
        database.execute("update quizzes_quiz set title = 'Other' where slug = 'retry-basics'")
    run.ctrl_c()
    run.end()
    again = start()
    assert AS_BEFORE not in again.output
    assert "Importing the courses" in again.output


def test_numbers_of_processes_that_were_reused_harm_nobody(
    var: Path, start: Callable[[], Run]
) -> None:
    pretend = "import time; time.sleep(600)"
    command = [sys.executable, "-c", pretend, "celery -A config", "config.wsgi:application"]
    with subprocess.Popen(command) as bystander:
        (var / "processes.json").write_text(json.dumps([bystander.pid, os.getpid(), 1]))
        run = start()
        assert "killed start" not in run.output
        run.ctrl_c()
        run.end()
        assert bystander.poll() is None
        bystander.kill()


def test_a_taken_port_gets_a_sentence(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = Run(var, port).sentence()
    assert said == (
        f"Port {port} is used by another program. Choose another: PORT={port + 1} make run\n"
    )
    assert left_of(var) == []


@pytest.mark.parametrize("port", [70000, -1])
def test_a_port_that_cannot_be_gets_a_sentence(port: int, var: Path) -> None:
    assert re.fullmatch(r"PORT must be .+\.\n", Run(var, port).sentence())


def test_a_folder_that_cannot_be_made_gets_a_sentence() -> None:
    said = Run(Path("/proc/loadmark")).sentence()
    assert said.startswith("Cannot write to /proc/loadmark: No such file or directory. Free some")


def no_more_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_folder_where_nothing_fits_gets_a_sentence(tmp_path: Path) -> None:
    said = Run(tmp_path, before=no_more_files).sentence()
    assert said.startswith(f"Cannot write to {tmp_path}: File too large. Free some space or set")
