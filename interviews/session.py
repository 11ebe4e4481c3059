"""What a learner sees of a running interview: view objects that name every field they hold."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from interviews.actions import next_stage
from interviews.debrief import StageDebrief, build_debrief
from interviews.models import Answer, Interview, KeptText
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
    words: str
    is_late: bool


@dataclass(frozen=True)
class Kept:
    """A text that was sent from an outdated page."""

    pk: int
    text: str
    kept_at: datetime


@dataclass(frozen=True)
class Editor:
    """An open stage."""

    text: str
    version: int
    key: str
    clock: Clock
    is_over: bool
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class Stage:
    """The question of a stage that has been opened."""

    id: str
    number: int
    title: str
    minutes: int
    prompt: SafeString


@dataclass(frozen=True)
class StageResult:
    """A submitted stage: how far its grading is, and the debrief once it may be shown."""

    session_pk: int
    stage_id: str
    title: str
    number: int
    version: int
    late: str
    status: GradingStatus | None
    debrief: StageDebrief | None


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
    return Stage(stage_id, number, stage["title"], stage["minutes"], _html(stage["prompt_html"]))


def build_editor(answer: Answer, kept: Sequence[KeptText]) -> Editor:
    """Describe the answer of a stage that is open."""
    clock = build_clock(answer)
    strict_over = answer.interview.is_strict and clock.is_late
    return Editor(
        text=answer.text,
        version=answer.version,
        key=str(uuid.uuid4()),
        clock=clock,
        is_over=strict_over or answer.interview.finished_at is not None,
        kept=tuple(Kept(one.pk, one.text, one.kept_at) for one in kept),
    )


def build_clock(answer: Answer) -> Clock:
    """Say how much of the stage's time is left, or by how much it is over."""
    interview = answer.interview
    now = cast("datetime", interview.now)  # type: ignore[attr-defined] # annotated by with_clock
    deadline = answer.deadline(interview.edition.stage(answer.stage_id)["minutes"])
    return Clock(_ms(now), _ms(deadline), say_clock(deadline, now), now > deadline)


def say_clock(deadline: datetime, now: datetime) -> str:
    """Return minutes and seconds between the two, as in “7:05”."""
    seconds = abs(int((deadline - now).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


def build_result(answer: Answer) -> StageResult:
    """Describe a submitted stage. In a strict interview nothing is told before its end."""
    interview = answer.interview
    number, stage = _numbered(interview, answer.stage_id)
    shown = interview.finished_at is not None or not interview.is_strict
    grade = answer.current_grade
    return StageResult(
        session_pk=interview.pk,
        stage_id=answer.stage_id,
        title=stage["title"],
        number=number,
        version=answer.version,
        late=_late(answer, stage["minutes"]),
        status=build_status(answer=answer, criteria=stage["criteria"]) if shown else None,
        debrief=build_debrief(stage=stage, answer=answer, grade=grade) if shown and grade else None,
    )


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
