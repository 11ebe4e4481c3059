"""The last thing that happens to rendered text: only what is listed here reaches a page."""

import re

import nh3
from django.conf import settings

from common.highlight import CODE_CLASSES

SCHEMES = frozenset({"http", "https", "mailto"})
ALIGNMENTS = {"left": "align-left", "center": "align-center", "right": "num"}
"""Class names for the columns of tables; figures are set flush right."""

_LEARNER_TAGS = frozenset(
    ["p", "br", "em", "strong", "s", "code", "pre", "figure", "blockquote", "ul", "ol", "li", "a"]
)
_MATHML_TAGS = frozenset(
    [
        "math",
        "menclose",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mroot",
        "mrow",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
    ]
)
_AUTHOR_TAGS = (
    _LEARNER_TAGS
    | _MATHML_TAGS
    | frozenset(
        [
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "img",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "div",
            "figcaption",
            "span",
        ]
    )
)
_AUTHOR_ATTRIBUTES = {
    "a": {"href", "title", "rel", "aria-label"},
    "img": {"src", "alt", "title", "loading", "decoding"},
    "ol": {"start"},
    "h2": {"id"},
    "h3": {"id"},
    "div": {"tabindex", "role", "aria-label"},
    "pre": {"tabindex"},
    "math": {"display", "alttext"},
    "menclose": {"notation"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": {
        "stretchy",
        "fence",
        "form",
        "separator",
        "lspace",
        "rspace",
        "minsize",
        "maxsize",
        "symmetric",
        "largeop",
        "movablelimits",
        "accent",
    },
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mspace": {"width", "height", "depth", "linebreak"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"rowspacing", "columnspacing", "columnlines", "rowlines"},
}
_AUTHOR_CLASSES = {
    "a": {"anchor"},
    "span": CODE_CLASSES,
    "figure": {"code"},
    "code": {"highlight", "math-source"},
    "div": {"table", "math"},
    "th": set(ALIGNMENTS.values()),
    "td": set(ALIGNMENTS.values()),
    "mtd": {"align-left", "align-center", "align-right"},
}
_MEDIA_NAME = re.compile(r"[A-Za-z0-9_/-]+(?:\.[A-Za-z0-9_-]+)*")


def is_own_image(url: str) -> bool:
    """Whether an address is that of a file below our own media path, spelled without tricks."""
    prefix = settings.MEDIA_URL
    own = url.startswith(prefix) and prefix.startswith("/") and not prefix.startswith("//")
    return own and _MEDIA_NAME.fullmatch(url.removeprefix(prefix)) is not None


def _only_own_images(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not is_own_image(value):
        return None
    return value


_AUTHOR = nh3.Cleaner(
    tags=set(_AUTHOR_TAGS),
    attributes=_AUTHOR_ATTRIBUTES,
    attribute_filter=_only_own_images,
    allowed_classes={tag: set(names) for tag, names in _AUTHOR_CLASSES.items()},
    url_schemes=set(SCHEMES),
    link_rel=None,
)
_LEARNER = nh3.Cleaner(
    tags=set(_LEARNER_TAGS),
    attributes={"a": {"href"}, "ol": {"start"}, "pre": {"tabindex"}},
    allowed_classes={"figure": {"code"}},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="nofollow ugc noopener noreferrer",
)


def clean_author_html(html: str) -> str:
    return _AUTHOR.clean(html)


def clean_learner_html(html: str) -> str:
    return _LEARNER.clean(html)
