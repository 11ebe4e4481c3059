"""The dialect of Markdown that Loadmark reads, as a parser without any rendering.

The splitter of lessons and the renderer both start from here, so that a line which one of them
takes for a code fence or a directive is never taken for something else by the other.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

MAX_AUTHOR = 50_000
MAX_LEARNER = 20_000
"""Longest text that is rendered, in characters; a longer one is shown as it was typed."""

BLOCK_BREAK = "block_break"
_PATH_BEGINS = re.compile("[/?#]")
_SCHEMES = frozenset({"http", "https", "mailto"})
# What may interrupt a paragraph must end these containers too.
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


class _AuthorDialect(MarkdownIt):
    """A link with any other scheme stays the text that was typed; our own pages may be linked."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is the parser's
        before, colon, _rest = _PATH_BEGINS.split(url, maxsplit=1)[0].partition(":")
        return not colon or before.strip().lower() in _SCHEMES


class _LearnerDialect(MarkdownIt):
    """Links lead to other sites only, so that none can act on a reader's behalf in ours."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is the parser's
        scheme, colon, _rest = url.partition(":")
        return bool(colon) and scheme.strip().lower() in _SCHEMES


def author_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, mathematics, directives and block breaks; no HTML."""
    parser = _AuthorDialect("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # A blank line ends display mathematics: an unclosed `$$` cannot swallow what follows it.
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
    )
    parser.use(colon_fence_plugin)
    parser.block.ruler.before("hr", BLOCK_BREAK, _block_break, _INTERRUPTS)
    return parser


def learner_parser() -> MarkdownIt:
    """Emphasis, strikethrough, lists, quotations, code and links to other sites; no HTML."""
    parser = _LearnerDialect("commonmark", {"html": False}).enable("strikethrough")
    return parser.disable(["image", "heading", "lheading", "hr", "reference", "html_block"])


def block_parser() -> MarkdownIt:
    """The same dialect, stopping at blocks: tokens with line numbers, no inline content."""
    parser = author_parser()
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _block_break(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """A line that holds `+++` and nothing else."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if line.rstrip(" \t") != "+++":
        return False
    if not silent:
        state.line = start + 1
        token = state.push(BLOCK_BREAK, "hr", 0)
        token.map = [start, state.line]
    return True
