"""The author's page about a draft's rubrics: findings with their places in the form."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from interviews.definition import scenario_to_data
from interviews.exemplars import draft_of
from interviews.linting import RubricFinding, Tried, remembered_lint
from interviews.models import Scenario

type Data = dict[str, Any]
type Places = dict[tuple[str, str], str]  # by stage and criterion, the id of a block


@dataclass(frozen=True)
class FindingLine:
    """A finding, and where in the form it is put right; `place` may be empty."""

    criterion: str
    sentence: str
    text: str
    place: str


@dataclass(frozen=True)
class StageLine:
    """A stage of the draft; `findings` is None while it has not been checked."""

    id: str
    title: str
    place: str
    findings: tuple[FindingLine, ...] | None
    typed: str
    tried: Tried | None
    problem: str


@dataclass(frozen=True)
class Draft:
    """A scenario as its author last saved it, with the places of its blocks in the form."""

    data: Data
    places: Places

    def stage(self, stage_id: str) -> Data | None:
        """The first stage with this id; half-written drafts may have several, or none."""
        return next((one for one in self.data["stages"] if one["id"] == stage_id), None)


def read_draft(scenario: Scenario) -> Draft:
    """Read the newest revision."""
    draft = draft_of(scenario)
    return Draft(scenario_to_data(draft), dict(_places(draft)))


def build_stage(
    draft: Draft,
    stage: Data,
    *,
    check: bool = False,
    typed: str = "",
    tried: Tried | None = None,
    problem: str = "",
) -> StageLine:
    """Describe a stage; checking its rubric takes about a second."""
    found = remembered_lint(draft.data, stage) if check else None
    return StageLine(
        id=stage["id"],
        title=stage["title"] or stage["id"],
        place=draft.places.get((stage["id"], ""), ""),
        findings=None if found is None else tuple(_line(draft, one) for one in found),
        typed=typed,
        tried=tried,
        problem=problem,
    )


def _line(draft: Draft, one: RubricFinding) -> FindingLine:
    place = draft.places.get((one.stage_id, one.criterion_id), "")
    return FindingLine(one.criterion, one.sentence, one.text, place)


def _places(draft: Scenario) -> Iterable[tuple[tuple[str, str], str]]:
    """The anchors the studio's form gives to blocks."""
    for stage in draft.stages:
        stage_id = stage.value["id"] or ""
        yield (stage_id, ""), f"block-{stage.id}-section"
        for child in stage.value["criteria"].bound_blocks:
            yield (stage_id, child.value["id"] or ""), f"block-{child.id}-section"
