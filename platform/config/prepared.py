"""Whether an installation is prepared: a quick answer, without loading Django or any app.

Preparing (``manage.py prepare``) is a function of the files of this checkout and of what the
database holds. Both are digested when it has succeeded; as long as both digests are what they
were, preparing again would do nothing. A database that was restored, replaced or edited in the
studio has another digest, wherever the notes below ``var/`` come from, and is prepared again.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from config import demo, embedded, env

MARK = "prepared.json"
STATIC_MARK = ".stamp"
CODE = ("accounts", "common", "config", "courses", "estimation", "grading", "interviews", "labs",
        "progress", "quizzes", "simulation", "templates")  # fmt: skip
# All that `import_content` compares with the files: whole rows, so that no change can hide.
TABLES = ("django_migrations", "wagtailcore_page", "wagtailcore_collection", "courses_coursepage",
          "courses_modulepage", "courses_lessonpage", "quizzes_quiz",
          "interviews_scenario")  # fmt: skip
WITH_DRAFTS = ("wagtailcore_page", "quizzes_quiz", "interviews_scenario")


def is_prepared(var: Path) -> bool:
    """Tell whether preparing would change nothing."""
    try:
        mark = json.loads((var / MARK).read_text())
    except (OSError, ValueError):
        return False
    return mark == _state(var)


def remember(var: Path) -> None:
    """Note that everything is prepared as it is now."""
    (var / MARK).write_text(json.dumps(_state(var), indent=2) + "\n")


def static_root() -> Path:
    """Return the folder the collected static files are served from."""
    return Path(env.text("STATIC_ROOT", str(embedded.directory() / "static")))


def static_is_collected() -> bool:
    """Tell whether the collected static files are those of this checkout."""
    try:
        return (static_root() / STATIC_MARK).read_text() == _static_digest()
    except OSError:
        return False


def remember_static() -> None:
    """Note that the static files are collected as they are now."""
    (static_root() / STATIC_MARK).write_text(_static_digest())


def _state(var: Path) -> dict[str, str]:
    emails = [account["email"] for account in demo.read_accounts(var / demo.FILE).values()]
    return {"files": _files_digest(), "database": _database_digest(emails)}


def _files_digest() -> str:
    digest = hashlib.sha256((embedded.ROOT / "uv.lock").read_bytes())
    for path in _files(embedded.ROOT / "content"):
        digest.update(os.fsencode(path) + b"\0" + path.read_bytes() + b"\0")
    for name in CODE:
        folders = (embedded.ROOT / name, embedded.ROOT / "platform" / name)
        for path in (path for folder in folders for path in _files(folder)):
            if path.suffix != ".pyc":
                digest.update(_stat_line(path))
    return digest.hexdigest()


def _static_digest() -> str:
    """Return a digest that changes with any static file of ours and with any locked package."""
    digest = hashlib.sha256((embedded.ROOT / "uv.lock").read_bytes())
    for path in _files(embedded.ROOT / "static"):
        digest.update(_stat_line(path))
    digest.update(os.fsencode(static_root()))
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names))


def _stat_line(path: Path) -> bytes:
    state = path.stat()
    return os.fsencode(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0")


def _database_digest(emails: list[str]) -> str:
    """Return a digest of what `manage.py prepare` reads; "" for a database without our tables."""
    try:
        with psycopg.connect(env.text("DATABASE_URL")) as connection:
            found: list[object] = [
                connection.execute(_rows(sql.SQL("select * from {}").format(sql.Identifier(name))))
                .fetchone() for name in TABLES
            ]  # fmt: skip
            found.append(connection.execute(_rows(_drafts())).fetchone())
            found.append(connection.execute(_USERS, [emails]).fetchone())
    except psycopg.errors.UndefinedTable:
        return ""
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _rows(query: sql.Composable) -> sql.Composed:
    """Count rows and add up the hashes of their text: the order of the rows does not matter."""
    return sql.SQL(
        "select count(*), sum(hashtextextended(r::text, 0)::numeric)::text from ({}) r"
    ).format(query)


def _drafts() -> sql.Composed:
    """The newest revisions: the studio may write over one without touching the object's row."""
    latest = sql.SQL(" union ").join(
        sql.SQL("select latest_revision_id from {}").format(sql.Identifier(name))
        for name in WITH_DRAFTS
    )
    return sql.SQL("select * from wagtailcore_revision where id in ({})").format(latest)


_USERS = sql.SQL("select count(*) from accounts_user where email = any(%s)")
