"""What grading costs: CPU of an answer, answers per second, waiting for a grade, a worker's start.

Every sentence of an answer here is said only once, so that nothing is found in the grader's cache
that a real answer would not find there.
"""

import json
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path

from accounts.models import Learner
from config import embedded
from config.bench.load import cpu_seconds, family
from config.bench.people import learner_with_session
from grading import Criterion, Grader
from interviews import actions as interviews
from interviews.graders import current_grader
from interviews.models import Grade, Grading, ScenarioEdition
from interviews.rubrics import question_for, rubric_of

AT_ONCE = 100
ONE_BY_ONE = 20
IN_PROCESS = 40
LARGE_WORDS, LARGE_CRITERIA, LARGE_TIMES = 600, 15, 5
TIMEOUT_S = 300.0
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Cost:
    """Answers a core grades per second, CPU seconds of the large answer, of reading its rubric."""

    answers_per_core_s: float
    words: int
    criteria: int
    large_s: float
    rubric_s: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """A batch handed in at once: seconds until each grade, sorted; in all; CPU of the worker."""

    waits: list[float]
    elapsed_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Ready:
    """Seconds until a fresh process has graded its first answer; until a worker takes tasks."""

    first_grade_s: float
    worker_s: float


def in_process() -> Cost:
    """Grade in this process, one thread, and read the processor's clock."""
    grader, edition = current_grader(), _edition()
    question, rubric, words = _large(edition)
    begun = time.process_time()
    grader.grade(question, rubric, words[0])
    first = time.process_time() - begun
    large = statistics.median(_cpu(grader, question, rubric, text) for text in words[1:])
    stage = edition.stages[0]
    asked, criteria = question_for(edition.data["prompt"], stage), tuple(rubric_of(stage))
    texts = list(islice(_answers(stage["model_answer"]), IN_PROCESS + 1))
    grader.grade(asked, criteria, texts[0])
    spent = sum(_cpu(grader, asked, criteria, text) for text in texts[1:])
    length = len(words[0].split())
    return Cost(IN_PROCESS / spent, length, len(rubric), large, max(0.0, first - large))


def _cpu(grader: Grader, question: str, rubric: tuple[Criterion, ...], text: str) -> float:
    begun = time.process_time()
    grader.grade(question, rubric, text)
    return time.process_time() - begun


def _edition() -> ScenarioEdition:
    edition = ScenarioEdition.objects.filter(is_current=True).order_by("pk").first()
    if edition is None:
        raise RuntimeError("There is no scenario to answer.")
    return edition


def _large(edition: ScenarioEdition) -> tuple[str, tuple[Criterion, ...], list[str]]:
    """Put the criteria of several stages into one rubric, and their model answers into one text."""
    criteria = [one for stage in edition.stages for one in rubric_of(stage)][:LARGE_CRITERIA]
    source = " ".join(stage["model_answer"] for stage in edition.stages)
    words = [_cut(text) for text in islice(_answers(source, times=12), LARGE_TIMES + 1)]
    return question_for(edition.data["prompt"], edition.stages[0]), tuple(criteria), words


def _cut(text: str) -> str:
    return " ".join(text.split()[:LARGE_WORDS])


def _answers(source: str, *, times: int = 1) -> Iterator[str]:
    """Say `source` again and again, no sentence twice in the same words."""
    sentences = [one.strip() for one in _SENTENCE.split(source) if one.strip()]
    length = len(sentences) * times
    for number in count():
        chosen = islice(cycle(sentences), length)
        yield " ".join(f"Step {number * length + n}: {one}" for n, one in enumerate(chosen))


def at_once(worker: int) -> Throughput:
    """Hand many answers in at once and wait for their grades; `worker` is its process."""
    begun, cpu = time.perf_counter(), cpu_seconds([worker])
    submitted = list(_submit(AT_ONCE))
    waits = sorted(_wait_for_grades(submitted))
    return Throughput(waits, time.perf_counter() - begun, cpu_seconds([worker]) - cpu)


def one_by_one() -> list[float]:
    """Hand answers in one after the other; return, sorted, the seconds until each grade."""
    return sorted(wait for answer in _submit(ONE_BY_ONE) for wait in _wait_for_grades([answer]))


def _submit(number: int) -> Iterator[int]:
    edition = _edition()
    stage = edition.stages[0]
    for text in islice(_answers(stage["model_answer"]), number):
        learner, _cookie = learner_with_session(secrets.randbelow(10**9))
        yield _hand_in(learner, edition, stage["id"], text)


def _hand_in(learner: Learner, edition: ScenarioEdition, stage_id: str, text: str) -> int:
    interview = interviews.start_interview(learner=learner, edition=edition, mode="practice")
    answer = interviews.open_stage(interview=interview, stage_id=stage_id)
    sent = interviews.Sent(text=text, base=answer.version)
    interviews.submit_answer(answer=answer, sent=sent, key=f"bench-{answer.pk}")
    return answer.pk


def _wait_for_grades(answers: list[int]) -> list[float]:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        grades = Grade.objects.filter(answer__in=answers).select_related("grading")
        if len(grades) == len(answers):
            return [
                (grade.created_at - grade.grading.requested_at).total_seconds() for grade in grades
            ]
        time.sleep(0.02)
    waiting = Grading.objects.filter(answer__in=answers).exclude(state="done").count()
    raise RuntimeError(f"{waiting} of {len(answers)} answers were not graded in time.")


def resident_bytes(worker: int) -> int:
    """Return the resident memory of the largest process of the worker: one that has the model."""
    return max(process.memory_info().rss for process in family([worker]))


def ready() -> Ready:
    """Start a grader and a worker, each in a process of its own."""
    return Ready(_first_grade_s(), _worker_s())


def _first_grade_s() -> float:
    line = {"id": "1", "question": "How?", "reference": "A queue.", "answer": "With a queue."}
    command = [sys.executable, "-m", "grading"]
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command line
        command, input=json.dumps(line) + "\n", text=True, check=True, capture_output=True,
        cwd=embedded.ROOT,
    )  # fmt: skip
    return time.perf_counter() - begun


def _worker_s() -> float:
    """Start a worker on a queue of its own: it takes no answer away from the one measured."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "bench", "-n",
               "bench@%h", "-c", "1", "--loglevel", "INFO", "--without-gossip",
               "--without-mingle"]  # fmt: skip
    with tempfile.NamedTemporaryFile() as log:
        begun = time.perf_counter()
        worker = subprocess.Popen(  # noqa: S603 - our own command line
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=embedded.ROOT
        )
        try:
            while b" ready." not in Path(log.name).read_bytes():
                if worker.poll() is not None or time.perf_counter() - begun > TIMEOUT_S:
                    raise RuntimeError("The worker to measure did not start.")
                time.sleep(0.02)
            return time.perf_counter() - begun
        finally:
            worker.terminate()
            worker.wait(60)
