"""Pages rendered once, with places for what is personal."""

import gzip
import zlib
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from common import shell
from common.templatetags.frame import PersonalNode

PAGE = (
    "{% load frame %}<h1>{{ title }}</h1>{{ user }}{{ csrf_token }}"
    "<p>{% personal %}{{ request.reader }}{% endpersonal %}</p>{{ body|safe }}"
    "<i>{% personal %}{{ title }} for {{ request.reader }}{% endpersonal %}</i>"
)


@pytest.fixture(autouse=True)
def _template(monkeypatch: pytest.MonkeyPatch) -> None:
    made = engines["django"].from_string(PAGE)
    monkeypatch.setattr(shell, "get_template", lambda _name: made)
    shell.forget_shells()


def ask(reader: str, *, squeezed: bool = False, **context: Any) -> Any:
    request: HttpRequest = RequestFactory().get(
        "/", headers={"Accept-Encoding": "gzip"} if squeezed else {}
    )
    request.reader = reader  # type: ignore[attr-defined]
    request.user = "somebody"  # type: ignore[assignment]
    request._messages = []  # type: ignore[attr-defined]
    values = {"title": "Retry", "body": "text"} | context
    return shell.render_shell(request, "page.html", values, key=str(values))


def test_each_reader_gets_their_own_parts_of_one_page() -> None:
    assert b"<p>Ada</p>text<i>Retry for Ada</i>" in ask("Ada").content
    assert b"<p>Grace</p>text<i>Retry for Grace</i>" in ask("Grace").content


def test_nothing_personal_is_known_outside_the_personal_parts() -> None:
    assert ask("Ada").content.startswith(b"<h1>Retry</h1><p>Ada</p>")


@pytest.mark.parametrize("size", [0, 10, 70_000])
def test_the_compressed_page_is_the_same_page(size: int) -> None:
    body = "lorem ipsum " * (size // 12)
    response = ask("Ada" * 300, squeezed=True, body=body)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert gzip.decompress(response.content) == ask("Ada" * 300, body=body).content


def test_what_one_reader_sees_is_escaped() -> None:
    assert b"&lt;script&gt;" in ask("<script>").content


def test_another_key_is_another_page() -> None:
    assert b"Breaker" in ask("Ada", title="Breaker").content
    assert b"Breaker" not in ask("Ada").content


def test_a_shell_that_is_too_old_is_made_again() -> None:
    request = RequestFactory().get("/")
    request.user, request._messages = "x", []  # type: ignore[assignment,attr-defined]
    pages = [
        shell.render_shell(request, "page.html", {"title": title}, key="k", max_age_s=age).content
        for title, age in [("One", 60.0), ("Two", 60.0), ("Three", -1.0)]
    ]
    assert [b"One" in page for page in pages] == [True, True, False]


def test_an_author_cannot_forge_a_place() -> None:
    page = ask("Ada", body="0:1; \x010\x02 {% personal %}").content
    assert page.count(b"Ada") == 2


@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_any_pieces_make_a_valid_stream(parts: list[bytes]) -> None:
    pieces = tuple(shell.Piece(b"x" * 5, shell._deflated(b"x" * 5)) for _ in range(len(parts) + 1))
    packed = shell._compressed(pieces, parts)
    assert zlib.decompress(packed, 31) == shell._plain(pieces, parts)


def test_elsewhere_a_personal_part_is_just_rendered() -> None:
    text = engines["django"].from_string("{% load frame %}{% personal %}{{ x }}{% endpersonal %}")
    assert text.render({"x": "y"}) == "y"
    assert PersonalNode.__doc__
