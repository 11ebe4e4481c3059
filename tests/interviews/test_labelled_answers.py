"""The answers that people labelled are whole: `make bench` measures the grader against them."""

from collections import Counter
from typing import Any

import pytest

from config.bench.agreement import LABELLED, labelled_answers, scenario_data
from grading import Verdict

KINDS = {"weak", "middling", "strong", "off-topic", "stuffed", "negated"}
SLUGS = sorted(path.stem for path in LABELLED.glob("*.yaml"))
ANSWERS = list(labelled_answers())


@pytest.mark.parametrize("slug", SLUGS)
def test_a_scenario_has_twelve_answers_of_every_kind(slug: str) -> None:
    kinds = Counter(answer["kind"] for own, answer in ANSWERS if own == slug)
    assert set(kinds) == KINDS
    assert kinds.total() == 12


@pytest.mark.parametrize(("slug", "answer"), ANSWERS, ids=lambda value: str(value)[:24])
def test_every_criterion_of_an_answers_stage_is_labelled(slug: str, answer: dict[str, Any]) -> None:
    stage = next(one for one in scenario_data(slug)["stages"] if one["id"] == answer["stage"])
    assert set(answer["labels"]) == {criterion["id"] for criterion in stage["criteria"]}
    assert set(answer["labels"].values()) <= {Verdict.MET, Verdict.PARTLY, Verdict.MISSED}
    assert answer["text"].strip()


def test_three_scenarios_are_labelled() -> None:
    assert len(SLUGS) >= 3
