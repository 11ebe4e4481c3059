"""Settings read from the environment say what is wrong in a sentence, and never show a secret."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    monkeypatch.setenv("SECRET_FILE", str(secret))
    assert env.text("SECRET") == "hush"


def test_a_missing_value_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET", raising=False)
    with pytest.raises(ImproperlyConfigured, match="Set the environment variable SECRET"):
        env.text("SECRET")


def test_a_missing_file_is_said_without_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_FILE", "/nowhere/at/all")
    with pytest.raises(ImproperlyConfigured, match="SECRET_FILE cannot be read: No such file"):
        env.text("SECRET")


@pytest.mark.parametrize("value", ["maybe", "2", "truee"])
def test_a_flag_is_on_or_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS", value)
    with pytest.raises(ImproperlyConfigured, match="HTTPS must be on or off"):
        env.flag("HTTPS", default=True)


@pytest.mark.parametrize("value", ["eight", "", "-1", "1.5"])
def test_a_number_has_to_be_a_whole_number_in_range(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT must be"):
        env.integer("PORT", 8000)


def test_a_database_url_becomes_connection_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:p%40ss@db.example:5433/lm?sslmode=require")
    settings = env.database("DATABASE_URL")
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "lm",
        "USER": "ada",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://x/y", "hush-secret"])
def test_only_postgresql_is_accepted_and_the_url_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured) as caught:
        env.database("DATABASE_URL")
    assert url not in str(caught.value)


def test_redis_addresses_are_spelt_for_each_client() -> None:
    assert env.with_database("redis://cache:6379/0", 1) == "redis://cache:6379/1"
    assert env.with_database("unix:///run/v.sock", 1) == "unix:///run/v.sock?db=1"
    assert (
        env.celery_broker("unix:///run/v.sock?db=3") == "redis+socket:///run/v.sock?virtual_host=3"
    )
    assert env.celery_broker("redis://cache:6379/0") == "redis://cache:6379/0"
