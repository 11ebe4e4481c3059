"""The blocks of a lesson and the one text form that each of them has."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from django.utils.translation import gettext as _

from courses.interchange.characters import check_characters, is_slug
from courses.interchange.errors import BlockError
from courses.interchange.markup import Directive, Passage, check_markdown, split

type CalloutKind = Literal["note", "tip", "warning"]
CALLOUT_KINDS: tuple[CalloutKind, ...] = get_args(CalloutKind.__value__)

_LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#.-]*")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A passage of Markdown."""

    text: str

    def source(self) -> str:
        return self.text

    def validate(self) -> None:
        """Raise BlockError when the text would be read back as something else."""
        check_markdown(self.text)


class _Directed:
    """What all blocks written as directives share."""

    __slots__ = ()

    def source(self) -> str:
        """The canonical text of the block, without a newline at the end."""
        raise NotImplementedError

    def validate(self) -> None:
        """Raise BlockError when the block's text form would not be read back as this block."""
        source = self.source()
        check_characters(source)
        segments = split(f"{source}\n\n+++\n\nend")
        read = [segment for segment in segments if isinstance(segment, Directive)]
        if len(read) != 1 or segments[0] is not read[0] or build_block(read[0]) != self:
            raise BlockError(
                _("A field has a line break, or a blank at its beginning or end; delete it.")
            )


@dataclass(frozen=True, slots=True)
class DiagramBlock(_Directed):
    """A D2 diagram; `alt` says in words what it shows."""

    text: str
    alt: str
    caption: str = ""

    def source(self) -> str:
        return _fenced("`", "{d2}", {"caption": self.caption, "alt": self.alt}, self.text)


@dataclass(frozen=True, slots=True)
class LabBlock(_Directed):
    slug: str
    preset: str = ""

    def source(self) -> str:
        return _fenced(":", f"{{lab}} {self.slug}", {"preset": self.preset})


@dataclass(frozen=True, slots=True)
class CalculatorBlock(_Directed):
    slug: str
    preset: str = ""

    def source(self) -> str:
        return _fenced(":", f"{{calculator}} {self.slug}", {"preset": self.preset})


@dataclass(frozen=True, slots=True)
class QuizBlock(_Directed):
    slug: str

    def source(self) -> str:
        return _fenced(":", f"{{quiz}} {self.slug}")


@dataclass(frozen=True, slots=True)
class CalloutBlock(_Directed):
    """`text` is Markdown; the title may be empty."""

    kind: CalloutKind
    text: str
    title: str = ""

    def source(self) -> str:
        return _fenced(":", f"{{callout}} {self.kind}", {"title": self.title}, self.text)


@dataclass(frozen=True, slots=True)
class RevealBlock(_Directed):
    """Markdown that is shown when the reader asks for it."""

    title: str
    text: str

    def source(self) -> str:
        return _fenced(":", f"{{reveal}} {self.title}", content=self.text)


@dataclass(frozen=True, slots=True)
class CodeBlock(_Directed):
    """Code with a caption; `language` is a Pygments alias, or empty."""

    language: str
    text: str
    caption: str = ""

    def source(self) -> str:
        head = f"{{code-block}} {self.language}".rstrip()
        return _fenced("`", head, {"caption": self.caption}, self.text)


type Block = (
    TextBlock
    | DiagramBlock
    | LabBlock
    | CalculatorBlock
    | QuizBlock
    | CalloutBlock
    | RevealBlock
    | CodeBlock
)


def _fenced(
    marker: str, head: str, options: Mapping[str, str] | None = None, content: str = ""
) -> str:
    fence = marker * _fence_length(marker, content)
    lines = [f":{name}: {value}" for name, value in (options or {}).items() if value]
    if content:
        # The blank line is always there: content that looks like an option stays content.
        lines += ["", content]
    return "\n".join([fence + head, *lines, fence])


def _fence_length(marker: str, content: str) -> int:
    """One longer than the longest run of the marker that begins a line of the content."""
    stripped = (line.lstrip(" \t") for line in content.split("\n"))
    return max(3, 1 + max(len(line) - len(line.lstrip(marker)) for line in stripped))


def build_block(directive: Directive) -> Block:
    """The block that a directive stands for; raises BlockError with the directive's own line."""
    builder = _BUILDERS.get(directive.name)
    if builder is None:
        raise BlockError(
            _("There is no directive “%(name)s”; known ones are %(known)s.")
            % {"name": directive.name, "known": ", ".join(_BUILDERS)},
            directive.line,
        )
    return builder(directive)


