"""A whole course in memory, with the exact text of each of its files."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from courses.interchange.course import COURSE_PATH, CourseFile, parse_course, write_course_file
from courses.interchange.errors import ContentError
from courses.interchange.lessons import LessonFile, lesson_path, parse_lesson, write_lesson
from courses.interchange.quizzes import QuizFile, parse_quiz, quiz_path, write_quiz
from courses.interchange.round_trip import Parser
from courses.interchange.scenarios import (
    ScenarioFile,
    parse_scenario,
    scenario_path,
    write_scenario,
)

_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_LESSON = re.compile(f"lessons/{_SLUG}/lesson\\.md")
_QUIZ = re.compile(f"quizzes/{_SLUG}\\.yaml")
_SCENARIO = re.compile(f"scenarios/{_SLUG}\\.yaml")


@dataclass(frozen=True, slots=True)
class SourceFile[T]:
    """What a file says, and its text to the byte."""

    path: str
    value: T
    source: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.source.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CourseBundle:
    """`ignored` names files that are no part of the format, relative to the course."""

    course: SourceFile[CourseFile]
    lessons: tuple[SourceFile[LessonFile], ...] = ()
    quizzes: tuple[SourceFile[QuizFile], ...] = ()
    scenarios: tuple[SourceFile[ScenarioFile], ...] = ()
    ignored: tuple[str, ...] = ()

    def sources(self) -> dict[str, str]:
        """Path → text of every file, lessons in the order of the course."""
        files = (self.course, *self.lessons, *self.quizzes, *self.scenarios)
        return {file.path: file.source for file in files}


def is_content_path(path: str) -> bool:
    """Whether a path, relative to the course’s directory, is one of a course’s own files."""
    patterns = (_LESSON, _QUIZ, _SCENARIO)
    return path == COURSE_PATH or any(pattern.fullmatch(path) for pattern in patterns)


def course_source(value: CourseFile, source: str | None = None) -> SourceFile[CourseFile]:
    """The file of a course: `source` as imported, or the canonical text. So are the next three."""
    text = write_course_file(value) if source is None else source
    return SourceFile(COURSE_PATH, value, text)


def lesson_source(value: LessonFile, source: str | None = None) -> SourceFile[LessonFile]:
    text = write_lesson(value) if source is None else source
    return SourceFile(lesson_path(value.slug), value, text)


def quiz_source(value: QuizFile, source: str | None = None) -> SourceFile[QuizFile]:
    text = write_quiz(value) if source is None else source
    return SourceFile(quiz_path(value.slug), value, text)


def scenario_source(value: ScenarioFile, source: str | None = None) -> SourceFile[ScenarioFile]:
    text = write_scenario(value) if source is None else source
    return SourceFile(scenario_path(value.slug), value, text)


def read_files(files: Mapping[str, bytes], *, ignored: Iterable[str] = ()) -> CourseBundle:
    """The course that `files` (relative path → bytes) make up.

    Paths that are no part of the format are listed in `ignored`. Raises ContentError for the
    first thing that is wrong, including a lesson that no module lists.
    """
    texts = {path: _decode(path, data) for path, data in files.items() if is_content_path(path)}
    if COURSE_PATH not in texts:
        raise ContentError(COURSE_PATH, 0, _("The file is missing."))
    source = texts[COURSE_PATH]
    course = SourceFile(COURSE_PATH, parse_course(source), source)
    bundle = CourseBundle(
        course=course,
        lessons=_in_course_order(course.value, tuple(_read(texts, _LESSON, parse_lesson))),
        quizzes=tuple(_read(texts, _QUIZ, parse_quiz)),
        scenarios=tuple(_read(texts, _SCENARIO, parse_scenario)),
        ignored=tuple(sorted({*ignored, *(path for path in files if path not in texts)})),
    )
    _check_ids(bundle)
    return bundle


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(path, line, _("The file is not UTF-8 text.")) from None


def _read[T](
    texts: Mapping[str, str], pattern: re.Pattern[str], parse: Parser[T]
) -> Iterator[SourceFile[T]]:
    for path in sorted(texts):
        if pattern.fullmatch(path):
            yield SourceFile(path, parse(texts[path], path=path), texts[path])


def _in_course_order(
    course: CourseFile, lessons: tuple[SourceFile[LessonFile], ...]
) -> tuple[SourceFile[LessonFile], ...]:
    """The lessons as the modules list them; ContentError for a missing or an unlisted one."""
    by_slug = {lesson.value.slug: lesson for lesson in lessons}
    listed = [slug for module in course.modules for slug in module.lessons]
    for slug in listed:
        if slug not in by_slug:
            reason = _("The lesson “%(slug)s” is listed, but %(path)s does not exist.")
            raise ContentError(COURSE_PATH, 0, reason % {"slug": slug, "path": lesson_path(slug)})
    for lesson in lessons:
        if lesson.value.slug not in listed:
            reason = _("No module in course.yaml lists this lesson.")
            raise ContentError(lesson.path, 0, reason)
    return tuple(by_slug[slug] for slug in listed)


def _check_ids(bundle: CourseBundle) -> None:
    """Every object of a course has an id of its own."""
    owners: dict[UUID, str] = {}
    for path, identity in _ids(bundle):
        if identity in owners:
            reason = _("The id %(id)s is used in %(other)s too; each needs its own.")
            raise ContentError(path, 0, reason % {"id": identity, "other": owners[identity]})
        owners[identity] = path


def _ids(bundle: CourseBundle) -> Iterator[tuple[str, UUID]]:
    course = bundle.course.value
    yield COURSE_PATH, course.id
    for module in course.modules:
        yield COURSE_PATH, module.id
    for lesson in bundle.lessons:
        yield lesson.path, lesson.value.id
    for quiz in bundle.quizzes:
        yield quiz.path, quiz.value.id
    for scenario in bundle.scenarios:
        yield scenario.path, scenario.value.id
