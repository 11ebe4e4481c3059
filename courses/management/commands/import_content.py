"""manage.py import_content"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.imports import ImportRefusedError, import_course
from courses.management.commands.import_course import report_lines


class Command(BaseCommand):
    help = "Import every course of the content directory; conflicts are told and left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        refused = []
        for path in sorted(settings.CONTENT_DIR.glob("*/course.yaml")):
            try:
                report = import_course(directory=path.parent)
            except ImportRefusedError as error:
                refused.append(f"{path.parent.name}:\n{error}")
                continue
            for line in report_lines(report):
                self.stdout.write(line)
        if refused:
            raise CommandError(_("Not imported: %(why)s") % {"why": "\n".join(refused)})
