"""Diagrams: drawn without files or network, coloured by the page, harmless inside it."""

import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common import diagrams
from common.diagram_svg import UnsafeDiagramError, tidy_svg, tone_of
from common.diagrams import DiagramError, render_diagram, render_diagram_cached

STATES = """direction: down
closed: "Closed\\ncalls pass"
open: Open {class: fail}
closed -> open: failed share ≥ threshold {style.stroke-dash: 4}
open -> closed: probes succeed
"""
EVERYTHING = """
client: Browser {shape: person}
shop: Shop {
  api: API gateway
  cart: Cart {class: good}
  api -> cart: REST {style.animated: true}
}
db: Orders {shape: cylinder; style.multiple: true}
q: Queue {shape: queue; style.shadow: true}
cloud: Provider {shape: cloud; tooltip: not shown}
note: |md
  # Heading
  some *text* `code`
|
code: |python
  def f(): return "a"
|
t: users {shape: sql_table; id: int {constraint: primary_key}}
k: Class {shape: class; +f(x): int}
m: |latex \\frac{1}{2} |
red: {style: {fill: "#fdeee4"; stroke: red; font-color: "#c2410c"; 3d: true}}
blue: {style.fill: "linear-gradient(red, blue)"; style.fill-pattern: dots}
seq: {shape: sequence_diagram; a -> b: hi; b.x -> a}
client -> shop.api <-> cloud: {style.opacity: 0.5}
shop.cart -> q: {target-arrowhead: {shape: diamond; label: 1}}
"""
STYLE_SHEET = Path(__file__).parents[2] / "static" / "css" / "diagrams.css"


def elements(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter())


def refusal(source: str) -> DiagramError:
    with pytest.raises(DiagramError) as caught:
        render_diagram(source, "Words")
    return caught.value


def test_a_diagram_is_one_picture_with_a_name():
    root = ET.fromstring(render_diagram(STATES, 'Closed "goes" to <open>'))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Closed "goes" to <open>'
    assert root.get("class") == "d2 d2-narrow"
    width, height = root.get("viewBox", "").split()[2:]
    assert (root.get("width"), root.get("height")) == (width, height)


def test_a_wide_diagram_is_not_made_to_fit_a_telephone():
    source = "direction: right\n" + " -> ".join(f"step number {n}" for n in range(6))
    assert ET.fromstring(render_diagram(source, "Words")).get("class") == "d2"


def test_the_words_of_the_diagram_stay_text():
    text = "".join(ET.fromstring(render_diagram(STATES, "Words")).itertext())
    assert "failed share ≥ threshold" in text
    assert "calls pass" in text


@pytest.mark.parametrize("source", [STATES, EVERYTHING], ids=["states", "everything"])
def test_nothing_in_the_picture_needs_an_inline_style_or_leads_out_of_it(source):
    svg = render_diagram(source, "Words")
    for element in elements(svg):
        tag = element.tag.rpartition("}")[2]
        assert tag not in {"style", "script", "foreignObject", "image", "a", "use", "title"}
        assert "style" not in element.attrib
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "base64" not in svg
    assert "font-family" not in svg


@pytest.mark.parametrize("source", [STATES, EVERYTHING], ids=["states", "everything"])
def test_every_colour_comes_from_the_style_sheet(source):
    svg = render_diagram(source, "Words")
    root = ET.fromstring(svg)
    for mask in list(root.iter("{http://www.w3.org/2000/svg}mask")):
        mask.clear()
    paints = {element.get(paint) for element in root.iter() for paint in ("fill", "stroke")} - {
        None
    }
    assert paints <= {"none", "currentColor"}
    sheet = STYLE_SHEET.read_text()
    used = {name for element in root.iter() for name in element.get("class", "").split()}
    colours = {name for name in used if re.match("d2-(fill|stroke|code|fail|good)", name)}
    assert {name for name in colours if f".{name}" not in sheet} == set()


def test_the_style_sheet_names_tokens_only():
    colours = re.findall(r"(?:fill|stroke|color): ([^;]+);", STYLE_SHEET.read_text())
    assert {colour for colour in colours if not colour.startswith("var(--")} == {
        "context-stroke",
        "none",
    }


def test_ids_are_unique_and_differ_between_diagrams():
    first, second = render_diagram(EVERYTHING, "One"), render_diagram(EVERYTHING, "Two")
    ids = [element.get("id") for svg in (first, second) for element in elements(svg)]
    named = [name for name in ids if name]
    assert named
    assert len(named) == len(set(named))
    assert all(re.fullmatch(r"d2-[0-9a-f]{10}-\d+", name) for name in named)


def test_every_reference_has_its_target():
    svg = render_diagram(EVERYTHING, "Words")
    targets = {element.get("id") for element in elements(svg)}
    references = set(re.findall(r"url\(#([^)]+)\)", svg))
    assert references
    assert references <= targets


def test_the_same_source_gives_the_same_bytes():
    assert render_diagram(EVERYTHING, "Words") == render_diagram(EVERYTHING, "Words")


def test_a_class_of_the_author_that_means_something_stays():
    assert 'class="d2-fail"' in render_diagram(STATES, "Words")
    assert "attacker" not in render_diagram("a: A {class: attacker}", "Words")


