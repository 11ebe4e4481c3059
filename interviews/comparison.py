"""What changed since an earlier interview on the same scenario, criterion by criterion.

Editions may differ: criteria are the same when stage id and criterion id are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.debrief import bring_editions, rubric_stage
from interviews.diagrams import Picture, draw
from interviews.models import Answer, Interview
from interviews.models.interviews import points_left
from interviews.overview import say_points
from interviews.verdicts import word_for

type Data = Mapping[str, Any]
type Key = tuple[str, str]  # stage id, criterion id

MOST_CHOICES = 20  # earlier interviews to choose from
_NOTHING = 1e-9


class Change(StrEnum):
    """How a criterion fared against the earlier interview."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NEW = "new"
    GONE = "gone"
    OPEN = "open"


CHANGES = {
    Change.BETTER: gettext_lazy("better"),
    Change.WORSE: gettext_lazy("worse"),
    Change.SAME: gettext_lazy("as before"),
    Change.NEW: gettext_lazy("new in this edition"),
    Change.GONE: gettext_lazy("no longer asked"),
    Change.OPEN: gettext_lazy("not graded yet"),
}


@dataclass(frozen=True)
class Judged:
    """What one criterion earned; `is_open` while the grade is on its way."""

    word: str
    points: float
    max_points: float
    is_open: bool = False

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def figures(self) -> str:
        """Such as “1 of 2”."""
        return say_points(self.points, self.max_points)


@dataclass(frozen=True)
class ComparedCriterion:
    """One row: None where an edition did not ask for it."""

    title: str
    before: Judged | None
    now: Judged | None
    change: Change

    @property
    def word(self) -> str:
        """The change, as it is said."""
        return str(CHANGES[self.change])


@dataclass(frozen=True)
class ComparedStage:
    """The criteria of a stage that either edition has.

    `picture` is what was drawn then, where something else is drawn now.
    """

    id: str
    title: str
    rows: tuple[ComparedCriterion, ...]
    picture: Picture | None = None


@dataclass(frozen=True)
class Choice:
    """An earlier interview to compare with."""

    pk: int
    mode: str
    finished_at: datetime
    figures: str
    is_chosen: bool


@dataclass(frozen=True)
class Comparison:
    """This interview beside the chosen earlier one."""

    choices: tuple[Choice, ...]
    chosen: Choice
    before: Judged
    now: Judged
    better: int
    worse: int
    other_edition: bool
    stages: tuple[ComparedStage, ...]


def build_comparison(interview: Interview, wanted: int | None) -> Comparison | None:
    """Compare with the earlier interview `wanted`, or the latest; None when there is none.

    Three queries, whatever the number of stages and of earlier interviews.
    """
    earlier = list(Interview.objects.before(interview).with_results()[:MOST_CHOICES])
    if not earlier:
        return None
    pick = next((one for one in earlier if one.pk == wanted), earlier[0])
    chosen = Interview.objects.with_grades().get(pk=pick.pk)
    choices = tuple(_choice(one, is_chosen=one.pk == pick.pk) for one in earlier)
    compared = compare(_judged(chosen), _judged(interview))
    stages = tuple(_drawn(one, chosen, interview) for one in compared)
    changes = Counter(row.change for stage in stages for row in stage.rows)
    return Comparison(
        choices=choices,
        chosen=next(one for one in choices if one.is_chosen),
        before=_total(chosen, [row.before for stage in stages for row in stage.rows]),
        now=_total(interview, [row.now for stage in stages for row in stage.rows]),
        better=changes[Change.BETTER],
        worse=changes[Change.WORSE],
        other_edition=chosen.edition_id != interview.edition_id,
        stages=stages,
    )


def _drawn(stage: ComparedStage, before: Interview, now: Interview) -> ComparedStage:
    """Bring the earlier diagram along, unless today's is the same."""
    was, current = before.answers_by_stage().get(stage.id), now.answers_by_stage().get(stage.id)
    source = was.diagram if was and was.submitted_at else ""
    if not source.strip() or (current and current.diagram == source):
        return stage
    title = _("%(stage)s, earlier attempt") % {"stage": stage.title}
    picture = draw(source, title=title, learner_id=now.learner_id)
    return replace(stage, picture=picture)


