"""Switching the second grader on and off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[3]
SHOW = (
    "import django, sys; django.setup(); import interviews.tasks, interviews.graders, config.urls\n"
    "from django.conf import settings as s\n"
    "print(interviews.graders.has_second_grader())\n"
    "print('openai' in sys.modules, 'httpx2' in sys.modules)\n"
    "print(s.GRADER_LLM_KEY, s.CELERY_TASK_SOFT_TIME_LIMIT)\n"
    "print(s.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'] > s.CELERY_TASK_TIME_LIMIT)"
)


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("GRADER_LLM")}
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}/platform:{ROOT}",
    }
    return subprocess.run(
        [sys.executable, "-c", SHOW], env=known | settings | environment, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_an_address_it_is_off_and_nothing_is_imported() -> None:
    assert start().stdout.split() == ["False", "False", "False", "60", "True"]


def test_with_an_address_it_is_on_and_tasks_may_take_longer(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("from-a-file\n")
    found = start(
        GRADER_LLM_URL="http://127.0.0.1:1/v1",
        GRADER_LLM_MODEL="m",
        GRADER_LLM_KEY_FILE=str(secret),
    )
    assert found.stdout.split() == ["True", "False", "False", "from-a-file", "120", "True"]


def test_an_address_without_a_model_is_refused() -> None:
    assert "GRADER_LLM_MODEL" in start(GRADER_LLM_URL="http://127.0.0.1:1/v1").stderr


@pytest.mark.parametrize("value", ["ftp://host", "host/v1", "http://", "http://["])
def test_an_address_is_a_web_address(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_LLM_URL", value)
    with pytest.raises(ImproperlyConfigured, match="GRADER_LLM_URL"):
        env.address("GRADER_LLM_URL")
