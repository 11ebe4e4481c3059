"""Typed readers for settings that come from the environment.

Every reader accepts ``NAME`` or ``NAME_FILE`` (a path to a file whose content is the value),
so that secrets can be mounted as files. A value that cannot be read raises
``ImproperlyConfigured`` with the name, the reason and what to do; the value itself is never
shown, because it may be a secret.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the value of ``name``; without a default a missing value is an error."""
    value = os.environ.get(name)
    if value is None and (path := os.environ.get(f"{name}_FILE")):
        value = _read_file(name, path)
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (or {name}_FILE).")
    return value.strip()


def is_set(name: str) -> bool:
    """Tell whether ``name`` or ``name_FILE`` is in the environment."""
    return name in os.environ or f"{name}_FILE" in os.environ


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no value: 1, true, yes, on or 0, false, no, off."""
    value = text(name, "on" if default else "off").lower()
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} must be on or off.")
    return value in _TRUE


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least ``minimum``."""
    try:
        value = int(text(name, str(default)))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None
    if value < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}.")
    return value


def address(name: str) -> str:
    """Return an http(s) URL, or nothing when it is not set."""
    value = text(name, "")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a valid URL.") from None
    if value and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise ImproperlyConfigured(f"{name} must start with http:// or https:// and name a host.")
    return value


def words(name: str, default: str | None = "") -> list[str]:
    """Return a comma-separated list without empty entries; with default None it has to be set."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, Any]:
    """Return Django's connection settings for a ``postgresql://`` URL."""
    url = text(name)
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            f"{name} must start with postgresql:// (other databases are not supported)."
        )
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        raise ImproperlyConfigured(f"{name} is not a valid PostgreSQL URL.") from None
    known = {
        "NAME": str(parts.pop("dbname", "")),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "") or ""),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "")),
    }
    return {"ENGINE": "django.db.backends.postgresql", **known, "OPTIONS": parts}


def with_database(redis_url: str, number: int) -> str:
    """Return ``redis_url`` pointing at database ``number`` of the same server."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def celery_broker(redis_url: str) -> str:
    """Return ``redis_url`` in the spelling Celery wants for a Unix socket."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def _read_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {reason}.") from None
