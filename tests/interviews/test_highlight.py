"""Marking the words of an answer."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from interviews.highlight import Span, mark_text

SPANS = st.lists(
    st.builds(Span, st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(["a", "b", "c"])),
    max_size=6,
)


class Reader(HTMLParser):
    """Reads back text and tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.marked = ""
        self.tags: set[str] = set()
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self.depth += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self.depth else ""


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@given(text=st.text(st.characters(blacklist_characters="\r\x00"), max_size=40), spans=SPANS)
def test_the_text_stays_itself_whatever_the_spans(text: str, spans: list[Span]) -> None:
    reader = read(mark_text(text, spans))
    assert reader.text == text
    assert reader.tags <= {"mark", "span"}


def test_what_a_span_covers_is_marked() -> None:
    html = mark_text("store the charge, then retry", [Span(0, 16, "e1"), Span(10, 28, "e2")])
    assert read(html).marked == "store the charge, then retry"
    assert html.count('id="e1"') == html.count('id="e2"') == 1


def test_markup_in_an_answer_is_text() -> None:
    assert mark_text("<b>&", [Span(0, 3, "e")]) == (
        '<mark><span id="e"></span>&lt;b&gt;</mark>&amp;'
    )
