"""A small scenario, Ada's interview on it, and what a browser sends."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.models import Collection

from accounts.models import Learner, User
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.definition import save_scenario_from_data
from interviews.models import Answer, Interview, Scenario, ScenarioEdition

QUEUE_ANSWER = "We store the charge in a queue and retry it when the provider is back."
HINT = "Think of where a charge waits while nobody takes it."
MODEL_ANSWER = "Keep charges in a durable outbox and drain it at 20 per second."

CRITERIA: list[dict[str, Any]] = [
    {
        "id": "queue",
        "title": "Keeps the charge",
        "points": 2,
        "statement": "Charges are stored in a queue while the provider is down.",
        "hint": HINT,
        "follow_up": "How long may a charge wait?",
        "paraphrases": ["We store the charge in a queue and retry it later."],
        "misconceptions": ["The charge is dropped and the customer has to pay again."],
        "groups": [["queue|enqueue|store", "charge|payment"]],
        "numbers": [],
    },
    {
        "id": "idempotent",
        "title": "Charges once",
        "points": 3,
        "statement": "An idempotency key makes sure that a retried charge is taken once only.",
        "hint": "What happens when the answer of the provider is lost?",
        "follow_up": "What if the provider does not know idempotency keys?",
        "paraphrases": [
            "Each charge carries an idempotency key, so a retry does not charge twice."
        ],
        "misconceptions": [],
        "groups": [["idempotency|idempotent", "key|token"]],
        "numbers": [],
    },
]


def _stage(stage_id: str, minutes: int) -> dict[str, Any]:
    return {
        "id": stage_id,
        "title": stage_id.capitalize(),
        "minutes": minutes,
        "prompt": f"What about **{stage_id}**?",
        "model_answer": MODEL_ANSWER,
        "criteria": copy.deepcopy(CRITERIA),
    }


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def scenario_data() -> dict[str, Any]:
    """A scenario of two stages in the form of its file."""
    return {
        "id": "5f1d7bb2-4a52-4d22-8f0e-3a3f0f0c2f11",
        "slug": "pay",
        "title": "Take payments",
        "level": "senior",
        "summary": "A shop must take payments while its provider is down.",
        "prompt": "The provider answers *nothing* for an hour.",
        "stages": [_stage("design", 8), _stage("failure", 5)],
    }


@pytest.fixture
def scenario(db: None, scenario_data: dict[str, Any]) -> Scenario:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    return save_scenario_from_data(data=scenario_data, source="", collection=root)


@pytest.fixture
def course(scenario: Scenario) -> Collection:
    """The collection of the scenario's course."""
    collection = Collection.get_first_root_node().add_child(name="Microservices")
    Scenario.objects.update(collection=collection)
    return collection


@pytest.fixture
def edition(scenario: Scenario) -> ScenarioEdition:
    return ScenarioEdition.objects.current().get(scenario=scenario)


@pytest.fixture
def learner(learner_user: User) -> Learner:
    """Ada as a learner."""
    return Learner.objects.get_or_create(user=learner_user)[0]


@pytest.fixture
def interview(learner: Learner, edition: ScenarioEdition) -> Interview:
    """Ada's interview; its first stage is open."""
    return actions.start_interview(learner=learner, edition=edition, mode="practice")


@pytest.fixture
def answer(interview: Interview) -> Answer:
    """The answer of the open stage, still empty."""
    return interview.answers.get()


@pytest.fixture
def submitted(answer: Answer) -> Answer:
    """The first stage, handed in and waiting to be graded."""
    actions.submit_answer(answer=answer, sent=Sent(QUEUE_ANSWER, 0), key="first")
    answer.refresh_from_db()
    return answer


@pytest.fixture
def graded(submitted: Answer) -> Answer:
    """The first stage, graded in this process."""
    grading_queue.grade_queued(submitted.gradings.get().pk)
    submitted.refresh_from_db()
    return submitted


@pytest.fixture
def stage_url(interview: Interview) -> Callable[..., str]:
    """Return the address of something below a stage of Ada's interview."""

    def make(tail: str = "", stage: str = "design") -> str:
        return f"/interviews/sessions/{interview.pk}/stages/{stage}/{tail}"

    return make


@pytest.fixture
def send() -> Callable[..., Any]:
    """Post as the page's script does."""

    def post(client: Client, url: str, text: str, version: int, **more: object) -> Any:
        data = {"text": text, "version": version, **more}
        return client.post(url, data, headers={"Accept": "application/json"})

    return post
