"""manage.py import_course DIR [--theirs|--ours] [--dry-run]"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.comparison import Choice
from courses.imports import ImportRefusedError, ImportReport, import_course


class Command(BaseCommand):
    help = "Import a course from a directory of Markdown and YAML files: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)
        side = parser.add_mutually_exclusive_group()
        side.add_argument("--theirs", action="store_const", const="theirs", dest="prefer")
        side.add_argument("--ours", action="store_const", const="ours", dest="prefer")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_course(
                directory=options["directory"],
                prefer=options["prefer"],
                dry_run=options["dry_run"],
            )
        except ImportRefusedError as error:
            raise CommandError(str(error)) from None
        for line in report_lines(report):
            self.stdout.write(line)
        if report.conflicts:
            raise CommandError(
                _("Nothing was imported. --theirs takes the files, --ours keeps the studio.")
            )


def report_lines(report: ImportReport) -> list[str]:
    """The report in words, one line for each file that is worth a word."""
    if report.conflicts:
        return [_("Conflict: %(conflict)s") % {"conflict": one} for one in report.conflicts]
    lines = [f"{report.course_slug}: " + _("nothing changed")] if report.changed_nothing else []
    words = {
        Choice.CREATE: _("created"),
        Choice.TAKE: _("updated"),
        Choice.ADOPT: _("already so in the studio"),
        Choice.KEEP: _("kept as edited in the studio"),
        Choice.KEEP_OURS: _("kept as edited in the studio"),
    }
    lines += [
        f"{path}: {words[choice]}" for path, choice in report.choices.items() if choice in words
    ]
    lines += [f"{path}: " + _("unpublished") for path in report.removed]
    return lines + [f"{path}: " + _("not part of a course, ignored") for path in report.ignored]
