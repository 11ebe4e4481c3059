"""manage.py import_content [--only-changes]"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.comparison import Choice
from courses.imports import ImportRefusedError, ImportReport, import_course
from courses.management.commands.import_course import report_lines


class Command(BaseCommand):
    help = "Import every course of the content directory; conflicts are told and left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only-changes", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = []
        for path in sorted(settings.CONTENT_DIR.glob("*/course.yaml")):
            try:
                report = self.import_one(path.parent)
            except ImportRefusedError as error:
                refused += [f"{path.parent.name}: {one}" for one in error.errors]
                continue
            if report.conflicts or not (options["only_changes"] and report.changed_nothing):
                for line in _lines(report):
                    self.stdout.write(f"  {line}" if options["only_changes"] else line)
        if refused:
            raise CommandError(_("Not imported:\n%(why)s") % {"why": "\n".join(refused)})

    def import_one(self, directory: Path) -> ImportReport:
        """Import a course; on a terminal one line says which file is being written."""
        if not sys.stderr.isatty():
            return import_course(directory=directory)
        try:
            return import_course(
                directory=directory,
                progress=lambda path: self.show(f"  {directory.name}: {path}"),
            )
        finally:
            self.show("")

    def show(self, text: str) -> None:
        """Write over the last line of the terminal."""
        print(f"\r\x1b[K{text[:78]}", end="", file=sys.stderr, flush=True)


def _lines(report: ImportReport) -> list[str]:
    """The lines of a report, each with its course; a course that is new needs no list."""
    name = f"{report.course_slug}: "
    created = report.having(Choice.CREATE)
    if len(created) == len(report.choices):
        return [name + _("%(count)s files imported") % {"count": len(created)}]
    return [line if line.startswith(name) else name + line for line in report_lines(report)]
