"""TeX to MathML, without a macro, a link or a style, and never an exception."""

import re
from html import escape, unescape
from typing import Literal
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert_to_element

MAX_TEX = 2_000
"""Longest formula that is typeset, in characters."""

MAX_DEPTH = 60
_BAD = re.compile(r"\\[A-Za-z]|^\\$|^&$")
_FORBIDDEN = re.compile(r"\\(?:(?:re)?newcommand|def|let|href|url|includegraphics)\b")
# The converter knows the first of each pair only.
_ENVIRONMENTS = {"aligned": "align*", "gathered": "align*"}
_LINKS = frozenset({"href", "src", "style", "class", "id"})


class _BadTexError(ValueError):
    """TeX that the converter does not understand."""


def render_tex(tex: str, *, display: Literal["inline", "block"]) -> str:
    """A `<math>` element; for TeX that cannot be typeset, its source as visible code."""
    try:
        return _render(tex, display)
    except Exception:  # noqa: BLE001 - the converter raises whatever its parser stumbles over
        marker = "$$" if display == "block" else "$"
        return f'<code class="math-source">{escape(f"{marker}{tex}{marker}")}</code>'


def _render(tex: str, display: Literal["inline", "block"]) -> str:
    if len(tex) > MAX_TEX or _FORBIDDEN.search(tex):
        raise _BadTexError
    for name, known in _ENVIRONMENTS.items():
        tex = tex.replace(f"{{{name}}}", f"{{{known}}}")
    element = convert_to_element(tex, display=display)
    _tidy(element)
    element.set("alttext", tex)
    return ET.tostring(element, encoding="unicode")


def _tidy(root: ET.Element) -> None:
    """Turn the converter's character references into characters; refuse what it did not know."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _BadTexError
        for element in level:
            _tidy_one(element)
        level = [child for element in level for child in element]


def _tidy_one(element: ET.Element) -> None:
    element.text = unescape(element.text or "") or None
    if element.tag in {"mi", "mo"} and _BAD.search(element.text or ""):
        raise _BadTexError
    for name in _LINKS & element.attrib.keys():
        del element.attrib[name]
    # Browsers know columns aligned by style sheets only.
    if element.tag == "mtd" and (alignment := element.attrib.pop("columnalign", "")):
        element.set("class", f"align-{alignment}")
