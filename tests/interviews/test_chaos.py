"""Two hundred answers while everything behind the page is killed: each gets exactly one grade."""

import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interviews.learners import text_of
from tests.interviews.machine import Machine

TOTAL = 200
SEED = 20_260_704
KILLS = 8
ACKNOWLEDGED_BEFORE_BROKER_IS_LOST = 60
ACKNOWLEDGED_BEFORE_DATABASE_CRASHES = 130
GRADED = "SELECT count(*) FROM interviews_answer WHERE current_grade_id IS NOT NULL"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine of its own: other tests use the servers of this run."""
    var = Path(tempfile.mkdtemp(prefix="loadmark-chaos-"))
    made = Machine(var)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    try:
        made.start_servers()
        made.migrate()
        yield made
    finally:
        made.stop()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def acknowledged(machine: Machine, scenario_data: dict[str, Any]) -> Callable[[], list[int]]:
    """Learners who hand in one answer after the other; gives the answers acknowledged so far."""
    path = machine.logs.parent / "scenario.json"
    path.write_text(json.dumps(scenario_data))
    told = machine.logs / "learners.log"
    machine.start(
        "learners", [sys.executable, "-m", "tests.interviews.learners", str(path), str(TOTAL)]
    )
    return lambda: [int(line) for line in told.read_text().split("\n")[:-1] if line.isdigit()]


def lose_the_broker(machine: Machine, acknowledged: Callable[[], list[int]]) -> None:
    """Forget wake-up calls that nobody has heard yet."""
    machine.cut_off_workers()
    before = len(acknowledged())
    machine.wait_until(lambda: len(acknowledged()) >= before + 5)
    machine.empty_broker()


def lose_the_database(machine: Machine) -> None:
    """Crash it while a worker is in the middle of an answer."""
    machine.wait_until(lambda: is_being_graded(machine))
    machine.crash_database()


def is_being_graded(machine: Machine) -> bool:
    machine.start_missing()
    return machine.number("SELECT count(*) FROM interviews_grading WHERE state = 'leased'") > 0


def test_two_hundred_answers_each_get_one_grade_whatever_is_killed(
    machine: Machine, acknowledged: Callable[[], list[int]]
) -> None:
    rng = random.Random(SEED)
    moments = sorted(rng.sample(range(5, TOTAL - 5), KILLS))
    losses = [
        (ACKNOWLEDGED_BEFORE_BROKER_IS_LOST, lambda: lose_the_broker(machine, acknowledged)),
        (ACKNOWLEDGED_BEFORE_DATABASE_CRASHES, lambda: lose_the_database(machine)),
    ]

    def has_ended() -> bool:
        machine.start_missing()
        if losses and len(acknowledged()) >= losses[0][0]:
            losses.pop(0)[1]()
        if moments and machine.number(GRADED) >= moments[0]:
            moments.pop(0)
            machine.kill_a_worker(rng)
        return machine.children["learners"].poll() is not None

    machine.wait_until(has_ended)
    assert machine.children["learners"].returncode == 0, machine.say()
    assert (losses, moments) == ([], [])
    assert_every_answer_has_its_grade(machine, acknowledged())


def assert_every_answer_has_its_grade(machine: Machine, acknowledged: list[int]) -> None:
    assert len(set(acknowledged)) == TOTAL
    graded = machine.rows(
        "SELECT a.id, a.text, g.text, r.answer_id FROM interviews_answer a "
        "JOIN interviews_grade r ON r.id = a.current_grade_id "
        "JOIN interviews_grading g ON g.id = r.grading_id WHERE a.submitted_at IS NOT NULL"
    )
    assert sorted(row[0] for row in graded) == sorted(acknowledged)
    assert all(row[1] == row[2] and row[0] == row[3] for row in graded)
    assert {row[1] for row in graded} == {text_of(number) for number in range(TOTAL)}
    assert machine.number("SELECT count(*) FROM interviews_grade") == TOTAL
    # What is not graded had its three tries, each of them killed, and its learner asked again.
    unfinished = machine.rows("SELECT state, error, attempts FROM interviews_grading "
                              "WHERE state <> 'done'")  # fmt: skip
    assert set(unfinished) <= {("failed", "worker lost", 3)}
