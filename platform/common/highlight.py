"""Code with class names for its colours; the style sheet gives the colours."""

import re
from functools import cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters.html import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

MAX_HIGHLIGHTED = 6_000
"""Longest code that is coloured, in characters; longer code is shown plain."""

MAX_LINE = 400
"""Longest line of code that is coloured."""

# Several lexers take time in the square of a long line or a long gap.
_GAP = re.compile(r"\s{200}")

# Lexers are chosen by hostile text; these have been tried against it.
LANGUAGES = frozenset(
    [
        "bash",
        "c",
        "console",
        "cpp",
        "csharp",
        "css",
        "diff",
        "docker",
        "dockerfile",
        "elixir",
        "erlang",
        "go",
        "graphql",
        "haskell",
        "html",
        "http",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "kotlin",
        "lua",
        "nginx",
        "php",
        "properties",
        "proto",
        "protobuf",
        "py",
        "python",
        "ruby",
        "rust",
        "scala",
        "sh",
        "shell",
        "sql",
        "swift",
        "toml",
        "ts",
        "typescript",
        "xml",
        "yaml",
        "yml",
    ]
)
CODE_CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)


def render_code(code: str, language: str = "", *, caption: str = "") -> SafeString:
    """A figure with Pygments' class names; an unknown language is shown plain.

    Without a caption of its own, code of a known language is captioned with the language's name.
    """
    name = language.strip().lower()
    known = name in LANGUAGES
    inner = _colour(code, name) if known and _is_ordinary(code) else escape(code)
    words = caption or (name if known else "")
    title = f"<figcaption>{escape(words)}</figcaption>" if words else ""
    pre = f'<pre tabindex="0"><code class="highlight">{inner}</code></pre>'
    return mark_safe(f'<figure class="code">{title}{pre}</figure>\n')  # noqa: S308 - escaped above


def _is_ordinary(code: str) -> bool:
    """Whether lexers can be trusted to be done with it soon."""
    if len(code) > MAX_HIGHLIGHTED or _GAP.search(code):
        return False
    return all(len(line) <= MAX_LINE for line in code.split("\n"))


def _colour(code: str, language: str) -> str:
    return str(highlight(code, _lexer(language), HtmlFormatter(nowrap=True)))


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False)
