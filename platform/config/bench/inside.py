"""What is measured inside one process: queries, CPU of a quiz answer."""

import re
import secrets
import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.bench.people import learner_with_session

ANSWERS = 60
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_OPTION = re.compile(r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]+)"')
_NUMBER = re.compile(r'<input type="text"[^>]* name="([^"]+)"')
_ACTION = re.compile(r'action="(/quizzes/[^"]+/answer/[0-9]+/)"')


def client(cookie: str) -> Client:
    """Return a signed-in client."""
    made = Client(SERVER_NAME="localhost")
    made.cookies.load(cookie)
    return made


def queries(cookie: str, path: str) -> int:
    """Return how many queries a page costs once everything is warm."""
    browser = client(cookie)
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        browser.get(path)
    return len(captured)


def quiz_answer_ms(slug: str) -> float:
    """Return the median CPU time of answering a question, request and response included."""
    spent: list[float] = []
    while len(spent) < ANSWERS:
        _learner, cookie = learner_with_session(secrets.randbelow(10**9))
        found = list(_answer_all(client(cookie), f"/quizzes/{slug}/"))
        if not found:
            raise RuntimeError(f"The quiz {slug} could not be answered.")
        spent.extend(found)
    return statistics.median(spent)


def _answer_all(browser: Client, path: str) -> Iterator[float]:
    for _ in range(20):
        text = browser.get(path).content.decode()
        action = _ACTION.search(text)
        if action is None:
            return
        fields = _fields(text)
        begun = time.process_time()
        response = browser.post(action[1], fields, headers={"HX-Request": "true"})
        yield (time.process_time() - begun) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"Answering failed with {response.status_code}.")


def _fields(text: str) -> dict[str, str]:
    fields = dict(_HIDDEN.findall(text))
    if option := _OPTION.search(text):
        fields[option[1]] = option[2]
    elif number := _NUMBER.search(text):
        fields[number[1]] = "1"
    return fields
