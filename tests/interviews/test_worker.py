"""Grading by a real worker process, and what is left when it is killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from interviews import tasks
from interviews.models import Answer, Grade, Grading
from interviews.models.grades import State
from tests.interviews.workers import APPLICATION, Worker, empty_broker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
GATE = 20_260_101  # number of the advisory lock


@pytest.fixture
def start_worker(answer: Answer, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Return a function that starts a worker; all of them are gone when the test is."""
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(tmp_path / f"worker-{len(workers)}.log"))
        return workers[-1]

    empty_broker()
    yield start
    for worker in workers:
        if worker.process.poll() is None:
            worker.kill()
    wait_until(no_worker_is_connected)
    empty_broker()


@contextmanager
def held_at_first_criterion() -> Iterator[Callable[[], None]]:
    """Make whoever writes progress wait; gives a function that lets them go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS "
            f"'BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NEW; END'"
        )
        cursor.execute(
            "CREATE TRIGGER gate BEFORE UPDATE OF progress ON interviews_grading FOR EACH ROW "
            "WHEN (NEW.progress <> '[]' AND NEW.state = 'leased') EXECUTE FUNCTION gate()"
        )
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            yield lambda: cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            cursor.execute("DROP FUNCTION gate() CASCADE")


def count(table: str, condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE {condition}")
        return cursor.fetchone()[0]


def no_worker_is_connected() -> bool:
    return count("pg_stat_activity", f"application_name = '{APPLICATION}'") == 0


def is_blocked() -> bool:
    return count("pg_locks", "locktype = 'advisory' AND NOT granted") > 0


def is_graded() -> bool:
    return Grading.objects.get().state == State.DONE


def submit(client: Client, url: str) -> None:
    data = {"text": "We store the charge in a queue.", "version": 0, "key": "one"}
    assert client.post(url, data).status_code == 302


def test_a_worker_grades_what_was_submitted(
    ada: Client, stage_url: Callable[..., str], start_worker: Callable[[], Worker]
) -> None:
    worker = start_worker()
    submit(ada, stage_url("submit/"))
    wait_until(is_graded, worker.say)
    assert "Graded by the embedded grader" in ada.get(stage_url()).text


def test_the_grade_arrives_when_the_worker_is_killed_in_the_middle(
    ada: Client, stage_url: Callable[..., str], start_worker: Callable[[], Worker]
) -> None:
    worker = start_worker()
    with held_at_first_criterion() as release:
        submit(ada, stage_url("submit/"))
        wait_until(is_blocked, worker.say)
        assert Grading.objects.get().state == State.LEASED
        worker.kill()
        assert not Grade.objects.exists()
        release()
        # The server notices the dead client only when it has written for it.
        wait_until(no_worker_is_connected)
    Grading.objects.update(lease_until=Now() - timedelta(seconds=1))
    successor = start_worker()
    tasks.sweep()
    wait_until(is_graded, successor.say)
    assert Grade.objects.count() == 1
    assert Grading.objects.get().attempts == 2
    assert Answer.objects.get().current_grade == Grade.objects.get()


def test_the_grade_arrives_when_the_broker_forgets_everything(
    ada: Client, stage_url: Callable[..., str], start_worker: Callable[[], Worker]
) -> None:
    submit(ada, stage_url("submit/"))
    empty_broker()
    worker = start_worker()
    Grading.objects.update(sent_at=Now() - timedelta(minutes=1))
    tasks.sweep()
    wait_until(is_graded, worker.say)
    assert Grade.objects.count() == 1


def test_a_task_that_is_delivered_many_times_makes_one_grade(
    ada: Client, stage_url: Callable[..., str], start_worker: Callable[[], Worker]
) -> None:
    submit(ada, stage_url("submit/"))
    for _again in range(5):
        tasks.grade.delay(Grading.objects.get().pk)
    worker = start_worker()
    wait_until(lambda: worker.log.read_text().count("succeeded in") == 6, worker.say)
    assert Grade.objects.count() == 1
    assert Grading.objects.get().attempts == 1


def test_a_worker_goes_on_after_the_database_has_cut_its_connection(
    ada: Client, stage_url: Callable[..., str], start_worker: Callable[[], Worker]
) -> None:
    worker = start_worker()
    submit(ada, stage_url("submit/"))
    wait_until(is_graded, worker.say)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    assert count("pg_stat_activity", others) > 0
    assert count(
        "(SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + others + ")", "true"
    )
    ada.post(stage_url("open/", "failure"))
    ada.post(stage_url("submit/", "failure"), {"text": "a queue", "version": 0, "key": "two"})
    wait_until(lambda: Grade.objects.count() == 2, worker.say)
