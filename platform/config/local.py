"""What an installation on one machine uses when its owner has configured nothing.

``LOADMARK_ENV=production`` (set in docker/) switches all of this off: there every value has to come
from the environment, and a missing secret is an error.
"""

import contextlib
import os
import secrets
import sys
import time

from config import embedded

DEFAULTS = {
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "HTTPS": "off",
    "STAFF_MFA": "optional",
}
EVERY_S = 5.0


def is_production() -> bool:
    """Tell whether this installation must not invent any setting."""
    return os.environ.get("LOADMARK_ENV") == "production"


def say(line: str) -> None:
    """Print a line of progress where the person who started the command sees it."""
    show(f"  {line}")


def show(text: str) -> None:
    """Print to the person's terminal; one that was closed meanwhile is no reason to fail."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201


class Counter:
    """Progress of many small steps: one line that is written over, or now and then a new one."""

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.on_terminal = sys.stderr.isatty()
        self.shown = 0.0

    def step(self) -> None:
        """Count one step."""
        self.done += 1
        now = time.monotonic()
        if self.on_terminal:
            print(f"\r  {self.text}", end="", file=sys.stderr, flush=True)  # noqa: T201
        elif now - self.shown >= EVERY_S or self.done == self.total:
            self.shown = now
            say(self.text)

    @property
    def text(self) -> str:
        """How far it is."""
        return f"{self.label} {self.done} of {self.total}"

    def end(self) -> None:
        """Leave the line."""
        if self.on_terminal and self.done:
            print(file=sys.stderr)  # noqa: T201


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
