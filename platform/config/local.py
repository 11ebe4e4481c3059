"""What an installation on one machine uses when its owner has configured nothing.

``LOADMARK_ENV=production`` (set in docker/) switches all of this off: there every value has to come
from the environment, and a missing secret is an error.
"""

import os
import secrets
import sys

from config import embedded

DEFAULTS = {
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "HTTPS": "off",
    "STAFF_MFA": "optional",
}


def is_production() -> bool:
    """Tell whether this installation must not invent any setting."""
    return os.environ.get("LOADMARK_ENV") == "production"


def say(line: str) -> None:
    """Print a line of progress where the person who started the command sees it."""
    print(f"  {line}", file=sys.stderr, flush=True)  # noqa: T201


def prepare_environment() -> None:
    """Fill in what is missing for a start on this machine only, unless this is production."""
    if is_production():
        return
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if "SECRET_KEY" not in os.environ and "SECRET_KEY_FILE" not in os.environ:
        os.environ["SECRET_KEY"] = _kept_secret()
    for folder in ("static", "media"):
        (embedded.directory() / folder).mkdir(parents=True, exist_ok=True)


def _kept_secret() -> str:
    path = embedded.directory() / "secret-key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", opener=_private) as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError:
        return secrets.token_urlsafe(50)
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
