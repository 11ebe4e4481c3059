"""From D2's SVG to one that a strict content security policy lets through.

D2 colours its shapes by a style sheet inside the SVG, carries its fonts along, and writes `style`
attributes. All three go: what remains are shapes, text and class names that `diagrams.css` colours
with the tokens of the page, so one picture serves both themes. Nothing is copied that is not
listed here.
"""

import colorsys
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Literal
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

type Tone = Literal["alarm", "water", "plain"]

MAX_SVG = 400_000
"""Largest picture that is put into a page, in characters."""

NARROW = 440
"""Widest picture that shrinks to a screen of 360 px, in px; a wider one scrolls there."""

_ELEMENTS = frozenset(
    [
        "circle",
        "clipPath",
        "defs",
        "ellipse",
        "g",
        "line",
        "marker",
        "mask",
        "path",
        "polygon",
        "polyline",
        "rect",
        "svg",
        "text",
        "tspan",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "cx",
        "cy",
        "d",
        "dx",
        "dy",
        "height",
        "markerHeight",
        "markerUnits",
        "markerWidth",
        "maskUnits",
        "opacity",
        "orient",
        "overflow",
        "points",
        "r",
        "refX",
        "refY",
        "rx",
        "ry",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-width",
        "text-anchor",
        "transform",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
        "font-size",
    ]
)
_REFERENCES = frozenset(["clip-path", "marker-end", "marker-start", "mask"])
# Parts that only a mouse, a script or D2's own style sheet gives a meaning to.
_SKIPPED_CLASSES = frozenset(["appendix-icon", "dark-code", "dots-overlay"])
_AUTHOR_CLASSES = frozenset(["fail", "good"])
_CLASS = re.compile(
    r"(?:fill|stroke)-(?:N[1-7]|B[1-6]|A[AB][245])|connection|class_header"
    r"|text(?:-(?:bold|italic|mono|mono-bold|mono-italic|semibold|underline))?"
)
_VALUE = re.compile(r"[\w\s.,:#%()+-]*")
_LONG_FRACTION = re.compile(r"-?\d+\.\d{2,}")
_MASK_COLOURS = frozenset(["white", "black", "#000", "none"])
# D2 measures with Source Sans; the page's sans is wider by about these factors.
_FONT_SCALE = {"md-text": 0.875, "text-italic": 0.82, "text-mono": 1.0}
_DEFAULT_SCALE = 0.875
_CODE_COLOURS = {
    "#cf222e": "d2-code-word",
    "#0a3069": "d2-code-text",
    "#0550ae": "d2-code-number",
    "#6639ba": "d2-code-name",
    "#8250df": "d2-code-name",
    "#953800": "d2-code-name",
    "#57606a": "d2-code-comment",
    "#6e7781": "d2-code-comment",
}
_WARM = re.compile("red|orange|tomato|coral|salmon|crimson|brick|maroon|brown|pink|gold|yellow")
_NEUTRAL = re.compile("gr[ae]y|white|black|silver|gainsboro|snow|ivory|linen|beige|smoke|bisque")


class UnsafeDiagramError(ValueError):
    """The picture has something that a page cannot show; the message is a sentence."""


@dataclass(slots=True)
class _Context:
    """What holds for the element at hand, and the new names of ids."""

    prefix: str
    ids: dict[str, str] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()

    def within(self, tag: str) -> "_Context":
        if tag not in {"mask", "marker", "clipPath", "text"}:
            return self
        return _Context(self.prefix, self.ids, self.inside | {tag})

    def new_id(self, old: str) -> str:
        return self.ids.setdefault(old, f"{self.prefix}-{len(self.ids) + 1}")


def tidy_svg(svg: str, *, alt: str, prefix: str) -> str:
    """The SVG for a page. `alt` names the picture; every id in it begins with `prefix`.

    Raises UnsafeDiagramError for links, images and pictures that are too large.
    """
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        raise UnsafeDiagramError(_("The diagram cannot be drawn."))
    root = ET.fromstring(svg)  # noqa: S314 - made by D2, and without a document type
    inner = root.find("{*}svg")
    if inner is None:
        raise UnsafeDiagramError(_("The diagram is empty."))
    _refuse(root)
    if inner.find("{*}g") is None:
        raise UnsafeDiagramError(_("The diagram is empty."))
    context = _Context(prefix)
    # The first rectangle is the background; the page has its own.
    body = "".join(_render(shape, context) for shape in list(inner)[1:])
    head = {
        "class": "d2 d2-narrow" if _is_narrow(inner.get("width", "")) else "d2",
        "role": "img",
        "aria-label": alt,
        "viewBox": inner.get("viewBox", ""),
        "width": inner.get("width", ""),
        "height": inner.get("height", ""),
    }
    result = f'<svg xmlns="http://www.w3.org/2000/svg"{_attributes(head)}>{body}</svg>'
    if len(result) > MAX_SVG:
        raise UnsafeDiagramError(_("The diagram is too large; split it into several."))
    return result


def _is_narrow(width: str) -> bool:
    """Whether a picture can be read when it is made to fit the narrowest screen."""
    return width.isdecimal() and int(width) <= NARROW


