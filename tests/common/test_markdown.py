"""Rendered text: what authors and learners may write, and what can never come out of it."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.highlight import LANGUAGES, MAX_HIGHLIGHTED, MAX_LINE, render_code
from common.markdown import Heading, render_markdown
from common.markdown_syntax import MAX_AUTHOR, MAX_LEARNER
from common.mathematics import render_tex

TRUSTS = ("author", "learner")


class Page(HTMLParser):
    """Every element of a piece of HTML with its attributes, and whether all are closed."""

    VOID = frozenset(["br", "hr", "img"])

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def html(text: str, trust: str = "author") -> str:
    return str(render_markdown(text, trust=trust).html)


def test_ordinary_text_becomes_ordinary_html():
    assert html("A *term* and **force**, ~~gone~~, `code`.") == (
        "<p>A <em>term</em> and <strong>force</strong>, <s>gone</s>, <code>code</code>.</p>\n"
    )


def test_headings_get_ids_of_their_own_and_an_outline():
    rendered = render_markdown("## The outage\n\n### Why *so*\n\n## The outage\n\n#### Deep")
    assert rendered.outline == (
        Heading(2, "section-the-outage", "The outage"),
        Heading(3, "section-why-so", "Why so"),
        Heading(2, "section-the-outage-2", "The outage"),
    )
    assert '<h2 id="section-the-outage">The outage<a class="anchor"' in rendered.html
    assert 'href="#section-the-outage" aria-label="Link to “The outage”">#</a>' in rendered.html
    assert "<h4>Deep</h4>" in rendered.html


def test_texts_of_one_page_share_their_ids():
    used: set[str] = set()
    first = render_markdown("## Why", used_ids=used)
    second = render_markdown("## Why", used_ids=used)
    assert [first.outline[0].id, second.outline[0].id] == ["section-why", "section-why-2"]


def test_a_heading_of_signs_only_still_has_an_id():
    assert render_markdown("## ?!").outline == (Heading(2, "section-part", "?!"),)


def test_the_title_of_the_page_stays_the_only_first_heading():
    assert "<h1" not in html("# One\n\nTwo\n===")


def test_code_is_coloured_by_class_names():
    page = html("```python\ndef f(): pass\n```")
    assert page.startswith('<figure class="code"><figcaption>python</figcaption><pre tabindex="0">')
    assert '<span class="k">def</span>' in page
    assert "style" not in page


def test_code_of_an_unknown_language_is_shown_plain():
    assert html("```klingon\n<a>\n```") == (
        '<figure class="code"><pre tabindex="0"><code class="highlight">&lt;a&gt;\n'
        "</code></pre></figure>\n"
    )


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_offered_has_a_lexer_that_is_quick_on_nonsense(language):
    begun = time.process_time()
    for unit in ("(", '"', "<", "/*", "\\", "a", "a ", "a.", "$", "<?", "<!--", "\t", "%", "\n"):
        for line in (8, MAX_LINE):
            code = (unit * line)[:line] + "\n"
            assert "<pre" in render_code((code * MAX_HIGHLIGHTED)[:MAX_HIGHLIGHTED], language)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("code", ["x" * 401, "x\n" * 3001, "x" + "\n" * 200 + "y"])
def test_code_that_no_person_wrote_is_shown_plain(code):
    assert "<span" not in render_code(code, "python")


def test_a_caption_is_text_and_nothing_else():
    assert "<figcaption>&lt;b&gt;</figcaption>" in render_code("x", "python", caption="<b>")


def test_tables_scroll_by_themselves_and_are_named_by_their_columns():
    page = Page(html("| Name | Cost |\n| :-- | --: |\n| a | 1 |"))
    (frame,) = page.attributes("div")
    assert frame == {
        "class": "table",
        "tabindex": "0",
        "role": "group",
        "aria-label": "Table: Name, Cost",
    }
    assert page.attributes("td") == [{"class": "align-left"}, {"class": "num"}]


def test_links_to_other_sites_tell_them_nothing():
    assert '<a href="https://a.org" rel="noopener noreferrer">x</a>' in html("[x](https://a.org)")
    assert '<a href="/labs/retry">x</a>' in html("[x](/labs/retry)")


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.org",
        "blob:x",
    ],
)
def test_no_other_scheme_becomes_a_link(url, trust):
    for text in (f"[x]({url})", f"[x](<{url}>)", f"<{url}>", f"[x][r]\n\n[r]: {url}"):
        assert "href" not in html(text, trust)


def test_learners_link_to_other_sites_only_and_search_engines_do_not_follow():
    page = Page(html("[a](https://a.org) [b](/account/logout/) [c](//a.org) [d](#x)", "learner"))
    assert page.attributes("a") == [
        {"href": "https://a.org", "rel": "nofollow ugc noopener noreferrer"}
    ]


def test_authors_show_images_of_ours_only():
    page = Page(html("![A *map*](/media/maps/a-1.png)"))
    assert page.attributes("img") == [
        {"src": "/media/maps/a-1.png", "alt": "A map", "loading": "lazy", "decoding": "async"}
    ]
    for url in (
        "https://a.org/x.png",
        "//a.org/x.png",
        "/media/../account/logout/",
        "/media/%2e%2e/x",
        "/media/x.png?y",
        "/mediator/x.png",
        "media/x.png",
        "data:image/png;base64,AAAA",
    ):
        assert "<img" not in html(f"![words]({url})")


def test_learners_show_no_images():
    assert "<img" not in html("![x](/media/a.png) ![y](https://a.org/y.png)", "learner")


def test_learners_have_no_headings_tables_or_mathematics():
    page = html("## A\n\nB\n---\n\n| a |\n| - |\n| b |\n\n$x^2$", "learner")
    tags = {tag for tag, _attributes in Page(page).elements}
    assert tags == {"p"}


@pytest.mark.parametrize("trust", TRUSTS)
def test_html_is_shown_never_obeyed(trust):
    page = html('<script>x</script> <img src=x onerror=y> <b style="color:red">c</b>', trust)
    assert {tag for tag, _attributes in Page(page).elements} == {"p"}
    assert "&lt;script&gt;" in page


def test_formulas_become_mathml():
    assert "<mfrac>" in html("$\\frac{1}{2}$")
    block = html("$$\nx^2\n$$")
    assert '<div class="math" tabindex="0" role="group" aria-label="Formula">' in block
    assert '<math display="block" alttext="x^2">' in block


def test_money_is_not_a_formula():
    assert "<math" not in html("It costs $5 today and $6 tomorrow.")


@pytest.mark.parametrize(
    "tex",
    [
        "\\frac{",
        "\\unknown{x}",
        "x^",
        "",
        "\\left(",
        "{" * 500,
        "a" * 3000,
        "\\newcommand{\\a}{b}",
        "\\href{javascript:x}{y}",
        "\\begin{matrix}",
        "\\",
        "&",
    ],
)
def test_a_formula_that_cannot_be_set_is_shown_as_typed(tex):
    assert render_tex(tex, display="inline").startswith('<code class="math-source">$')


def test_a_formula_cannot_smuggle_html():
    page = html("$\\text{</math><script>alert(1)</script>}$")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_plain_text_is_for_search():
    rendered = render_markdown("## A *b*\n\nc `d`\ne [f](https://g.org)\n\n| h |\n| - |\n| $i$ |")
    assert rendered.plain == "A b\nc d e f\nh\ni"


@pytest.mark.parametrize(("trust", "most"), [("author", MAX_AUTHOR), ("learner", MAX_LEARNER)])
def test_a_text_over_the_limit_is_shown_as_typed(trust, most):
    rendered = render_markdown("*<" * most, trust=trust)
    assert rendered.html.startswith('<figure class="code"><pre')
    assert "<em>" not in rendered.html


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "*",
        "_",
        "`",
        "~",
        "$",
        "!",
        "(",
        "[](",
        "![",
        "*a ",
        "_a*b",
        "> ",
        "- ",
        "1. ",
        "|",
        "\\",
        "&",
        "<",
        "$a",
        "$$",
        "a|b\n",
        "* a\n",
        "[a](b ",
        "``a```",
        "~~a ",
        ":::\n",
        "# ",
        "$$\na\n\n",
        "[a]: b\n",
        "&#",
        "<a:",
        "*_",
        "**a ",
        "    ",
        "\t- ",
        "- a\n  ",
        "https://a ",
    ],
)
def test_hostile_repetition_is_rendered_quickly(unit, trust):
    most = MAX_AUTHOR if trust == "author" else MAX_LEARNER
    begun = time.process_time()
    html(unit * (most // len(unit)), trust)
    html(unit * 1_000_000, trust)
    assert time.process_time() - begun < 6


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("  " * depth + "- a" for depth in range(200)),
        "|a" * 5000 + "|\n" + "|-" * 5000 + "|\n" + "|x\n" * 5000,
        "|a|\n|-|\n" + "|b|\n" * 20_000,
        "".join("`" * length + "a" for length in range(400)),
        "> " * 40_000 + "a",
        "$" + "{" * 50_000 + "$",
        "[a]: b\n" * 5000 + "[a]" * 5000,
        "## a\n" * 20_000,
    ],
    ids=["lists", "wide table", "long table", "ticks", "quotes", "braces", "links", "headings"],
)
def test_hostile_structure_is_rendered_quickly(text):
    begun = time.process_time()
    html(text)
    assert time.process_time() - begun < 6


PIECES = st.sampled_from(
    [
        "<script>",
        "</p>",
        "<math>",
        "javascript:",
        "[x](",
        ")",
        "![",
        "](",
        "```",
        "\n",
        "\n\n",
        "$",
        "$$",
        "|",
        "- ",
        "> ",
        "    ",
        "\\text{",
        "}",
        "&lt;",
        "&#0;",
        "\x00",
        "*",
        "_",
        "`",
        "## ",
        "| - |",
        "onerror=",
        'style="x"',
        "<!--",
        "-->",
        "]]>",
        "\u202e",
        "\ud800",
        "🚢",
        "'",
        '"',
    ]
)
NASTY = st.lists(PIECES | st.text(max_size=10), max_size=25).map("".join)


@settings(deadline=None, max_examples=300)
@given(NASTY, st.sampled_from(TRUSTS))
@example("$\\href{javascript:alert(1)}{x}$", "author")
@example("[x](https://a.org/'onmouseover='y)", "learner")
def test_nothing_that_is_rendered_can_act(text, trust):
    for tag, attributes in Page(html(text, trust)).elements:
        assert tag not in {"script", "style", "iframe", "object", "form", "input", "svg", "link"}
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src"):
            scheme, colon, _rest = (attributes.get(name) or "").partition(":")
            assert not colon or scheme in {"http", "https", "mailto"} or "/" in scheme


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("\\{}^_&$ab1 <>()[]%#~frac sqrtleftright"), max_size=60))
def test_no_formula_raises_or_leaves_an_element_open(tex):
    assert Page(html(f"${tex}$")).open == []
