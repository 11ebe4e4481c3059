"""A lesson's blocks as the HTML that readers get. Runs when something is published, never later."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.diagrams import DiagramError, render_diagram_cached
from common.highlight import render_code
from common.markdown import RenderedText, render_markdown
from courses.interchange import (
    Block,
    CalculatorBlock,
    CalloutBlock,
    CodeBlock,
    DiagramBlock,
    LabBlock,
    QuizBlock,
    Reference,
    RevealBlock,
    TextBlock,
)
from labs.embeds import UnknownEmbedError, render_calculator, render_lab

VERSION = 3
"""Goes up when the same lesson would be rendered differently, so that editions can tell."""

CALLOUT_TITLES = {
    "note": gettext_noop("Note"),
    "tip": gettext_noop("Tip"),
    "warning": gettext_noop("Warning"),
}


@dataclass(slots=True)
class Renderer:
    """Renders the blocks of one lesson in order; what they share is collected on the way."""

    lesson_path: str
    used_ids: set[str] = field(default_factory=set)
    outline: list[dict[str, object]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    instruments: Counter[tuple[Callable[..., str], str]] = field(default_factory=Counter)

    def blocks(self, blocks: Sequence[Block]) -> str:
        """The HTML of all blocks."""
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> SafeString:
        """The HTML of one block; what cannot be rendered becomes a message for the author."""
        match block:
            case TextBlock(text):
                return self._text(text)
            case DiagramBlock():
                return self._diagram(block)
            case LabBlock(slug, preset):
                return self._instrument(render_lab, slug, preset)
            case CalculatorBlock(slug, preset):
                return self._instrument(render_calculator, slug, preset)
            case QuizBlock(slug):
                return self._quiz(slug)
            case CalloutBlock():
                return self._callout(block)
            case CodeBlock():
                return self._code(block)
            case RevealBlock():
                return self._reveal(block)

    def _rendered(self, text: str) -> RenderedText:
        rendered = render_markdown(text, used_ids=self.used_ids)
        self.plain.append(rendered.plain)
        return rendered

    def _text(self, text: str) -> SafeString:
        rendered = self._rendered(text)
        self.outline += [
            {"level": heading.level, "id": heading.id, "text": heading.text}
            for heading in rendered.outline
        ]
        return rendered.html

    def _diagram(self, block: DiagramBlock) -> SafeString:
        self.plain += [block.caption, block.alt]
        try:
            svg = render_diagram_cached(block.text, block.alt)
        except DiagramError as error:
            return author_message(str(error), block.text)
        frame = format_html(
            '<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>',
            _("Diagram: %(caption)s") % {"caption": block.caption or block.alt},
            svg,
        )
        return format_html('<figure class="diagram">{}{}</figure>', frame, _caption(block.caption))

    def _instrument(self, render: Callable[..., str], slug: str, preset: str) -> SafeString:
        self.instruments[render, slug] += 1
        try:
            html = render(slug, preset, place=self.instruments[render, slug])
            return mark_safe(html)  # noqa: S308 - a template's output
        except UnknownEmbedError as error:
            return author_message(str(error))

    def _quiz(self, slug: str) -> SafeString:
        address = f"/quizzes/{slug}/"
        return format_html(
            '<section class="quiz-embed" hx-get="{}?{}" hx-trigger="intersect once"'
            ' hx-swap="innerHTML"><p><a class="button" href="{}?{}">{}</a></p></section>',
            address,
            urlencode({"embed": 1, "from": self.lesson_path}),
            address,
            urlencode({"from": self.lesson_path}),
            _("Open the quiz"),
        )

    def _callout(self, block: CalloutBlock) -> SafeString:
        kind = _(CALLOUT_TITLES[block.kind])
        self.plain.append(block.title)
        return format_html(
            '<aside class="callout {}" aria-label="{}"><p class="title">{}</p>{}</aside>',
            block.kind,
            kind,
            block.title or kind,
            self._rendered(block.text).html,
        )

    def _code(self, block: CodeBlock) -> SafeString:
        self.plain += [block.caption, block.text]
        return render_code(block.text, block.language, caption=block.caption)

    def _reveal(self, block: RevealBlock) -> SafeString:
        self.plain.append(block.title)
        return format_html(
            '<details class="reveal"><summary>{}</summary>{}</details>',
            block.title,
            self._rendered(block.text).html,
        )


def _caption(text: str) -> SafeString:
    return format_html("<figcaption>{}</figcaption>", text) if text else SafeString("")


def author_message(reason: str, source: str = "") -> SafeString:
    """What stands in a lesson where a block could not be rendered."""
    listing = format_html('<pre tabindex="0"><code>{}</code></pre>', source) if source else ""
    return format_html('<div class="message error"><p>{}</p>{}</div>', reason, listing)


def render_objectives(objectives: Sequence[str]) -> SafeString:
    """The section that says what the reader will be able to do."""
    if not objectives:
        return SafeString("")
    return format_html(
        '<section class="objectives" aria-labelledby="objectives"><h2 id="objectives">{}</h2>'
        "<ul>{}</ul></section>\n",
        _("You will be able to"),
        format_html_join("", "<li>{}</li>", ((text,) for text in objectives)),
    )


def render_references(references: Sequence[Reference]) -> SafeString:
    """The section that lists works to read."""
    if not references:
        return SafeString("")
    return format_html(
        '\n<section class="references" aria-labelledby="references"><h2 id="references">{}</h2>'
        "<ol>{}</ol></section>",
        _("References"),
        format_html_join("", "<li>{}</li>", ((_reference(one),) for one in references)),
    )


def _reference(reference: Reference) -> SafeString | str:
    if not reference.url.startswith(("https://", "http://")):
        return reference.title
    return format_html(
        '<a href="{}" rel="noopener noreferrer">{}</a>', reference.url, reference.title
    )


def diagram_problem(text: str) -> str:
    """What is wrong with a D2 text, in a sentence; empty when it compiles."""
    try:
        render_diagram_cached(text, "-")
    except DiagramError as error:
        return str(error)
    return ""
