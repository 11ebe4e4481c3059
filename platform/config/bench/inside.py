"""What is measured inside one process: queries, CPU of a quiz answer, grading."""

import re
import secrets
import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Learner
from config.bench.people import learner_with_session
from interviews import actions as interviews
from interviews.models import Grade, Grading, ScenarioEdition

GRADED = 100
GRADING_TIMEOUT_S = 300.0
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


def submitted_to_graded() -> list[float]:
    """Submit answers and return, sorted, the seconds until each grade was stored."""
    edition = ScenarioEdition.objects.filter(is_current=True).first()
    if edition is None:
        raise RuntimeError("There is no scenario to answer.")
    text = edition.data["stages"][0].get("model_answer", "") or "We queue the charge and retry."
    submitted = {}
    for number in range(GRADED):
        learner, _cookie = learner_with_session(secrets.randbelow(10**9))
        answer = _submit(learner, edition, text, number)
        submitted[answer] = timezone.now()
    return sorted(_wait_for_grades(list(submitted)))


def _submit(learner: Learner, edition: ScenarioEdition, text: str, number: int) -> int:
    interview = interviews.start_interview(learner=learner, edition=edition, mode="practice")
    answer = interviews.open_stage(interview=interview, stage_id=edition.stages[0]["id"])
    if answer.submitted_at is None:
        sent = interviews.Sent(text=text, base=answer.version)
        interviews.submit_answer(answer=answer, sent=sent, key=f"bench-{number}-{interview.pk}")
    return answer.pk


def _wait_for_grades(answers: list[int]) -> list[float]:
    deadline = time.monotonic() + GRADING_TIMEOUT_S
    while time.monotonic() < deadline:
        grades = Grade.objects.filter(answer__in=answers).select_related("grading")
        if len(grades) == len(answers):
            return [
                (grade.created_at - grade.grading.requested_at).total_seconds() for grade in grades
            ]
        time.sleep(0.05)
    waiting = Grading.objects.filter(answer__in=answers).exclude(state="done").count()
    raise RuntimeError(f"{waiting} of {len(answers)} answers were not graded in time.")