@pytest.mark.parametrize(
    ("colour", "tone"),
    [
        ("#c2410c", "alarm"),
        ("red", "alarm"),
        ("#fdeee4", "alarm"),
        ("lightblue", "water"),
        ("#0b7a75", "water"),
        ("#fff", "plain"),
        ("black", "plain"),
        ("#888888", "plain"),
        ("linear-gradient(red, blue)", "plain"),
        ("#zzz", "plain"),
        ("darkslategray", "plain"),
    ],
)
def test_a_colour_becomes_the_nearest_of_the_page(colour, tone):
    assert tone_of(colour) == tone


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("a\nb: @/etc/secret", 2, "cannot import files"),
        ("...@other", 1, "cannot import files"),
        ("a\n\nx: {...@other}", 3, "cannot import files"),
        ("vars: {a: @other}", 1, "cannot import files"),
        ("layers: {a: @other}", 1, "cannot import files"),
        ("a: {icon: /etc/passwd}", 0, "icons or images"),
        ("a: {icon: ./here.svg}", 0, "icons or images"),
        ("a: {icon: https://example.org/a.svg}", 0, "icons or images"),
        ("a: {shape: image; icon: https://example.org/a.svg}", 0, "icons or images"),
        ("a: {link: https://example.org}", 0, "cannot hold links"),
        ("a: {link: javascript:alert(1)}", 0, "cannot hold links"),
        ("a\nb -> ", 2, "missing destination"),
        ("a: {shape: blob}", 1, "unknown shape"),
        ("", 0, "empty"),
        ("# only a comment", 0, "empty"),
        ("a" * 20_001, 0, "more than 20000"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence_with_its_line(source, line, sentence):
    error = refusal(source)
    assert error.line == line
    assert sentence in error.reason
    assert str(error) == (f"Line {line}: {error.reason}" if line else error.reason)


@pytest.mark.parametrize("key", ["x: @{path}", "x: {{...@{path}}}", "x: {{icon: {path}.d2}}"])
def test_a_file_of_the_server_is_neither_read_nor_named(tmp_path, key):
    (tmp_path / "secret.d2").write_text("password: hunter2")
    source = key.format(path=tmp_path / "secret")
    error = refusal(source)
    assert "hunter2" not in str(error)
    assert str(tmp_path) not in str(error)


def test_a_picture_in_markdown_is_not_fetched_or_shown(tmp_path):
    (tmp_path / "secret.svg").write_text("<svg>hunter2</svg>")
    source = f"a: |md\n  ![x]({tmp_path}/secret.svg) ![y](https://example.org/x.png) text\n|"
    svg = render_diagram(source, "Words")
    assert "hunter2" not in svg
    assert "example.org" not in svg


@pytest.mark.parametrize(
    "source",
    [
        "*: {a}\n**: {b}\n**: {c}\nx.y.z.w",
        "a.b." * 4000 + "c",
        "a->b->" * 3000 + "c",
        "{" * 15_000,
        "a: |md\n" + "> " * 5000 + "\n|",
        "a: |latex " + "{" * 9000 + " |",
        "a: {grid-rows: 1000000000; b}",
    ],
    ids=["globs", "deep", "long", "braces", "quotes", "formula", "grid"],
)
def test_a_hostile_diagram_ends_within_its_limits(source, monkeypatch):
    monkeypatch.setattr(diagrams, "WALL_SECONDS", 3)
    begun = time.monotonic()
    try:
        assert len(render_diagram(source, "Words")) < 500_000
    except DiagramError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are good ones
    assert time.monotonic() - begun < diagrams.WALL_SECONDS + 5


def test_a_diagram_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(diagrams, "WALL_SECONDS", 0.001)
    assert "takes too long" in refusal(STATES).reason


def test_a_picture_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("common.diagram_svg.MAX_SVG", 100)
    assert "too large" in refusal(STATES).reason


def test_a_picture_is_drawn_once_per_source_and_words(monkeypatch):
    cache.clear()
    drawn: list[str] = []
    draw = diagrams._draw
    monkeypatch.setattr(diagrams, "_draw", lambda source: drawn.append(source) or draw(source))
    first = render_diagram_cached(STATES, "Words")
    assert render_diagram_cached(STATES, "Words") == first
    render_diagram_cached(STATES, "Other words")
    assert drawn == [STATES, STATES]


@pytest.mark.parametrize("part", ["<script>x</script>", '<rect onclick="x" width="1"/>'])
def test_what_is_not_listed_is_not_copied(part):
    shapes = f'<rect/><g>{part}<path d="M 0 0"/></g>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><svg>{shapes}</svg></svg>'
    tidy = tidy_svg(svg, alt="a", prefix="p")
    assert "script" not in tidy
    assert "onclick" not in tidy
    assert '<path d="M 0 0">' in tidy


def test_a_document_type_is_refused():
    with pytest.raises(UnsafeDiagramError):
        tidy_svg('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', alt="a", prefix="p")


LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20)


@settings(deadline=None, max_examples=25)
@given(LABELS, LABELS)
@example("</text><script>alert(1)</script>", '"><img src=x onerror=alert(1)>')
@example("]]></style><script>", "&lt;script&gt;")
def test_no_label_becomes_markup(label, words):
    quoted = label.replace("\\", "\\\\").replace('"', '\\"').replace("$", "")
    try:
        svg = render_diagram(f'a: "{quoted}"', words)
    except DiagramError:
        return
    root = ET.fromstring(svg)
    assert root.get("aria-label") == words
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "rect", "text", "tspan", "mask", "g"}
