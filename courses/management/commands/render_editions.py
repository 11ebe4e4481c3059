"""manage.py render_editions"""

from typing import Any

from django.core.management.base import BaseCommand

from courses import actions
from courses.models import CoursePage


class Command(BaseCommand):
    help = "Render again every lesson whose renderer, labs or calculators have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for course in CoursePage.objects.live():
            made = actions.refresh_course(course_id=course.pk, recheck=True)
            self.stdout.write(f"{course.slug}: {made.lessons} lessons rendered")
