from django.apps import AppConfig


class LabsConfig(AppConfig):
    """Labs and calculators: their pages, their runs and the challenges people pass."""

    name = "labs"

    def ready(self) -> None:
        from labs import receivers  # noqa: F401
