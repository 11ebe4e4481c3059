from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewsConfig(AppConfig):
    """Scenarios, interviews, grading of answers."""

    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        from interviews import receivers  # noqa: F401
