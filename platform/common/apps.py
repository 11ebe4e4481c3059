from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Helpers without models; gives the pure packages the translator of this application."""

    name = "common"

    def ready(self) -> None:
        from django.utils.translation import gettext

        from estimation.wording import use_translator

        use_translator(gettext)