def _choice(one: Interview, *, is_chosen: bool) -> Choice:
    points: float = one.points  # type: ignore[attr-defined] # annotated by with_results
    assert one.finished_at is not None  # noqa: S101 - `before` asks for it
    most: float = one.most  # type: ignore[attr-defined] # the same
    figures = say_points(points, most)
    return Choice(one.pk, one.get_mode_display(), one.finished_at, figures, is_chosen)


@dataclass(frozen=True)
class Attempt:
    """The stages of an interview, and what each criterion earned."""

    stages: Sequence[Data]
    judged: Mapping[Key, Judged]


def _judged(interview: Interview) -> Attempt:
    answers = interview.answers_by_stage()
    bring_editions(answers.values())
    stages = [_rubric(stage, answers.get(stage["id"])) for stage in interview.edition.stages]
    judged = {
        (stage["id"], criterion["id"]): one
        for stage in stages
        for criterion, one in _judge(stage, answers.get(stage["id"]))
    }
    return Attempt(stages, judged)


def _rubric(stage: Data, answer: Answer | None) -> Data:
    """The stage with the rubric its grade was made by."""
    grade = answer.current_grade if answer and answer.submitted_at else None
    return rubric_stage(stage, answer, grade) if answer and grade else stage


def _judge(stage: Data, answer: Answer | None) -> Iterator[tuple[Data, Judged]]:
    grade = answer.current_grade if answer and answer.submitted_at else None
    waits = answer is not None and answer.submitted_at is not None and grade is None
    found = {one["criterion_id"]: one for one in grade.assessment["criteria"]} if grade else {}
    for criterion in stage["criteria"]:
        one = found.get(criterion["id"])
        if one is not None:
            yield criterion, Judged(word_for(one["verdict"]), one["points"], one["max_points"])
        elif waits:
            yield criterion, Judged(_("not graded yet"), 0, criterion["points"], is_open=True)
        else:
            yield criterion, Judged(_("not answered"), 0, criterion["points"])


def compare(before: Attempt, now: Attempt) -> Iterator[ComparedStage]:
    """Stages and criteria in today's order; those that are gone stand at the end."""
    old = {stage["id"]: stage for stage in before.stages}
    for stage in now.stages:
        rows = tuple(_rows(old.pop(stage["id"], None), stage, before, now))
        yield ComparedStage(stage["id"], stage["title"], rows)
    for stage in old.values():
        rows = tuple(_rows(stage, None, before, now))
        yield ComparedStage(stage["id"], stage["title"], rows)


def _rows(
    old: Data | None, new: Data | None, before: Attempt, now: Attempt
) -> Iterator[ComparedCriterion]:
    titles: dict[Key, str] = {}
    for stage in (one for one in (new, old) if one is not None):
        for criterion in stage["criteria"]:
            titles.setdefault((stage["id"], criterion["id"]), criterion["title"])
    for key, title in titles.items():
        was, is_now = before.judged.get(key), now.judged.get(key)
        yield ComparedCriterion(title, was, is_now, _change(was, is_now))


def _change(was: Judged | None, now: Judged | None) -> Change:
    if was is None:
        return Change.NEW
    if now is None:
        return Change.GONE
    if was.is_open or now.is_open:
        return Change.OPEN
    if abs(now.share - was.share) <= _NOTHING:
        return Change.SAME
    return Change.BETTER if now.share > was.share else Change.WORSE


def _total(interview: Interview, judged: Iterable[Judged | None]) -> Judged:
    """All of an interview; criteria it did not ask for count nowhere."""
    known = [one for one in judged if one is not None]
    return Judged(
        word="",
        points=counted_points(interview),
        max_points=sum(one.max_points for one in known),
        is_open=any(one.is_open for one in known),
    )


def counted_points(interview: Interview) -> float:
    """The points of the submitted stages, hints taken off."""
    return sum(
        points_left(answer.current_grade.points, answer.hint_cost)
        for answer in interview.answers_by_stage().values()
        if answer.submitted_at and answer.current_grade
    )
