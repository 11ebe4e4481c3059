"""manage.py render_editions"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from courses import actions
from courses.models import CoursePage


class Command(BaseCommand):
    help = "Render again every lesson whose renderer, labs or calculators have changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-changes", action="store_true", help="Say nothing where nothing changed."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for course in CoursePage.objects.live():
            made = actions.refresh_course(course_id=course.pk, recheck=True)
            if made.lessons or not options["only_changes"]:
                self.stdout.write(f"{course.slug}: {made.lessons} lessons rendered")
