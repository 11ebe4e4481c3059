"""``manage.py run``: everything a person needs to use Loadmark on this machine.

This process holds no Django: it starts, watches and stops the ones that do. When nothing has
changed since the last start it goes straight to the web server; worker and scheduler follow after
the first answer, so that they do not compete with it for the processor.

Ctrl-C, SIGTERM and a closed terminal all stop everything in order. The exit code is 0 then: to be
stopped is how it ends. It is 1, with one sentence, when it could not start.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import demo, embedded, env, interrupts, leftovers, local, prepared, processes
from config.database_user import StartError

LAST_PORT = 65_535


def main() -> int:
    """Run until interrupted; return the exit code."""
    interrupts.install()
    try:
        with _one_installation() as (var, host, port):
            _run(var, host, port)
    except KeyboardInterrupt:
        local.say("Stopped. Everything is kept for the next start.")
        return 0
    except (StartError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"Cannot use {error.filename}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    return 0


@contextlib.contextmanager
def _one_installation() -> Iterator[tuple[Path, str, int]]:
    """Check all that can be checked at once, and be the only one."""
    host, port = env.text("HOST", "127.0.0.1"), env.integer("PORT", 8000, minimum=1)
    if port > LAST_PORT:
        raise StartError(f"PORT must be at most {LAST_PORT}.")
    var = embedded.writable_directory()
    with processes.only_one(var, _url(host, port)):
        if leftovers.stop(var):
            local.say("Stopped what a killed start had left running")
        if reason := processes.refusal(host, port):
            raise StartError(reason)
        yield var, host, port


def _run(var: Path, host: str, port: int) -> None:
    supervisor = processes.Supervisor(var, local.say)
    with embedded.servers(local.say):
        local.prepare_environment()
        try:
            _prepare(var, supervisor)
            local.say("Starting the web server")
            web, *others = processes.services(host, port)
            supervisor.start([web])
            if not supervisor.wait_until_ready(host, port):
                raise StartError(f"The web server did not start; see {supervisor.log('web')}")
            supervisor.start(others)
            announce(_url(host, port), var / demo.FILE)
            supervisor.watch()
        finally:
            local.say("Stopping")
            supervisor.stop()


def _prepare(var: Path, supervisor: processes.Supervisor) -> None:
    if prepared.is_prepared(var) and prepared.static_is_collected():
        local.say("Database, courses and static files are as they were")
        return
    if supervisor.run(processes.preparation()):
        raise StartError("Loadmark is not started: preparing it failed, as said above.")


def announce(url: str, path: Path) -> None:
    """Print where to go and who to be."""
    lines = [f"Loadmark is running at {url}", ""]
    for role, account in demo.read_accounts(path).items():
        lines.append(f"  {role:<14} {account['email']:<28} {account['password']}")
    lines += ["", f"  (kept in {_short(path)}; Ctrl-C stops everything)"]
    local.show("\n" + "\n".join(lines))


def _url(host: str, port: int) -> str:
    name = {"127.0.0.1": "localhost", "::1": "localhost"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
