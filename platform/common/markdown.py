"""Markdown to HTML that is safe for every reader, whoever wrote it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import islice
from typing import Any, Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from common.highlight import render_code
from common.markdown_syntax import (
    BLOCK_BREAK,
    MAX_AUTHOR,
    MAX_LEARNER,
    author_parser,
    learner_parser,
)
from common.mathematics import render_tex
from common.sanitise import ALIGNMENTS, clean_author_html, clean_learner_html, is_own_image

type Trust = Literal["author", "learner"]

# Half a character: what a broken client can send and nothing can encode.
_SURROGATE = re.compile("[\ud800-\udfff]")

ID_PREFIX = "section-"
"""Begins the id of every heading; no other element of a page may have an id that begins so."""


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 2 or 3, `text` is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RenderedText:
    """`plain` is for search: no markup, one line per block."""

    html: SafeString
    outline: tuple[Heading, ...]
    plain: str


class _Names:
    """Names that are not taken yet, found in constant time however often one is wanted."""

    def __init__(self, used: set[str]) -> None:
        self.used = used
        self.numbers: dict[str, int] = {}

    def unused(self, wanted: str, separator: str) -> str:
        candidate = wanted
        while candidate in self.used:
            number = self.numbers.get(wanted, 2)
            self.numbers[wanted] = number + 1
            candidate = f"{wanted}{separator}{number}"
        self.used.add(candidate)
        return candidate


def render_markdown(
    text: str, *, trust: Trust = "author", used_ids: set[str] | None = None
) -> RenderedText:
    """Render `text`; never raises, whatever the text.

    Authors have everything of the content format but directives; learners have emphasis, lists,
    quotations, code and links. Texts that share a page share `used_ids`, which keeps the ids of
    headings and the labels of tables apart.
    """
    text = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > (MAX_AUTHOR if trust == "author" else MAX_LEARNER):
        return _as_typed(text)
    parser = _author() if trust == "author" else _learner()
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    outline = tuple(_prepare(tokens, _Names(set() if used_ids is None else used_ids)))
    html = parser.renderer.render(tokens, parser.options, env)
    clean = clean_author_html(html) if trust == "author" else clean_learner_html(html)
    return RenderedText(mark_safe(clean), outline, _plain(tokens))  # noqa: S308 - sanitised above


def _as_typed(text: str) -> RenderedText:
    return RenderedText(render_code(text), (), text)


def _prepare(tokens: Sequence[Token], names: _Names) -> Iterator[Heading]:
    """Give headings their ids and tables their classes; yields the outline."""
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            _demote(token, tokens[index + 2])
            if token.tag in {"h2", "h3"}:
                text = _inline_text(tokens[index + 1])
                heading = Heading(int(token.tag[1]), _heading_id(text, names), text)
                token.attrs["id"] = heading.id
                tokens[index + 2].meta["anchor"] = heading
                yield heading
        elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
            alignment = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrs["class"] = ALIGNMENTS.get(alignment, "")
        elif token.type == "table_open":
            token.meta["label"] = _table_label(tokens, index, names)


def _heading_id(text: str, names: _Names) -> str:
    slug = slugify(text, allow_unicode=True)[:80].strip("-")
    return names.unused(ID_PREFIX + (slug or "part"), "-")


def _demote(opening: Token, closing: Token) -> None:
    """The page's title is its only h1."""
    if opening.tag == "h1":
        opening.tag = closing.tag = "h2"


def _table_label(tokens: Sequence[Token], start: int, names: _Names) -> str:
    """What a screen reader calls the table's scrolling frame: its column headings."""
    cells: list[str] = []
    for token in islice(tokens, start, None):
        if token.type == "thead_close":
            break
        if token.type == "inline":
            cells.append(_inline_text(token))
    columns = ", ".join(cell for cell in cells if cell)[:120]
    return names.unused(_("Table: %(columns)s") % {"columns": columns}, " ")


def _plain(tokens: Sequence[Token]) -> str:
    parts = (
        _inline_text(token) if token.type == "inline" else token.content.strip()
        for token in tokens
        if token.content
    )
    return "\n".join(part for part in parts if part)


def _inline_text(token: Token) -> str:
    pieces = (_child_text(child) for child in token.children or [])
    return " ".join("".join(pieces).split())


def _child_text(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content


def _external(url: str) -> bool:
    return url.startswith(("http:", "https:", "//"))


def _link_open(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    if _external(str(token.attrs.get("href", ""))):
        token.attrs["rel"] = "noopener noreferrer"
    return _tag(token)


def _tag(token: Token) -> str:
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in token.attrs.items())
    return f"<{token.tag}{attributes}>"


def _heading_close(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    heading = token.meta.get("anchor")
    if not isinstance(heading, Heading):
        return f"</{token.tag}>\n"
    label = escape(_("Link to “%(heading)s”") % {"heading": heading.text})
    anchor = f'<a class="anchor" href="#{escape(heading.id)}" aria-label="{label}">#</a>'
    return f"{anchor}</{token.tag}>\n"


def _image(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """An image of our own; of any other one, the words that stand for it."""
    token = tokens[index]
    alt = _inline_text(token)
    url = str(token.attrs.get("src", ""))
    if not is_own_image(url):
        return escape(alt)
    return f'<img src="{escape(url)}" alt="{escape(alt)}" loading="lazy" decoding="async">'


def _fence(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    words = tokens[index].info.split(maxsplit=1)
    return render_code(tokens[index].content, words[0] if words else "")


def _plain_fence(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return render_code(tokens[index].content)


def _table_open(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    label = escape(str(tokens[index].meta["label"]))
    return f'<div class="table" tabindex="0" role="group" aria-label="{label}"><table>\n'


def _table_close(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


def _math_inline(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return render_tex(tokens[index].content.strip(), display="inline")


def _math_block(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tex = render_tex(tokens[index].content.strip(), display="block")
    label = escape(_("Formula"))
    return f'<div class="math" tabindex="0" role="group" aria-label="{label}">{tex}</div>\n'


def _nothing(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return ""


@cache
def _author() -> MarkdownIt:
    parser = author_parser()
    rules = {
        "heading_close": _heading_close,
        "link_open": _link_open,
        "image": _image,
        "fence": _fence,
        "code_block": _plain_fence,
        "colon_fence": _plain_fence,
        "table_open": _table_open,
        "table_close": _table_close,
        "math_inline": _math_inline,
        "math_block": _math_block,
        BLOCK_BREAK: _nothing,
    }
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)
    return parser


@cache
def _learner() -> MarkdownIt:
    parser = learner_parser()
    parser.add_render_rule("fence", _plain_fence)
    parser.add_render_rule("code_block", _plain_fence)
    return parser
