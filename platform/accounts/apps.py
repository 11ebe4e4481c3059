from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, learners, roles."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401
