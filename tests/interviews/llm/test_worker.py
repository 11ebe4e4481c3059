"""A second opinion asked for by a real worker process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from interviews.models import Answer, Grade, ModelCall
from tests.interviews.llm.server import ModelServer, judges
from tests.interviews.workers import Worker, empty_broker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
QUOTE = "We store the charge in a queue"


@pytest.fixture
def worker(
    answer: Answer, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Worker]:
    """A worker that asks about everything."""
    monkeypatch.setenv("GRADER_LLM_URL", model.url)
    monkeypatch.setenv("GRADER_LLM_MODEL", "small-model")
    monkeypatch.setenv("GRADER_LLM_ALWAYS", "on")
    empty_broker()
    found = Worker(tmp_path / "worker.log")
    yield found
    found.kill()
    empty_broker()


def test_a_worker_asks_the_model(
    ada: Client, answer: Answer, model: ModelServer, worker: Worker
) -> None:
    model.script = [judges(queue=("met", [QUOTE]), idempotent=("missed", []))]
    url = f"/interviews/sessions/{answer.interview_id}/stages/design/submit/"
    data = {"text": f"{QUOTE} and retry it later.", "version": 0, "key": "one"}
    assert ada.post(url, data).status_code == 302
    wait_until(Grade.objects.exists, worker.say)
    grade = Grade.objects.get()
    assert grade.grader == "embedded+llm"
    assert grade.assessment["second_opinion"]["model"] == "small-model"
    assert ModelCall.objects.get().outcome == "answered"
    assert len(model.seen) == 1
