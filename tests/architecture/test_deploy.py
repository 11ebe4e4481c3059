"""What production starts with, and refuses to start without."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py as production does; ``None`` takes a variable away."""
    production = {
        "LOADMARK_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "learn.example.org",
        "BASE_URL": "https://learn.example.org",
        "HTTPS": "on",
        "EMAIL_HOST": "mail.example.org",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
    }
    needed = {name: os.environ[name] for name in ("PATH", "HOME", "VAR_DIR") if name in os.environ}
    chosen = needed | production | environment
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={name: value for name, value in chosen.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_djangos_own_check_for_production_finds_nothing() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


def test_the_check_would_find_something() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="short")
    assert result.returncode != 0


def test_production_does_not_start_without_a_secret_of_its_own() -> None:
    result = manage("check", SECRET_KEY=None)
    assert result.returncode != 0
    assert "Set the environment variable SECRET_KEY (or SECRET_KEY_FILE)." in result.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(secrets.token_urlsafe(50) + "\n")
    result = manage("check", SECRET_KEY=None, SECRET_KEY_FILE=str(file))
    assert result.returncode == 0, result.stderr


def test_production_names_its_cookies_so_that_no_neighbour_can_set_them() -> None:
    show = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
    names = manage("shell", "-v", "0", "-c", show).stdout.split()
    assert names == ["__Host-session", "__Host-csrf"]


def test_production_requires_the_second_factor_of_staff() -> None:
    show = "from django.conf import settings; print(settings.STAFF_MFA_REQUIRED)"
    assert manage("shell", "-v", "0", "-c", show).stdout.strip() == "True"


def test_every_change_of_a_model_has_its_migration() -> None:
    result = manage("makemigrations", "--check", "--dry-run")
    assert result.returncode == 0, result.stdout
