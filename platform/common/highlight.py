"""Code with class names for its colours; the style sheet gives the colours."""

from functools import cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

MAX_HIGHLIGHTED = 20_000
"""Longest code that is coloured, in characters; longer code is shown plain."""

# Lexers are chosen by hostile text; these are the ones whose patterns have been tried against it.
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
        "hcl",
        "html",
        "http",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "kotlin",
        "lua",
        "make",
        "makefile",
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
        "terraform",
        "toml",
        "ts",
        "typescript",
        "xml",
        "yaml",
        "yml",
    ]
)
CODE_CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)


def render_code(code: str, language: str = "") -> SafeString:
    """`<pre class="code">` with Pygments' class names; an unknown language is shown plain."""
    name = language.strip().lower()
    known = name in LANGUAGES
    inner = _colour(code, name) if known and len(code) <= MAX_HIGHLIGHTED else escape(code)
    label = f' class="language-{name}"' if known else ""
    return mark_safe(f'<pre class="code" tabindex="0"><code{label}>{inner}</code></pre>\n')  # noqa: S308 - escaped above


def _colour(code: str, language: str) -> str:
    return str(highlight(code, _lexer(language), HtmlFormatter(nowrap=True)))


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False)
