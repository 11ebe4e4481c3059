"""The Celery application: ``celery -A config worker`` and ``celery -A config beat``."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("loadmark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_broken_connections(*args: Any, **kwargs: Any) -> None:
    """Let a task begin on a usable connection: a worker keeps its own, which a restart breaks."""
    from django.db import close_old_connections

    close_old_connections()
