"""manage.py prepare: bring static files, database, content and demo accounts up to date."""

import io
import subprocess
import sys
import threading
from collections import deque
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import demo, embedded, local, prepared


class Command(BaseCommand):
    """Do what is missing for a start on this machine; nothing when nothing is."""

    help = "Bring static files, database, content and demo accounts up to date."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        var = embedded.directory()
        collecting = self.begin_collecting()
        self.migrate()
        told = self.import_content()
        call_command("render_editions", only_changes=True, stdout=self.stdout)
        demo.ensure_accounts(var / demo.FILE)
        if collecting is not None:
            collecting.finish()
            prepared.remember_static()
        if told:
            prepared.remember(var)

    def begin_collecting(self) -> "_Collecting | None":
        """Collect static files beside all the rest: it is work for another processor."""
        if prepared.static_is_collected():
            return None
        local.say("Collecting the static files, in the background")
        return _Collecting()

    def migrate(self) -> None:
        """Apply what is missing; the count says how far it is.

        Also without anything to apply: Django creates permissions after the last step, and an
        interrupted start may not have come that far.
        """
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        counter = local.Counter("Bringing the database up to date: step", len(plan))
        call_command("migrate", interactive=False, no_color=True, stdout=_Steps(counter))
        counter.end()

    def import_content(self) -> bool:
        """Import the courses; False when one was refused: that is told, and no reason to stop."""
        local.say("Importing the courses")
        try:
            call_command("import_content", only_changes=True, stdout=self.stdout)
        except CommandError as error:
            self.stderr.write(str(error))
            return False
        return True


class _Collecting:
    """`collectstatic` in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, str(embedded.ROOT / "manage.py"), "collectstatic", "--noinput"]
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--verbosity", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.done = 0
        self.last: deque[str] = deque(maxlen=8)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def finish(self) -> None:
        """Wait for the end and say how far it is; raises CommandError when it failed."""
        while self.reader.is_alive():
            local.say(f"Waiting for the static files: {self.done} so far")
            self.reader.join(local.EVERY_S)
        if self.process.wait():
            raise CommandError("The static files are not collected:\n" + "".join(self.last))

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.done += line.startswith("Post-processed")
            self.last.append(line)


class _Steps(io.StringIO):
    """What `migrate` writes to: it says OK after each step."""

    def __init__(self, counter: local.Counter) -> None:
        super().__init__()
        self.counter = counter

    def write(self, text: str) -> int:
        if text.strip() in {"OK", "FAKED"}:
            self.counter.step()
        return len(text)
