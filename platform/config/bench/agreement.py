"""How often the embedded grader agrees with people who labelled answers by the rubric.

`tests/fixtures/labelled/<scenario>.yaml` holds answers that were written without seeing the rubric,
and for each criterion of their stage the verdict of somebody who did not see the grader's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from courses.interchange import parse_scenario
from grading import Verdict
from interviews.definition import normalise_scenario_data
from interviews.graders import current_grader
from interviews.rubrics import question_for, rubric_of

ROOT = Path(__file__).resolve().parents[3]
LABELLED = ROOT / "tests" / "fixtures" / "labelled"


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one answer: what the person said and what the grader said."""

    scenario: str
    answer: str
    kind: str
    criterion: str
    person: str
    grader: str

    @property
    def is_sure(self) -> bool:
        """Whether the grader committed itself."""
        return self.grader != Verdict.UNSURE

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.grader == self.person


def labelled_answers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the slug of a scenario and a labelled answer: id, kind, stage, text and labels."""
    for path in sorted(LABELLED.glob("*.yaml")):
        for answer in yaml.safe_load(path.read_text())["answers"]:
            yield path.stem, answer


def judge_all() -> list[Judged]:
    """Grade every labelled answer with the embedded grader."""
    scenarios = {slug: scenario_data(slug) for slug, _answer in labelled_answers()}
    return [
        one for slug, answer in labelled_answers() for one in _judge(slug, scenarios[slug], answer)
    ]


def scenario_data(slug: str) -> dict[str, Any]:
    """Return the plain data of a scenario of the repository's own content."""
    from courses.definitions import scenario_data as plain

    path = next((ROOT / "content").glob(f"*/scenarios/{slug}.yaml"))
    file = parse_scenario(path.read_text(), path=f"scenarios/{slug}.yaml")
    return normalise_scenario_data(plain(file))


def sure_share(judged: Sequence[Judged]) -> float:
    """The share of criteria in [0, 1] on which the grader was sure."""
    return sum(one.is_sure for one in judged) / len(judged) if judged else 0.0


def agreement(judged: Sequence[Judged]) -> float:
    """The share in [0, 1] of the criteria it was sure about on which the grader agrees."""
    sure = [one for one in judged if one.is_sure]
    return sum(one.agrees for one in sure) / len(sure) if sure else 0.0


def _judge(slug: str, scenario: dict[str, Any], answer: dict[str, Any]) -> Iterator[Judged]:
    stage = next(one for one in scenario["stages"] if one["id"] == answer["stage"])
    question = question_for(scenario["prompt"], stage)
    assessed = current_grader().grade(question, rubric_of(stage), answer["text"])
    for one in assessed.criteria:
        yield Judged(
            scenario=slug,
            answer=answer["id"],
            kind=answer["kind"],
            criterion=one.criterion_id,
            person=answer["labels"][one.criterion_id],
            grader=one.verdict.value,
        )
