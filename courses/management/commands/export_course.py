"""manage.py export_course SLUG DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.exports import export_course
from courses.interchange import ContentError
from courses.models import CoursePage


class Command(BaseCommand):
    help = "Write what is published of a course into a directory of Markdown and YAML files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = export_course(slug=options["slug"], directory=options["directory"])
        except CoursePage.DoesNotExist:
            raise CommandError(_("There is no course “%(slug)s”.") % options) from None
        except (ContentError, OSError) as error:
            raise CommandError(str(error)) from None
        for path in report.changed:
            self.stdout.write(path)
        for title in report.drafts:
            self.stdout.write(_("Not published, so not exported: %(title)s") % {"title": title})
        if not report.changed:
            self.stdout.write(_("nothing changed"))
