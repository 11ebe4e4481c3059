from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself: settings, URLs and the commands that run it."""

    name = "config"