def block_from(segment: Directive | Passage) -> Block:
    """The block that a segment of a body stands for, validated."""
    if isinstance(segment, Directive):
        return build_block(segment)
    _check_passage(segment.text, segment.line)
    return TextBlock(segment.text)


def _check_passage(text: str, line: int) -> None:
    try:
        check_markdown(text)
    except BlockError as error:
        raise BlockError(error.reason, line + error.line - 1) from None


def _options(directive: Directive, *names: str) -> dict[str, str]:
    for name, option in directive.options.items():
        if name not in names:
            raise BlockError(
                _("“%(directive)s” has no option “%(name)s”.")
                % {"directive": directive.name, "name": name},
                option.line,
            )
    return {
        name: directive.options[name].value if name in directive.options else "" for name in names
    }


def _content(directive: Directive) -> str:
    if not directive.content:
        raise BlockError(
            _("“%(directive)s” has no content.") % {"directive": directive.name}, directive.line
        )
    return directive.content


def _markdown_content(directive: Directive) -> str:
    content = _content(directive)
    _check_passage(content, directive.content_line)
    return content


def _no_content(directive: Directive) -> None:
    if directive.content:
        raise BlockError(
            _("“%(directive)s” takes options only; the text inside it would be lost.")
            % {"directive": directive.name},
            directive.content_line,
        )


def _slug_argument(directive: Directive) -> str:
    if not is_slug(directive.argument):
        raise BlockError(
            _("“%(directive)s” needs a slug (small letters, digits, hyphens) after its name.")
            % {"directive": directive.name},
            directive.line,
        )
    return directive.argument


def _preset(directive: Directive) -> str:
    preset = _options(directive, "preset")["preset"]
    if preset and not is_slug(preset):
        raise BlockError(
            _("“%(preset)s” is not a preset: it needs small letters, digits, hyphens.")
            % {"preset": preset},
            directive.options["preset"].line,
        )
    return preset


def _no_argument(directive: Directive) -> None:
    if directive.argument:
        raise BlockError(
            _("“%(directive)s” takes nothing after its name.") % {"directive": directive.name},
            directive.line,
        )


def _diagram(directive: Directive) -> Block:
    _no_argument(directive)
    options = _options(directive, "caption", "alt")
    if not options["alt"]:
        raise BlockError(
            _("A diagram needs “:alt:”, one line that says in words what it shows."),
            directive.line,
        )
    return DiagramBlock(_content(directive), options["alt"], options["caption"])


def _lab(directive: Directive) -> Block:
    _no_content(directive)
    return LabBlock(_slug_argument(directive), _preset(directive))


def _calculator(directive: Directive) -> Block:
    _no_content(directive)
    return CalculatorBlock(_slug_argument(directive), _preset(directive))


def _quiz(directive: Directive) -> Block:
    _options(directive)
    _no_content(directive)
    return QuizBlock(_slug_argument(directive))


def _callout(directive: Directive) -> Block:
    if directive.argument not in CALLOUT_KINDS:
        raise BlockError(
            _("A callout is one of: %(kinds)s.") % {"kinds": ", ".join(CALLOUT_KINDS)},
            directive.line,
        )
    title = _options(directive, "title")["title"]
    kind = directive.argument
    return CalloutBlock(kind, _markdown_content(directive), title)


def _reveal(directive: Directive) -> Block:
    _options(directive)
    if not directive.argument:
        raise BlockError(
            _("“reveal” needs the question or title that stays visible, after its name."),
            directive.line,
        )
    return RevealBlock(directive.argument, _markdown_content(directive))


def _code(directive: Directive) -> Block:
    if directive.argument and not _LANGUAGE.fullmatch(directive.argument):
        raise BlockError(
            _("“%(language)s” is not the name of a language.") % {"language": directive.argument},
            directive.line,
        )
    caption = _options(directive, "caption")["caption"]
    return CodeBlock(directive.argument, _content(directive), caption)


_BUILDERS: dict[str, Callable[[Directive], Block]] = {
    "d2": _diagram,
    "lab": _lab,
    "calculator": _calculator,
    "quiz": _quiz,
    "callout": _callout,
    "reveal": _reveal,
    "code-block": _code,
}
