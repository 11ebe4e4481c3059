"""manage.py test: the whole test suite, with pytest, on real servers and in a real browser."""

import os
import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import chromium, embedded, local

NO_BROWSER = """
==========================================================================================
 NO CHROMIUM: THE BROWSER TESTS ARE NOT RUN.
 Install one (apt-get install chromium) or set CHROMIUM to its path, then run this again.
==========================================================================================
"""


class Command(BaseCommand):
    """Run pytest with the arguments given."""

    help = "Run the test suite; arguments go to pytest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*")

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand every argument to pytest, its options included."""
        self.handle(arguments=argv[2:])

    def handle(self, *args: Any, **options: Any) -> None:
        command = [sys.executable, "-m", "pytest", *options["arguments"]]
        browser = chromium.find_or_install(local.say)
        if browser is None:
            if os.environ.get("CI"):
                raise SystemExit("In CI the browser tests must run, and there is no Chromium.")
            self.stderr.write(NO_BROWSER)
            command += ["-m", "not browser"]
        environment = os.environ | ({"CHROMIUM": browser} if browser else {})
        code = subprocess.run(command, cwd=embedded.ROOT, env=environment, check=False)  # noqa: S603
        if browser is None:
            self.stderr.write(NO_BROWSER)
        if code.returncode:
            raise SystemExit(code.returncode)
