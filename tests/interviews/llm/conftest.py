"""An installation with a language model, and an embedded grader that doubts as it is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from grading import (
    Assessment,
    CriterionAssessment,
    EmbeddedGrader,
    Evidence,
    Flag,
    OnCriterion,
    Verdict,
)
from grading.embedded import total
from grading.verdict import CREDIT
from interviews import grading_queue
from interviews.llm import conversation
from interviews.models import Answer, Grade
from tests.interviews.llm.server import ModelServer


class Told(EmbeddedGrader):
    """Finds what a test says, quoting the first five words where something is found."""

    def __init__(self, verdicts: dict[str, Verdict], flags: tuple[Flag, ...]) -> None:
        self.verdicts, self.flags = verdicts, flags

    def grade(
        self, question: str, rubric: Any, answer: str, *, on_criterion: OnCriterion | None = None
    ) -> Assessment:
        found = [judged(self.verdicts[one.id], one.id, one.points, answer) for one in rubric]
        for one in found:
            if on_criterion is not None:
                on_criterion(one)
        return replace(total(found, self.flags), grader=self.name, version=self.version)


def judged(
    verdict: Verdict, criterion_id: str, points: float, answer: str, confidence: float = 0.7
) -> CriterionAssessment:
    quote = " ".join(answer.split()[:5])
    evidence = () if verdict is Verdict.MISSED else (Evidence(0, len(quote), quote),)
    return CriterionAssessment(
        criterion_id, verdict, CREDIT[verdict] * points, points, confidence, evidence, "Found."
    )


@pytest.fixture
def model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A language model, configured, with short waits."""
    server = ModelServer()
    settings.GRADER_LLM_URL = server.url
    settings.GRADER_LLM_MODEL = "small-model"
    settings.GRADER_LLM_KEY = "secret-key"
    settings.GRADER_LLM_READ_SECONDS = 0.4
    settings.GRADER_LLM_SECONDS = 3
    monkeypatch.setattr(conversation, "FIRST_WAIT_S", 0.02)
    yield server
    server.stop()


@pytest.fixture
def first_finds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that says what the embedded grader finds."""

    def tell(*flags: Flag, **verdicts: str) -> None:
        grader = Told({key: Verdict(one) for key, one in verdicts.items()}, flags)
        monkeypatch.setattr(grading_queue, "current_grader", lambda: grader)

    return tell


@pytest.fixture
def grade(submitted: Answer) -> Callable[[], Grade]:
    """Return a function that grades Ada's answer."""

    def run() -> Grade:
        grading_queue.grade_queued(submitted.gradings.order_by("pk")[0].pk)
        return Grade.objects.get()

    return run
