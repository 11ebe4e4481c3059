"""Courses on disk: read under caps, written so that a failure leaves the old files in place."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from courses.interchange.bundle import CourseBundle, is_content_path, read_files
from courses.interchange.errors import ContentError

MAX_FILES = 2_000
MAX_FILE_BYTES = 1_000_000
MAX_TOTAL_BYTES = 50_000_000
MAX_DEPTH = 4


def read_course(directory: Path) -> CourseBundle:
    """The course in `directory`. Links are refused, names that begin with a dot are skipped.

    Raises ContentError for the first thing that is wrong.
    """
    if not directory.is_dir():
        raise ContentError(directory.name, 0, _("There is no such directory."))
    files: dict[str, bytes] = {}
    ignored: list[str] = []
    total = 0
    for path in _walk(directory, directory):
        name = path.relative_to(directory).as_posix()
        if not is_content_path(name):
            ignored.append(name)
            continue
        files[name] = _read(path, name)
        total += len(files[name])
        if len(files) > MAX_FILES or total > MAX_TOTAL_BYTES:
            raise ContentError(name, 0, _("The course has too many files, or too large ones."))
    return read_files(files, ignored=ignored)


def _walk(root: Path, directory: Path) -> Iterator[Path]:
    """Files below `directory` in a stable order; ContentError for a link."""
    entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    if len(entries) > MAX_FILES:
        raise ContentError(directory.name, 0, _("The directory has too many files."))
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        name = path.relative_to(root).as_posix()
        if entry.is_symlink():
            raise ContentError(name, 0, _("Links are not followed; put the file itself here."))
        if not entry.is_dir(follow_symlinks=False):
            yield path
        elif len(path.relative_to(root).parts) > MAX_DEPTH:
            raise ContentError(name, 0, _("The directories are nested too deeply."))
        else:
            yield from _walk(root, path)


def _read(path: Path, name: str) -> bytes:
    """The file's bytes; never waits for a pipe and never follows a link put there meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = _("The file cannot be read: %(why)s.") % {"why": error.strerror}
        raise ContentError(name, 0, reason) from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ContentError(name, 0, _("This is not an ordinary file."))
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        reason = _("The file is larger than %(most)d bytes.") % {"most": MAX_FILE_BYTES}
        raise ContentError(name, 0, reason)
    return data


def write_course(bundle: CourseBundle, directory: Path) -> list[str]:
    """Make the course's own files in `directory` equal to the bundle; returns what changed.

    Everything new is written beside the directory first, then moved in place file by file, so a
    full disk changes nothing. Unchanged files are not touched, files that are no part of the
    format are kept, lessons, quizzes and scenarios that the bundle lacks are deleted.
    """
    wanted = {path: text.encode() for path, text in bundle.sources().items()}
    present = _present(directory)
    changed = {path: data for path, data in wanted.items() if present.get(path) != data}
    stale = sorted(present.keys() - wanted.keys())
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".export-") as staging:
        _stage(changed, Path(staging))
        for path in sorted(changed):
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (Path(staging) / path).replace(target)
    for path in stale:
        _delete(directory, path)
    return sorted([*changed, *stale])


def _present(directory: Path) -> dict[str, bytes]:
    if not directory.exists():
        return {}
    names = ((path, path.relative_to(directory).as_posix()) for path in _walk(directory, directory))
    return {name: _read(path, name) for path, name in names if is_content_path(name)}


def _stage(files: dict[str, bytes], staging: Path) -> None:
    for path, data in files.items():
        target = staging / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(data)
            os.fsync(file.fileno())


def _delete(directory: Path, path: str) -> None:
    target = directory / path
    target.unlink()
    if target.name == "lesson.md" and not any(target.parent.iterdir()):
        target.parent.rmdir()
