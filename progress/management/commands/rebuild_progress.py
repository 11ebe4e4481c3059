"""manage.py rebuild_progress: everything shown about progress, computed again from the log."""

from typing import Any

from django.core.management.base import BaseCommand

from progress import actions


class Command(BaseCommand):
    """Rebuild the projections."""

    help = "Compute completions, results and calendars again from the activity log."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Read {actions.rebuild()} activities.")
