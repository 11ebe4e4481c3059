"""A class of learners as a program: each hands one answer in, and tries again when told to.

They behave as the page's script does: a request that fails is sent again with the same key, and a
grading that ended in “could not be graded” is asked for once more. Every acknowledged submission
is a line on standard output.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

PATIENCE_S = 120.0
PAUSE_S = 0.1


def main(scenario: str, total: int) -> None:
    """Let `total` learners answer the first stage of the scenario in the file `scenario`."""
    django.setup()
    from interviews.models import Answer

    numbers = [begin(json.loads(Path(scenario).read_text()), number) for number in range(total)]
    for number, pk in enumerate(numbers):
        persist(lambda number=number, pk=pk: submit(pk, number))
        print(pk, flush=True)  # noqa: T201 - how the test hears of it
    waiting = Answer.objects.filter(pk__in=numbers, current_grade=None)
    while persist(lambda: press_try_again(list(waiting.all()))):
        time.sleep(PAUSE_S)


def begin(scenario: dict[str, object], number: int) -> int:
    """Open the first stage for a new learner; return the answer's number."""
    from wagtail.models import Collection

    from accounts.models import Learner
    from interviews import actions
    from interviews.definition import save_scenario_from_data
    from interviews.models import ScenarioEdition

    if number == 0:
        root = Collection.get_first_root_node()
        save_scenario_from_data(data=scenario, source="", collection=root)
    edition = ScenarioEdition.objects.current().get()
    interview = actions.start_interview(
        learner=Learner.objects.create(), edition=edition, mode="practice"
    )
    return interview.answers.get().pk


def text_of(number: int) -> str:
    """What learner `number` answers: no two say the same."""
    return f"We store charge {number} in a queue and retry it when the provider is back."


def submit(pk: int, number: int) -> None:
    """Hand the answer in; harmless when it is in already."""
    from interviews import actions
    from interviews.models import Answer

    sent = actions.Sent(text_of(number), 0, editor=f"tab-{number}", sequence=1)
    answer = Answer.objects.get(pk=pk)
    saved = actions.submit_answer(answer=answer, sent=sent, key=f"key-{number}")
    if saved.outcome != actions.Outcome.SUBMITTED:
        raise RuntimeError(f"Submitting {pk} ended as {saved.outcome}.")


def press_try_again(answers: list[object]) -> int:
    """Ask for another grading where the last one failed; return how many still wait."""
    from interviews import actions

    for answer in answers:
        actions.retry_grading(answer=answer)
    return len(answers)


def persist[T](act: Callable[[], T]) -> T:
    """Do something until the database takes it."""
    from django.db import InterfaceError, OperationalError, connection

    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return act()
        except (InterfaceError, OperationalError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