def _refuse(root: ET.Element) -> None:
    tags = {_name(element) for element in root.iter()}
    if "a" in tags:
        raise UnsafeDiagramError(
            _("A diagram cannot hold links: put them into the text beside it.")
        )
    if tags & {"image", "use", "feImage"}:
        raise UnsafeDiagramError(_("A diagram cannot hold icons or images."))
    if "foreignObject" in tags:
        raise UnsafeDiagramError(_("A diagram cannot hold HTML."))


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _render(element: ET.Element, context: _Context) -> str:
    tag = _name(element)
    names = element.get("class", "").split()
    if tag not in _ELEMENTS or _SKIPPED_CLASSES.intersection(names):
        return ""
    inner = context.within(tag)
    content = escape(element.text or "", quote=False) if tag in {"text", "tspan"} else ""
    for child in element:
        content += _render(child, inner)
        if tag in {"text", "tspan"}:
            content += escape(child.tail or "", quote=False)
    attributes = dict(_kept(element, tag, names, context))
    if tag == "g" and not attributes:
        return content
    return f"<{tag}{_attributes(attributes)}>{content}</{tag}>"


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _kept(
    element: ET.Element, tag: str, names: list[str], context: _Context
) -> Iterator[tuple[str, str]]:
    """The attributes of an element that stay, in an order that does not vary."""
    given = _given(element)
    if "id" in given:
        yield "id", context.new_id(given["id"])
    classes = [*_classes(tag, names), *_tones(tag, given, names, context)]
    if classes:
        yield "class", " ".join(classes)
    yield from _paint(given, context)
    yield from _geometry(tag, given, names)
    for name in _REFERENCES & given.keys():
        if target := re.fullmatch(r"url\(#([^)]+)\)", given[name]):
            yield name, f"url(#{context.new_id(target[1])})"
    if any(name.endswith("}space") for name in element.attrib):
        yield "xml:space", "preserve"


def _given(element: ET.Element) -> dict[str, str]:
    """Attributes, and what the `style` attribute says, under one roof."""
    given = dict(element.attrib)
    for rule in given.pop("style", "").split(";"):
        name, colon, value = rule.partition(":")
        if colon:
            given[name.strip()] = value.strip()
    return given


def _classes(tag: str, names: list[str]) -> Iterator[str]:
    for name in names:
        if _CLASS.fullmatch(name):
            yield f"d2-{name.lower().replace('_', '-')}"
        elif tag == "g" and name in _AUTHOR_CLASSES:
            yield f"d2-{name}"


def _tones(
    tag: str, given: Mapping[str, str], names: list[str], context: _Context
) -> Iterator[str]:
    """Class names for the colours that an author chose: those of the page that come nearest."""
    if {"mask", "clipPath"} & (context.inside | {tag}):
        return
    for paint in ("fill", "stroke"):
        value = given.get(paint, "none").lower()
        named = any(name.startswith(f"{paint}-") for name in names)
        if named or value in {"none", "transparent", "currentcolor"}:
            continue
        if value in _CODE_COLOURS:
            yield _CODE_COLOURS[value]
            continue
        strong = paint == "stroke" or tag in {"text", "tspan"} or "marker" in context.inside
        yield f"d2-{paint}-{tone_of(value)}" + ("" if strong else "-soft")


def _paint(given: Mapping[str, str], context: _Context) -> Iterator[tuple[str, str]]:
    for paint in ("fill", "stroke"):
        value = given.get(paint, "")
        in_mask = "mask" in context.inside and value in _MASK_COLOURS
        if in_mask or value == "currentColor":
            yield paint, value
        elif value in {"none", "transparent"}:
            yield paint, "none"


def _geometry(tag: str, given: Mapping[str, str], names: list[str]) -> Iterator[tuple[str, str]]:
    size = _font_size(given.get("font-size", ""), names)
    for name in sorted(_ATTRIBUTES & given.keys()):
        value = given[name]
        if not value or not _VALUE.fullmatch(value):
            continue
        if name == "font-size":
            yield name, _short(size)
        elif name == "stroke-width" and value == "2":
            yield name, "1.5"
        else:
            yield name, _LONG_FRACTION.sub(lambda found: _short(float(found[0])), value)
    if tag == "rect" and "rx" not in given and _is_box(given, names):
        yield "rx", "5"


def _is_box(given: Mapping[str, str], names: list[str]) -> bool:
    """A plain shape; not the row of a table, a frame around code or a part of a mask."""
    plain = {"shape", "class_header"}.isdisjoint(names)
    return plain and ("stroke" in given or any(name.startswith("stroke-B") for name in names))


def _font_size(value: str, names: list[str]) -> float:
    pixels = float(value.removesuffix("px")) if re.fullmatch(r"[\d.]{1,9}(px)?", value) else 16.0
    scales = (scale for name, scale in _FONT_SCALE.items() if name in names)
    return pixels * next(scales, _DEFAULT_SCALE)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def tone_of(colour: str) -> Tone:
    """What a CSS colour says: a warning, an accent, or nothing in particular."""
    if not colour.startswith("#"):
        if _NEUTRAL.search(colour) or "(" in colour:
            return "plain"
        return "alarm" if _WARM.search(colour) else "water"
    digits = colour[1:]
    if len(digits) in {3, 4}:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}(?:[0-9a-f]{2})?", digits):
        return "plain"
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.2 or not 0.05 < lightness < 0.985:
        return "plain"
    return "alarm" if hue < 0.17 or hue > 0.9 else "water"
