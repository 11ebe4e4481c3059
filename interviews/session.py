"""What a learner sees of a running interview: view objects that name every field they hold."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from interviews.actions import next_stage
from interviews.debrief import StageDebrief, build_debrief
from interviews.diagrams import Picture, draw
from interviews.estimates import EstimateField, build_fields
from interviews.models import Answer, Grade, Interview, KeptText
from interviews.models.grades import State
from interviews.models.interviews import points_left
from interviews.status import GradingStatus, build_status, say_duration

type Data = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """A stage in the stepper: `state` is done, open or todo."""

    number: int
    id: str
    title: str
    state: str
    is_here: bool


@dataclass(frozen=True)
class Session:
    """What every page of an interview shows."""

    pk: int
    slug: str
    title: str
    mode: str
    is_strict: bool
    is_finished: bool
    situation: SafeString
    steps: tuple[Step, ...]
    next_stage: str | None


@dataclass(frozen=True)
class Clock:
    """The stage's time by the database's clock, in milliseconds since 1970 and in words."""

    now_ms: int
    deadline_ms: int
    deadline: datetime
    words: str
    is_late: bool
    extra_percent: int


@dataclass(frozen=True)
class Kept:
    """What was sent from an outdated page; estimates as pairs of label and text."""

    pk: int
    text: str
    estimates: tuple[tuple[str, str], ...]
    diagram: str
    kept_at: datetime


@dataclass(frozen=True)
class Hint:
    """A hint that was taken."""

    number: int
    html: SafeString
    cost: float


@dataclass(frozen=True)
class Hints:
    """The hints of a stage in practice: those taken, and what the next one (0: none) costs."""

    taken: tuple[Hint, ...]
    next_number: int
    next_cost: float
    left: int


@dataclass(frozen=True)
class Pad:
    """A diagram as it is typed, and its picture."""

    source: str
    picture: Picture


@dataclass(frozen=True)
class Editor:
    """An open stage. `is_last` says that submitting it finishes the interview."""

    text: str
    version: int
    key: str
    clock: Clock
    is_over: bool
    is_last: bool
    kept: tuple[Kept, ...]
    estimates: tuple[EstimateField, ...]
    pad: Pad | None
    hints: Hints | None


@dataclass(frozen=True)
class Stage:
    """The question of a stage that has been opened."""

    id: str
    number: int
    title: str
    minutes: int
    prompt: SafeString
    twist: SafeString


@dataclass(frozen=True)
class StageResult:
    """A submitted stage: how far its grading is, and the debrief once it may be shown.

    `points` are those that count, hints taken off. `again` is the number of this try when the
    stage may be tried again, 0 when it may not; until a new try is graded, `earlier` shows the one
    before.
    """

    session_pk: int
    stage_id: str
    title: str
    number: int
    version: int
    late: str
    status: GradingStatus | None
    debrief: StageDebrief | None
    points: float
    hint_cost: float
    twist: SafeString
    picture: Picture | None
    again: int = 0
    earlier: "StageResult | None" = None
    is_earlier: bool = False


def build_session(interview: Interview, *, here: str = "") -> Session:
    """Describe an interview that was loaded by `access_interview`."""
    edition, answers = interview.edition, interview.answers_by_stage()
    return Session(
        pk=interview.pk,
        slug=edition.slug,
        title=edition.title,
        mode=interview.get_mode_display(),
        is_strict=interview.is_strict,
        is_finished=interview.finished_at is not None,
        situation=_html(edition.data["prompt_html"]),
        steps=tuple(
            Step(
                n,
                stage["id"],
                stage["title"],
                _state(answers.get(stage["id"])),
                stage["id"] == here,
            )
            for n, stage in enumerate(edition.stages, 1)
        ),
        next_stage=None if interview.finished_at else next_stage(interview, answers),
    )


def build_stage(interview: Interview, stage_id: str) -> Stage:
    """Describe an opened stage."""
    number, stage = _numbered(interview, stage_id)
    return Stage(
        id=stage_id,
        number=number,
        title=stage["title"],
        minutes=stage["minutes"],
        prompt=_html(stage["prompt_html"]),
        twist=_twist(stage),
    )


def build_editor(answer: Answer, kept: Sequence[KeptText]) -> Editor:
    """Describe the answer of a stage that is open."""
    interview = answer.interview
    stage = interview.edition.stage(answer.stage_id)
    clock = build_clock(answer)
    return Editor(
        text=answer.text,
        version=answer.version,
        key=str(uuid.uuid4()),
        clock=clock,
        is_over=(interview.is_strict and clock.is_late) or interview.finished_at is not None,
        is_last=_is_last(interview, answer),
        kept=tuple(_kept(stage, one) for one in kept),
        estimates=build_fields(stage, answer.estimates),
        pad=Pad(answer.diagram, build_picture(answer)) if stage.get("diagram") else None,
        hints=build_hints(answer),
    )


def with_typed(
    editor: Editor, stage: Data, *, text: str, estimates: Mapping[str, str], diagram: str
) -> Editor:
    """Show what was typed and could not be stored, in place of what is stored."""
    pad = Pad(diagram, Picture(SafeString(), "")) if editor.pad else None
    return replace(editor, text=text, estimates=build_fields(stage, estimates), pad=pad)


def build_hints(answer: Answer) -> Hints | None:
    """Describe the hints of a stage; None in a strict interview and where there are none."""
    hints = answer.interview.edition.stage(answer.stage_id).get("hints") or []
    if answer.interview.is_strict or not hints:
        return None
    count = answer.hints_taken
    taken = (Hint(n, _html(one["html"]), one["cost"]) for n, one in enumerate(hints[:count], 1))
    left = len(hints) - count
    return Hints(
        taken=tuple(taken),
        next_number=count + 1 if left else 0,
        next_cost=hints[count]["cost"] if left else 0,
        left=left,
    )


def build_picture(answer: Answer) -> Picture:
    """Draw the diagram that is stored."""
    interview = answer.interview
    title = interview.edition.stage(answer.stage_id)["title"]
    return draw(answer.diagram, title=title, learner_id=interview.learner_id)


def build_clock(answer: Answer) -> Clock:
    """Say how much of the stage's time is left, or by how much it is over."""
    interview = answer.interview
    now = cast("datetime", interview.now)  # type: ignore[attr-defined] # annotated by with_clock
    deadline = answer.deadline(interview.edition.stage(answer.stage_id)["minutes"])
    return Clock(
        now_ms=_ms(now),
        deadline_ms=_ms(deadline),
        deadline=deadline,
        words=say_clock(deadline, now),
        is_late=now > deadline,
        extra_percent=interview.extra_percent,
    )


