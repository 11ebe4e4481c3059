"""manage.py run: everything a person needs to use Loadmark on this machine."""

import hashlib
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import demo, embedded, env, processes


class Command(BaseCommand):
    """Prepare database, content and static files, then serve until Ctrl-C."""

    help = "Start Loadmark on this machine: web server, worker and scheduler. Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        var = embedded.directory()
        host, port = env.text("HOST", "127.0.0.1"), env.integer("PORT", 8000, minimum=1)
        try:
            with processes.only_one(var):
                self.serve(var, host, port)
        except processes.AlreadyRunningError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.say("Stopped. Everything is kept for the next start.")

    def serve(self, var: Path, host: str, port: int) -> None:
        """Prepare, start, watch."""
        if processes.stop_leftovers(var):
            self.say("Stopped what an interrupted start had left behind")
        if not processes.port_is_free(host, port):
            raise CommandError(
                f"Port {port} is used by another program. Choose another: PORT={port + 1} make run"
            )
        self.prepare(var)
        supervisor = processes.Supervisor(var, processes.services(host, port))
        url = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"
        try:
            self.say("Starting the web server, the worker and the scheduler")
            supervisor.start()
            if not supervisor.wait_until_ready(f"http://{host}:{port}/health/alive/"):
                raise CommandError(f"The web server did not start; see {var}/log/web.log")
            self.announce(url)
            supervisor.watch()
        finally:
            self.say("Stopping …")
            supervisor.stop()

    def prepare(self, var: Path) -> None:
        """Bring static files, database, content and demo accounts up to date."""
        if _static_stamp() != _read(var / "static" / ".stamp"):
            self.say("Collecting static files (once)")
            call_command("collectstatic", interactive=False, verbosity=0)
            (var / "static" / ".stamp").write_text(_static_stamp())
        self.say("Bringing the database up to date")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Importing the courses")
        call_command("import_content", stdout=self.stdout)
        demo.ensure_accounts(var / "demo-accounts.json")

    def announce(self, url: str) -> None:
        """Print where to go and who to be."""
        self.stdout.write(f"\nLoadmark is running at {url}\n\n")
        path = embedded.directory() / "demo-accounts.json"
        for role, account in demo.read_accounts(path).items():
            self.stdout.write(f"  {role:<14} {account['email']:<28} {account['password']}\n")
        self.stdout.write(f"\n  (kept in {_short(path)}; Ctrl-C stops everything)\n")
        self.stdout.flush()

    def say(self, line: str) -> None:
        """Print a line of progress."""
        self.stdout.write(f"  {line}")
        self.stdout.flush()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _static_stamp() -> str:
    """Return a digest that changes with any static file of ours and with any locked package."""
    digest = hashlib.sha256((embedded.ROOT / "uv.lock").read_bytes())
    folder = Path(settings.STATICFILES_DIRS[0])
    for path in sorted(folder.rglob("*")):
        state = path.stat()
        digest.update(f"{path.relative_to(folder)} {state.st_size} {state.st_mtime_ns}".encode())
    digest.update(os.fsencode(settings.STATIC_ROOT))
    return digest.hexdigest()
