"""Playing a quiz as a browser would: read the form of a page, fill it in, send it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from quizzes.models import Quiz, QuizEdition

HTMX = {"HX-Request": "true"}


def page(quiz: Quiz) -> str:
    """The address of a quiz."""
    return reverse("quizzes:quiz", args=[quiz.slug])


@dataclass
class Shown:
    """What a page shows: hidden fields, options by value, and where the answer goes."""

    html: str
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown
        self.value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag == "form" and "/quizzes/" in named.get("action", ""):
            self.shown.action = named["action"]
        elif tag == "input" and named.get("type") == "hidden":
            self.shown.fields[named["name"]] = named["value"]
        elif tag == "input" and named.get("name") == "choice":
            self.value = named["value"]
            self.shown.options[self.value] = ""

    def handle_data(self, data: str) -> None:
        if self.value:
            self.shown.options[self.value] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "li":
            self.value = ""


def read(response: HttpResponse) -> Shown:
    """What a response shows."""
    shown = Shown(response.text)
    _Reader(shown).feed(shown.html)
    return shown


def open_quiz(client: Client, quiz: Quiz, **query: str) -> Shown:
    """What this browser is shown of a quiz."""
    return read(client.get(page(quiz), query))


def right_answer(quiz: Quiz, number: int) -> dict[str, Any]:
    """The form fields that answer a question of the newest edition rightly."""
    edition = QuizEdition.objects.filter(quiz=quiz).latest("number")
    question = edition.questions[number - 1]
    if question["kind"] == "numeric":
        return {"number": f"{question['answer']} {question['unit']}"}
    places = enumerate(question["options"], 1)
    return {"choice": [str(place) for place, option in places if option["correct"]]}


def post_answer(
    client: Client, quiz: Quiz, *, headers: dict[str, str] | None = None, **data: Any
) -> HttpResponse:
    """Answer the question that is shown, rightly unless `data` says otherwise."""
    shown = open_quiz(client, quiz)
    number = int(re.search(r"/answer/(\d+)/", shown.action)[1])  # type: ignore[index]
    given = {} if data.keys() & {"choice", "number"} else right_answer(quiz, number)
    return client.post(shown.action, shown.fields | given | data, headers=headers or {})


def answer_all(client: Client, quiz: Quiz) -> None:
    """Answer rightly what is not answered yet."""
    while "/answer/" in open_quiz(client, quiz).action:
        post_answer(client, quiz)
