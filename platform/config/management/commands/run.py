"""manage.py run; manage.py itself goes to config.start at once, without loading Django."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config import start


class Command(BaseCommand):
    """Prepare what has changed, then serve until Ctrl-C."""

    help = (
        "Start Loadmark on this machine: web server, worker and scheduler. Ctrl-C (or SIGTERM) "
        "stops everything and ends with exit code 0; what could not start ends with 1. "
        "PORT, HOST and VAR_DIR say where."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(start.main())
