from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoursesConfig(AppConfig):
    """Courses: authoring, editions, the pages of readers."""

    name = "courses"

    def ready(self) -> None:
        from courses import receivers  # noqa: F401
        from courses.root import ensure_index

        post_migrate.connect(ensure_index, sender=self)
