"""The circuit breaker, alone and around a server that does not answer."""

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from interviews import actions, grading_queue
from interviews.llm import breaker
from interviews.models import Answer, Grade, Grading
from tests.interviews.llm.server import ModelServer, fails, judges

PAUSE_S = 1


@pytest.fixture(autouse=True)
def _short_pause(settings: Settings) -> None:
    settings.GRADER_LLM_PAUSE_SECONDS = PAUSE_S


@pytest.fixture
def grade_again(submitted: Answer) -> Iterator[Callable[[], Grade]]:
    """Return a function that queues and grades Ada's answer anew."""

    def run() -> Grade:
        Grading.objects.exclude(state="done").delete()
        grading = actions.queue_grading(answer=submitted)
        grading_queue.grade_queued(grading.pk)
        return Grade.objects.get(grading=grading)

    return run


def fail(times: int) -> None:
    for _time in range(times):
        breaker.failed()


def had(grade: Grade) -> str:
    return str(grade.assessment["second_opinion"]["had"])


def test_it_opens_after_some_failures_in_a_row() -> None:
    fail(breaker.LIMIT - 1)
    assert breaker.may_ask()
    fail(1)
    assert not breaker.may_ask()


def test_a_success_between_them_starts_the_count_anew() -> None:
    fail(breaker.LIMIT - 1)
    breaker.succeeded()
    fail(breaker.LIMIT - 1)
    assert breaker.may_ask()


def test_after_the_pause_one_may_try() -> None:
    fail(breaker.LIMIT)
    time.sleep(PAUSE_S + 0.1)
    assert [breaker.may_ask() for _caller in range(3)] == [True, False, False]


def test_a_probe_that_succeeds_closes_it() -> None:
    fail(breaker.LIMIT)
    time.sleep(PAUSE_S + 0.1)
    assert breaker.may_ask()
    breaker.succeeded()
    assert [breaker.may_ask() for _caller in range(3)] == [True, True, True]


def test_a_probe_that_fails_opens_it_again() -> None:
    fail(breaker.LIMIT)
    time.sleep(PAUSE_S + 0.1)
    assert breaker.may_ask()
    fail(1)
    assert not breaker.may_ask()
    time.sleep(PAUSE_S + 0.1)
    assert breaker.may_ask()


def test_a_probe_that_is_withdrawn_lets_the_next_try() -> None:
    fail(breaker.LIMIT)
    time.sleep(PAUSE_S + 0.1)
    assert breaker.may_ask()
    breaker.withdrawn()
    assert breaker.may_ask()


def test_while_it_is_open_the_embedded_grader_grades_alone_at_once(
    model: ModelServer,
    grade_again: Callable[[], Grade],
    first_finds: Callable[..., None],
) -> None:
    first_finds(queue="unsure", idempotent="missed")
    model.script = [fails(401)]
    for _answer in range(breaker.LIMIT):
        assert had(grade_again()) == "unavailable"
    asked = len(model.seen)
    assert asked == breaker.LIMIT
    grade = grade_again()
    assert (grade.grader, had(grade)) == ("embedded", "unavailable")
    assert len(model.seen) == asked


def test_once_the_server_is_back_it_is_asked_again(
    model: ModelServer,
    grade_again: Callable[[], Grade],
    first_finds: Callable[..., None],
) -> None:
    first_finds(queue="unsure", idempotent="missed")
    model.script = [judges(queue=("met", ["store the charge in a queue"]))]
    fail(breaker.LIMIT)
    assert had(grade_again()) == "unavailable"
    time.sleep(PAUSE_S + 0.1)
    assert had(grade_again()) == "given"
    assert had(grade_again()) == "given"


def test_an_exhausted_budget_is_no_failure_of_the_server(
    model: ModelServer,
    grade_again: Callable[[], Grade],
    first_finds: Callable[..., None],
    settings: Settings,
) -> None:
    first_finds(queue="unsure", idempotent="missed")
    settings.GRADER_LLM_DAY_TOKENS = 1
    for _answer in range(breaker.LIMIT + 1):
        assert had(grade_again()) == "over budget"
    assert breaker.may_ask()


def test_a_cache_that_is_down_costs_the_second_opinion_only(
    model: ModelServer,
    grade_again: Callable[[], Grade],
    first_finds: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Down:
        def get(self, *_args: object) -> None:
            raise ConnectionError

    first_finds(queue="unsure", idempotent="missed")
    monkeypatch.setattr(breaker, "cache", Down())
    grade = grade_again()
    assert (grade.grader, had(grade)) == ("embedded", "unavailable")
    assert model.seen == []
