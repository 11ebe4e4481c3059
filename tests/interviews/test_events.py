"""The events process: who hears of a grading, when, and what breaks without harm."""

import http.client
import os
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.test import Client

from config import embedded, processes
from interviews import grading_queue
from interviews.events import PER_LEARNER
from interviews.models import Answer, Grading
from interviews.models.grades import State
from tests.interviews.workers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'events-under-test'"
PATIENCE_S = 30  # longer than the pause between heartbeats


class Listener:
    """A browser that waits: reads one event after the other."""

    def __init__(self, port: int, path: str, client: Client, **headers: str) -> None:
        self.connection = HTTPConnection("localhost", port, timeout=PATIENCE_S)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.connection.request("GET", path, headers={"Cookie": cookie, **headers})
        self.response: HTTPResponse = self.connection.getresponse()

    def event(self) -> str:
        """Return the next event."""
        lines = iter(lambda: self.response.readline().decode().strip(), "")
        return " ".join(lines)

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture
def port(submitted: Answer, tmp_path: Path) -> Iterator[int]:
    """The events process of `manage.py run` on the test database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    named = "application_name=events-under-test"
    query = f"{parts.query}&{named}" if parts.query else named
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}", query=query))
    found = processes.free_port("127.0.0.1")
    services = {one.name: one for one in processes.services("127.0.0.1", 1)}
    command = [*services["events"].command]
    command[command.index("--port") + 1] = str(found)
    log = tmp_path / "events.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=embedded.ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=os.environ | services["events"].environment | {"DATABASE_URL": url},
        )  # fmt: skip
    try:
        wait_until(lambda: is_alive(found), log.read_text)
        yield found
    finally:
        process.terminate()
        process.wait(30)
        wait_until(lambda: scalar(LISTENERS) == 0)


@pytest.fixture
def listen(port: int, submitted: Answer) -> Iterator[Callable[..., Listener]]:
    """Return a function that opens the stream of Ada's first stage."""
    opened: list[Listener] = []

    def make(client: Client, stage: str = "design", **headers: str) -> Listener:
        path = f"/events/interviews/{submitted.interview_id}/{stage}/"
        opened.append(Listener(port, path, client, **headers))
        return opened[-1]

    yield make
    for listener in opened:
        listener.close()


def is_alive(port: int) -> bool:
    probe = HTTPConnection("localhost", port, timeout=5)
    try:
        probe.request("GET", "/health/alive/")
        return probe.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        probe.close()


def scalar(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def begin_to_listen(listener: Listener) -> None:
    """The first event comes at once, the second when the database is being listened to."""
    assert listener.response.status == 200
    assert listener.response.headers["Content-Type"] == "text/event-stream"
    assert listener.event() == "retry: 3000 data: look"
    assert listener.event() == "data: look"


def test_a_waiting_page_is_told_when_its_grading_comes_further(
    ada: Client, listen: Callable[..., Listener], submitted: Answer
) -> None:
    listener = listen(ada)
    begin_to_listen(listener)
    grading_queue.grade_queued(submitted.gradings.get().pk)
    assert listener.event() == "data: look"
    assert Grading.objects.get().state == State.DONE
    assert listen(ada).response.status == 204


def test_nothing_is_told_to_anybody_else(
    grace: Client, stranger: Client, ada: Client, listen: Callable[..., Listener]
) -> None:
    assert listen(grace).response.status == 404
    assert listen(stranger).response.status == 404
    assert listen(ada, stage="failure").response.status == 404


def test_a_learner_has_a_few_streams_and_each_costs_no_connection_to_the_database(
    ada: Client, listen: Callable[..., Listener]
) -> None:
    streams = [listen(ada) for _ in range(PER_LEARNER)]
    for stream in streams:
        assert stream.event() == "retry: 3000 data: look"
    wait_until(lambda: scalar(LISTENERS) == 1)
    refused = listen(ada)
    assert refused.response.status == 503
    assert int(refused.response.headers["Retry-After"]) > 0
    streams[0].close()
    wait_until(lambda: listen(ada).response.status == 200)


def test_news_comes_again_after_the_database_has_cut_the_connection(
    ada: Client, listen: Callable[..., Listener], submitted: Answer
) -> None:
    listener = listen(ada)
    begin_to_listen(listener)
    assert scalar(LISTENERS.replace("count(*)", "count(pg_terminate_backend(pid))")) == 1
    assert listener.event() == "data: look"
    Grading.objects.update(state=State.FAILED, error="ValueError")
    assert listener.event() == "data: look"


def test_only_pages_of_the_same_host_may_read_it(
    ada: Client, listen: Callable[..., Listener]
) -> None:
    own = listen(ada, Origin="http://localhost:8000").response.headers
    assert own["Access-Control-Allow-Origin"] == "http://localhost:8000"
    assert own["Access-Control-Allow-Credentials"] == "true"
    for foreign in ("http://localhost.example.org", "https://localhost", "null"):
        assert "Access-Control-Allow-Origin" not in listen(ada, Origin=foreign).response.headers
