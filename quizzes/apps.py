from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """Questions, quizzes and what learners answered."""

    name = "quizzes"

    def ready(self) -> None:
        from quizzes import receivers  # noqa: F401
