"""What a draft rubric would change: past answers graded by it and by the current one.

Measured by a worker in small steps, so that no learner's answer waits behind it. The cache keeps
how far it is, by the draft's revision: the same draft is measured once.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.cache import cache

from grading import Assessment, CriterionAssessment, RubricError
from interviews.definition import scenario_to_data
from interviews.exemplars import draft_of
from interviews.graders import current_grader
from interviews.grading_queue import typed_estimates
from interviews.linting import lint_stage
from interviews.models import Answer, Grading, Scenario
from interviews.rubrics import own_estimates, question_for, rubric_of
from interviews.verdicts import word_for

type Data = Mapping[str, Any]

LATEST = 200  # answers that are compared
STEP_S = 2.0  # seconds of work after which others get their turn
KEPT_S = 24 * 3600
STALLED_S = 20.0  # without news for so long, a step was lost
SHOWN = 100  # changed verdicts that are listed


@dataclass(frozen=True)
class Change:
    """A verdict on one past answer that the draft would change."""

    criterion: str
    before: str
    after: str
    points_before: float
    points_after: float
    quotes: tuple[str, ...]


def read_impact(scenario: Scenario, stage_id: str) -> dict[str, Any] | None:
    """How far the measuring of the scenario's draft is; None when it has not begun."""
    state: dict[str, Any] | None = cache.get(_key(scenario, stage_id))
    return state


def is_stalled(state: Mapping[str, Any] | None) -> bool:
    """Whether a step should be sent: none was, or its news is overdue."""
    if state is None:
        return True
    return bool(state["todo"]) and time.time() - state["at"] > STALLED_S


def take_step(scenario_id: int, stage_id: str) -> bool:
    """Compare some more answers; return whether there is more to do.

    One worker at a time: another one's step is left to it.
    """
    scenario = Scenario.objects.filter(pk=scenario_id).first()
    if scenario is None:
        return False
    key = _key(scenario, stage_id)
    if not cache.add(f"{key}:lock", 1, timeout=60):
        return False
    try:
        state = cache.get(key) or _begin(scenario, stage_id)
        _work(scenario, stage_id, state)
        cache.set(key, state | {"at": time.time()}, KEPT_S)
    finally:
        cache.delete(f"{key}:lock")
    return bool(state["todo"])


def _key(scenario: Scenario, stage_id: str) -> str:
    grader = current_grader()
    return f"impact:{scenario.latest_revision_id}:{stage_id}:{grader.name}:{grader.version}"


def _begin(scenario: Scenario, stage_id: str) -> dict[str, Any]:
    data = scenario_to_data(draft_of(scenario))
    stage = _stage(data, stage_id)
    answers = Answer.objects.filter(
        interview__edition__scenario=scenario,
        stage_id=stage_id,
        criterion_id="",
        current_grade__isnull=False,
    )
    todo = answers.order_by("-submitted_at").values_list("current_grade__grading", flat=True)
    return {
        "todo": list(todo[:LATEST]) if stage else [],
        "answers": 0,
        "total": min(LATEST, todo.count()) if stage else 0,
        "verdicts": 0,
        "changed": 0,
        "changed_answers": 0,
        "points_before": 0.0,
        "points_after": 0.0,
        "changes": [],
        "findings": [asdict(one) for one in lint_stage(data, stage)] if stage else [],
    }


def _work(scenario: Scenario, stage_id: str, state: dict[str, Any]) -> None:
    edition = scenario.editions.filter(is_current=True).first()
    if edition is None:
        state["todo"] = []
        return
    draft = scenario_to_data(draft_of(scenario))
    end = time.monotonic() + STEP_S
    while state["todo"] and time.monotonic() < end:
        grading = (
            Grading.objects.select_related("answer__interview")
            .filter(pk=state["todo"].pop(0))
            .first()
        )
        if grading is None:
            continue  # its account was deleted meanwhile
        before = _assess(edition.data, stage_id, grading)
        after = _assess(draft, stage_id, grading)
        if before is not None and after is not None:
            _note(state, before, after, _titles(draft, stage_id))


def _assess(data: Data, stage_id: str, grading: Grading) -> Assessment | None:
    stage = _stage(data, stage_id)
    if stage is None:
        return None
    typed = own_estimates(data["stages"], typed_estimates(grading.answer.interview))
    try:
        rubric = rubric_of(stage, typed)
    except RubricError:
        return None  # half-written: the linter says so
    return current_grader().grade(question_for(data["prompt"], stage), rubric, grading.text)


def _note(
    state: dict[str, Any], before: Assessment, after: Assessment, titles: Mapping[str, str]
) -> None:
    old = {one.criterion_id: one for one in before.criteria}
    changes = [
        asdict(_change(old[one.criterion_id], one, titles[one.criterion_id]))
        for one in after.criteria
        if one.criterion_id in old and old[one.criterion_id].verdict is not one.verdict
    ]
    state["answers"] += 1
    state["verdicts"] += sum(1 for one in after.criteria if one.criterion_id in old)
    state["changed"] += len(changes)
    state["changed_answers"] += bool(changes)
    state["points_before"] += before.points
    state["points_after"] += after.points
    state["changes"] = [*state["changes"], *changes][:SHOWN]


def _change(before: CriterionAssessment, after: CriterionAssessment, title: str) -> Change:
    evidence = after.evidence or before.evidence
    return Change(
        criterion=title,
        before=word_for(before.verdict),
        after=word_for(after.verdict),
        points_before=before.points,
        points_after=after.points,
        quotes=tuple(one.quote for one in evidence),
    )


def _stage(data: Data, stage_id: str) -> Data | None:
    return next((stage for stage in data["stages"] if stage["id"] == stage_id), None)


def _titles(data: Data, stage_id: str) -> dict[str, str]:
    stage = _stage(data, stage_id)
    return {one["id"]: one["title"] for one in stage["criteria"]} if stage else {}
