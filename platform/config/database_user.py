"""The account PostgreSQL runs as when Loadmark is started by root: it refuses to run as root."""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

NAME = "loadmark"


class StartError(Exception):
    """A server could not be started; the message says why and what to do."""


def uid() -> int:
    """Return the number of the account, or our own when there is none."""
    try:
        return pwd.getpwnam(NAME).pw_uid
    except KeyError:
        return os.geteuid()


def ensure(programs: Path, var: Path, say: Callable[[str], None]) -> pwd.struct_passwd | None:
    """Return the account PostgreSQL runs as when we are root; None for anybody else.

    It is made when it is missing, and can reach ``var`` and run the wheel in ``programs`` then.
    """
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(NAME)
    except KeyError:
        say(f"Creating the system user {NAME}: PostgreSQL does not run as root")
        _create_user()
        user = pwd.getpwnam(NAME)
    _open_path(programs.parent, say)
    _open_path(var, say)
    # A wheel keeps the libraries its programs need in a folder beside its own.
    for folder in (programs, programs.with_name(f"{programs.name}.libs")):
        _open_programs(folder)
    return user


def _create_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run([*command, NAME], check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        raise StartError(
            "PostgreSQL does not run as root, and no system user could be created for it. "
            "Start as an ordinary user, or set DATABASE_URL."
        ) from None


def _open_path(path: Path, say: Callable[[str], None]) -> None:
    """Let others pass through (not list) the folders above ``path``, and say which were closed."""
    real = path.resolve()
    closed = [one for one in [real, *real.parents] if not one.stat().st_mode & stat.S_IXOTH]
    for folder in closed:
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    if closed:
        say(f"Letting the database user pass through {_listed(closed)} (chmod o+x)")


def _listed(folders: list[Path]) -> str:
    return ", ".join(str(folder) for folder in reversed(folders))


def _open_programs(folder: Path) -> None:
    """Let everybody run the unpacked PostgreSQL: a strict umask had kept it to its installer."""
    if not folder.is_dir() or folder.stat().st_mode & stat.S_IROTH:
        return
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))


def give(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make the account the owner of ``folder``; nothing when we are not root."""
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Return the arguments of ``subprocess`` that start a program as the account."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
