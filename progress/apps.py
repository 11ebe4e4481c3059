from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """The activity log and all that is computed from it."""

    name = "progress"

    def ready(self) -> None:
        from progress import receivers  # noqa: F401