def say_clock(deadline: datetime, now: datetime) -> str:
    """Return minutes and seconds between the two, as in “7:05”."""
    seconds = abs(int((deadline - now).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


def earlier_grade(answer: Answer) -> Grade | None:
    """Load the grade of the try before this one, while this one has none."""
    if answer.tries == 1 or answer.current_grade is not None:
        return None
    return answer.grades.select_related("grading").order_by("-pk").first()


def build_result(answer: Answer, *, earlier: Grade | None = None) -> StageResult:
    """Describe a submitted stage. In a strict interview nothing is told before its end."""
    interview = answer.interview
    _number, stage = _numbered(interview, answer.stage_id)
    shown = interview.finished_at is not None or not interview.is_strict
    status = build_status(answer=answer, criteria=stage["criteria"]) if shown else None
    result = _result(answer, answer.current_grade if shown else None)
    return replace(
        result,
        late=_late(answer, stage["minutes"]),
        status=status,
        picture=build_picture(answer) if answer.diagram.strip() else None,
        again=_again(answer, status),
        earlier=build_earlier(answer, earlier) if earlier else None,
    )


def build_earlier(answer: Answer, grade: Grade) -> StageResult:
    """Describe an earlier try, by its grade."""
    stage = answer.interview.edition.stage(answer.stage_id)
    learner_id, source = answer.interview.learner_id, grade.grading.diagram
    title = _("%(stage)s, earlier try") % {"stage": stage["title"]}
    picture = draw(source, title=title, learner_id=learner_id) if source.strip() else None
    return replace(_result(answer, grade), is_earlier=True, picture=picture)


def _result(answer: Answer, grade: Grade | None) -> StageResult:
    number, stage = _numbered(answer.interview, answer.stage_id)
    return StageResult(
        session_pk=answer.interview.pk,
        stage_id=answer.stage_id,
        title=stage["title"],
        number=number,
        version=answer.version,
        late="",
        status=None,
        debrief=build_debrief(stage=stage, answer=answer, grade=grade) if grade else None,
        points=points_left(grade.points, answer.hint_cost) if grade else 0,
        hint_cost=answer.hint_cost,
        twist=_twist(stage),
        picture=None,
    )


def _again(answer: Answer, status: GradingStatus | None) -> int:
    interview = answer.interview
    if interview.is_strict or interview.finished_at is not None or status is None:
        return 0
    return 0 if status.state in {State.QUEUED, State.LEASED} else answer.tries


def _kept(stage: Data, kept: KeptText) -> Kept:
    labels = {one["id"]: one["label"] for one in stage.get("estimates") or ()}
    estimates = ((labels[key], kept.estimates[key]) for key in labels if key in kept.estimates)
    return Kept(kept.pk, kept.text, tuple(estimates), kept.diagram, kept.kept_at)


def _is_last(interview: Interview, answer: Answer) -> bool:
    """Whether all other stages are submitted."""
    answers = interview.answers_by_stage()
    submitted = {one.stage_id for one in answers.values() if one.submitted_at is not None}
    return submitted | {answer.stage_id} == {stage["id"] for stage in interview.edition.stages}


def _twist(stage: Data) -> SafeString:
    return _html(stage.get("twist_html", ""))


def _late(answer: Answer, minutes: int) -> str:
    if not answer.late or answer.submitted_at is None:
        return ""
    over = say_duration(answer.submitted_at - answer.deadline(minutes))
    return _("Submitted %(time)s after the stage’s time was over.") % {"time": over}


def _numbered(interview: Interview, stage_id: str) -> tuple[int, Data]:
    for number, stage in enumerate(interview.edition.stages, 1):
        if stage["id"] == stage_id:
            return number, stage
    raise KeyError(stage_id)


def _state(answer: Answer | None) -> str:
    if answer is None:
        return "todo"
    return "done" if answer.submitted_at else "open"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _html(stored: str) -> SafeString:
    return mark_safe(stored)  # noqa: S308 - sanitised when the edition was made
