"""Pages that are the same for every reader but for a few places.

A lesson's page is 60 KB of which a reader changes a few hundred bytes. Rendering the template and
compressing the result each time cost half of the CPU such a page took; so the page is rendered once
as a *shell*, compressed once, and each request renders only what stands in ``{% personal %}``
blocks and puts it in. Nothing personal can get into a shell: it is rendered without a request.

The compressed form is a gzip stream put together from pieces (RFC 1951 allows a stream of
independent blocks, RFC 1952 frames it): each fixed piece was deflated up to a full flush, each
personal one is added as a stored block, or deflated when it is long.
"""

import re
import secrets
import struct
import time
import zlib
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.base import NodeList
from django.template.context import make_context
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

COLLECTOR = "_personal_parts"
KEPT_SHELLS = 512
STORED_LIMIT = 600  # bytes; a longer personal piece is worth deflating
LEVEL = 6
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"


class Collector:
    """The personal parts met while a shell is made.

    The mark of a place cannot be guessed, so that no author's text can be taken for one.
    """

    def __init__(self) -> None:
        self.parts: list[NodeList] = []
        self.mark = secrets.token_hex(12)

    def place(self, part: NodeList) -> str:
        """Note a part; return what stands for it in the shell."""
        self.parts.append(part)
        return f"{self.mark}:{len(self.parts) - 1};"


@dataclass(frozen=True, slots=True)
class Piece:
    """A fixed piece of a page, and its deflated form."""

    plain: bytes
    deflated: bytes


@dataclass(frozen=True, slots=True)
class Shell:
    """A rendered page with places for what is personal: one more piece than parts."""

    template: Template
    pieces: tuple[Piece, ...]
    parts: tuple[NodeList, ...]
    made_at: float


def render_shell(
    request: HttpRequest,
    template_name: str,
    context: dict[str, Any],
    *,
    key: Hashable,
    max_age_s: float = float("inf"),
) -> HttpResponse:
    """Answer with a page whose fixed parts depend on ``key`` and the language alone.

    Outside of ``{% personal %}`` the template may use what is in ``context`` and follows from
    ``key``; the request, the user, tokens and messages exist only inside. Loop variables do not
    reach into a personal part.
    """
    shell = _shells.get((template_name, key, get_language()), max_age_s)
    if shell is None:
        shell = _make(template_name, context)
        _shells.put((template_name, key, get_language()), shell)
    personal = list(_render_parts(shell, context, request))
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(_compressed(shell.pieces, personal))
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(_plain(shell.pieces, personal))
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def forget_shells() -> None:
    """Drop every shell of this process."""
    _shells.clear()


def _make(template_name: str, context: dict[str, Any]) -> Shell:
    template: Template = get_template(template_name).template  # type: ignore[attr-defined]
    collector = Collector()
    text = template.render(Context({**context, COLLECTOR: collector}))
    fixed = re.split(f"{collector.mark}:([0-9]+);", text)
    parts = tuple(collector.parts[int(number)] for number in fixed[1::2])
    pieces = tuple(Piece(piece.encode(), _deflated(piece.encode())) for piece in fixed[::2])
    return Shell(template, pieces, parts, time.monotonic())


def _render_parts(shell: Shell, context: dict[str, Any], request: HttpRequest) -> Iterator[bytes]:
    bound = make_context(context, request, autoescape=True)
    with bound.bind_template(shell.template), bound.render_context.push_state(shell.template):
        for part in shell.parts:
            yield part.render(bound).encode()


def _plain(pieces: tuple[Piece, ...], personal: list[bytes]) -> bytes:
    pairs = zip(pieces, [*personal, b""], strict=True)
    return b"".join(part for piece, own in pairs for part in (piece.plain, own))


def _compressed(pieces: tuple[Piece, ...], personal: list[bytes]) -> bytes:
    blocks = [_GZIP_HEAD]
    checksum = size = 0
    for piece, part in zip(pieces, [*personal, b""], strict=True):
        blocks += (piece.deflated, _block(part))
        checksum = zlib.crc32(part, zlib.crc32(piece.plain, checksum))
        size += len(piece.plain) + len(part)
    blocks += (_LAST_BLOCK, struct.pack("<LL", checksum, size & 0xFFFFFFFF))
    return b"".join(blocks)


def _block(part: bytes) -> bytes:
    if len(part) > STORED_LIMIT:
        return _deflated(part)
    return struct.pack("<BHH", 0, len(part), len(part) ^ 0xFFFF) + part if part else b""


def _deflated(plain: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)


class _Shells:
    """The shells of this process, the least recently used dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Shell] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, max_age_s: float) -> Shell | None:
        with self._lock:
            shell = self._kept.get(key)
            if shell is None or time.monotonic() - shell.made_at > max_age_s:
                return None
            self._kept.move_to_end(key)
            return shell

    def put(self, key: Hashable, shell: Shell) -> None:
        with self._lock:
            self._kept[key] = shell
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_SHELLS:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_shells = _Shells()
