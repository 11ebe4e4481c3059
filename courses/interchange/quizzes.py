"""quizzes/<slug>.yaml."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, Literal, cast
from uuid import UUID

from django.utils.translation import gettext as _

from courses.interchange.characters import normalise_newlines
from courses.interchange.numbers import read_points, read_tolerance, read_unit, unit_values
from courses.interchange.round_trip import checked
from courses.interchange.yaml_reader import Record, read_record
from courses.interchange.yaml_writer import Value, write_yaml

type ChoiceKind = Literal["single", "multiple"]
KINDS = ("single", "multiple", "numeric")


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: str
    correct: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """Two options or more; exactly one is correct for “single”, at least one for “multiple”."""

    id: str
    kind: ChoiceKind
    points: float
    prompt: str
    options: tuple[Option, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known wrong number, in the question’s unit, and what it means."""

    value: float
    explanation: str


@dataclass(frozen=True, slots=True)
class NumericQuestion:
    """`answer` is in `unit` (empty for a plain number); `tolerance` is relative, from 0 to 1."""

    kind: ClassVar[Literal["numeric"]] = "numeric"
    id: str
    points: float
    prompt: str
    answer: float
    unit: str
    tolerance: float
    mistakes: tuple[Mistake, ...]
    explanation: str


type Question = ChoiceQuestion | NumericQuestion


@dataclass(frozen=True, slots=True)
class QuizFile:
    id: UUID
    slug: str
    title: str
    questions: tuple[Question, ...]


def quiz_path(slug: str) -> str:
    return f"quizzes/{slug}.yaml"


def parse_quiz(text: str, *, path: str) -> QuizFile:
    """Read a quiz; its slug must be the name of the file in `path`. Raises ContentError."""
    record = read_record(normalise_newlines(text), path=path)
    quiz = QuizFile(
        id=record.uuid(),
        slug=read_own_slug(record, path),
        title=record.title("title"),
        questions=read_unique(record.records("questions", least=1), _question),
    )
    record.done()
    return quiz


def write_quiz(quiz: QuizFile) -> str:
    """The canonical text of a quiz. Raises ContentError when it could not be read back."""
    text = write_yaml(
        {
            "id": quiz.id,
            "slug": quiz.slug,
            "title": quiz.title,
            "questions": [_question_value(question) for question in quiz.questions],
        }
    )
    return checked(text, quiz, path=quiz_path(quiz.slug), parse=parse_quiz)


def read_own_slug(record: Record, path: str) -> str:
    """The key `slug`, which must agree with the name of the file."""
    slug = record.slug("slug")
    if slug != PurePosixPath(path).stem:
        reason = _("The slug “%(slug)s” and the name of the file must be the same.")
        raise record.error(reason % {"slug": slug}, "slug")
    return slug


def read_unique[T](records: list[Record], read: Callable[[Record], T]) -> tuple[T, ...]:
    """Read each record; ContentError where an `id` is used a second time."""
    seen: set[str] = set()
    items: list[T] = []
    for record in records:
        items.append(read(record))
        identity = record.slug("id")
        if identity in seen:
            raise record.error(_("The id “%(id)s” is used twice.") % {"id": identity}, "id")
        seen.add(identity)
    return tuple(items)


def _question(record: Record) -> Question:
    kind = record.one_of("kind", KINDS)
    question = _numeric(record) if kind == "numeric" else _choice(record, cast("ChoiceKind", kind))
    record.done()
    return question


def _choice(record: Record, kind: ChoiceKind) -> ChoiceQuestion:
    question = ChoiceQuestion(
        id=record.slug("id"),
        kind=kind,
        points=read_points(record),
        prompt=record.markdown("prompt"),
        options=read_unique(record.records("options", least=2), _option),
        explanation=record.markdown("explanation"),
    )
    correct = sum(option.correct for option in question.options)
    if correct == 0:
        raise record.error(_("No option is correct."), "options")
    if kind == "single" and correct > 1:
        raise record.error(
            _("%(count)d options are correct; a “single” question has exactly one.")
            % {"count": correct},
            "options",
        )
    return question


def _option(record: Record) -> Option:
    option = Option(
        id=record.slug("id"),
        text=record.markdown("text"),
        correct=record.boolean("correct"),
        explanation=record.markdown("explanation"),
    )
    record.done()
    return option


def _numeric(record: Record) -> NumericQuestion:
    return NumericQuestion(
        id=record.slug("id"),
        points=read_points(record),
        prompt=record.markdown("prompt"),
        answer=record.number("answer"),
        unit=read_unit(record),
        tolerance=read_tolerance(record),
        mistakes=_mistakes(record),
        explanation=record.markdown("explanation"),
    )


def _mistakes(record: Record) -> tuple[Mistake, ...]:
    entries = record.records("mistakes") if record.has("mistakes") else []
    return tuple(_mistake(entry) for entry in entries)


def _mistake(record: Record) -> Mistake:
    mistake = Mistake(record.number("value"), record.markdown("explanation"))
    record.done()
    return mistake


def _question_value(question: Question) -> Value:
    head: dict[str, Value] = {
        "id": question.id,
        "kind": question.kind,
        "points": question.points,
        "prompt": question.prompt,
    }
    if isinstance(question, ChoiceQuestion):
        head["options"] = [_option_value(option) for option in question.options]
    else:
        head |= _numeric_values(question)
    return {**head, "explanation": question.explanation}


def _option_value(option: Option) -> Value:
    return {
        "id": option.id,
        "text": option.text,
        "correct": option.correct,
        "explanation": option.explanation,
    }


def _numeric_values(question: NumericQuestion) -> dict[str, Value]:
    values: dict[str, Value] = {
        "answer": question.answer,
        **unit_values(question.unit),
        "tolerance": question.tolerance,
    }
    if question.mistakes:
        values["mistakes"] = [
            {"value": mistake.value, "explanation": mistake.explanation}
            for mistake in question.mistakes
        ]
    return values
