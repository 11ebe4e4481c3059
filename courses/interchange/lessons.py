"""lesson.md: front matter and blocks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.utils.translation import gettext as _

from courses.interchange.blocks import Block
from courses.interchange.body import Located, read_body, write_body
from courses.interchange.characters import MAX_CHARACTERS, normalise_newlines
from courses.interchange.errors import BlockError, ContentError
from courses.interchange.round_trip import checked
from courses.interchange.yaml_reader import Record, read_record
from courses.interchange.yaml_writer import Value, write_yaml

FENCE = "---"
_URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A work to read; `url` is empty for one that is on paper only."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class LessonFile:
    """One lesson; `minutes` is the reading time, experiments included."""

    id: UUID
    slug: str
    title: str
    summary: str
    minutes: int
    free_preview: bool
    objectives: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    blocks: tuple[Block, ...] = ()


def lesson_path(slug: str) -> str:
    return f"lessons/{slug}/lesson.md"


def parse_lesson(text: str, *, path: str) -> LessonFile:
    """Read a lesson; its slug is the name of the directory in `path`. Raises ContentError."""
    text = normalise_newlines(text)
    record, body, first_line = _parts(text, path)
    located = _located(body, path, first_line)
    references = record.records("references") if record.has("references") else []
    lesson = LessonFile(
        id=record.uuid(),
        slug=PurePosixPath(path).parent.name,
        title=record.title("title"),
        summary=record.title("summary", longest=500),
        minutes=record.whole("minutes", 1, 600),
        free_preview=record.boolean("free_preview") if record.has("free_preview") else False,
        objectives=record.texts("objectives", least=1),
        references=tuple(_reference(entry) for entry in references),
        blocks=tuple(item.block for item in located),
    )
    record.done()
    return lesson


def lesson_blocks(text: str, *, path: str) -> list[Located]:
    """The blocks of a lesson with the lines of the file they begin on. Raises ContentError."""
    _record, body, first_line = _parts(normalise_newlines(text), path)
    return [
        Located(item.block, item.line + first_line - 1) for item in _located(body, path, first_line)
    ]


def write_lesson(lesson: LessonFile) -> str:
    """The canonical text of a lesson. Raises ContentError when it could not be read back."""
    path = lesson_path(lesson.slug)
    front = write_yaml(_front_matter(lesson))
    try:
        body = write_body(lesson.blocks)
    except BlockError as error:
        raise ContentError(path, 0, error.reason) from None
    text = f"{FENCE}\n{front}{FENCE}\n" + (f"\n{body}\n" if body else "")
    return checked(text, lesson, path=path, parse=parse_lesson)


def _front_matter(lesson: LessonFile) -> Mapping[str, Value]:
    values: dict[str, Value] = {
        "id": lesson.id,
        "title": lesson.title,
        "summary": lesson.summary,
        "minutes": lesson.minutes,
        "free_preview": lesson.free_preview,
        "objectives": lesson.objectives,
    }
    if lesson.references:
        values["references"] = [_reference_value(item) for item in lesson.references]
    return values


def _parts(text: str, path: str) -> tuple[Record, str, int]:
    """Front matter, body, and the line of the file on which the body begins."""
    if len(text) > MAX_CHARACTERS:
        reason = _("The file has more than %(most)d characters.") % {"most": MAX_CHARACTERS}
        raise ContentError(path, 0, reason)
    lines = text.split("\n")
    if lines[0].rstrip(" \t") != FENCE:
        raise ContentError(path, 1, _("A lesson begins with “---” and its front matter."))
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip(" \t") == FENCE:
            front = "\n".join(lines[1:index]) + "\n"
            body = "\n".join(lines[index + 1 :])
            return read_record(front, path=path, first_line=2), body, index + 2
    raise ContentError(path, 1, _("The front matter is not closed with “---”."))


def _located(body: str, path: str, first_line: int) -> list[Located]:
    try:
        return read_body(body)
    except BlockError as error:
        raise ContentError(path, first_line + error.line - 1, error.reason) from None


def _reference(record: Record) -> Reference:
    title = record.title("title", longest=500)
    url = record.title("url", longest=1000) if record.has("url") else ""
    if url and not _URL.fullmatch(url):
        raise record.error(_("A reference’s url begins with https:// or http://."), "url")
    record.done()
    return Reference(title, url)


def _reference_value(reference: Reference) -> Value:
    value = {"title": reference.title}
    return value | {"url": reference.url} if reference.url else value
