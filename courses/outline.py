"""The outline beside a lesson, in pieces that are put together for each reader."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from courses.models import CourseEdition


class Lesson(NamedTuple):
    """A lesson as the outline knows it."""

    content_id: UUID
    title: str
    path: str
    free: bool


class Neighbours(NamedTuple):
    """The lessons before and after one."""

    before: Lesson | None
    after: Lesson | None


class Line(NamedTuple):
    """One line of the outline: as it is, and when the lesson is done; the current one is marked."""

    plain: str
    done: str
    current: str
    current_done: str


@dataclass(frozen=True, slots=True)
class PreparedOutline:
    """The outline of one course edition; shared between requests."""

    title: str
    path: str
    lessons: tuple[Lesson, ...]
    head: str
    segments: tuple[str, ...]
    """Plain segments; where a lesson stands, its plain line."""
    lines: dict[UUID, tuple[int, Line]]
    """Lesson → where its line is among the segments, and how it may look."""
    positions: dict[UUID, int] = field(default_factory=dict)

    def count_done(self, done: frozenset[UUID]) -> int:
        """How many lessons of this edition are among `done`."""
        return len(self.lines.keys() & done)

    def neighbours(self, content_id: UUID) -> Neighbours:
        """The lessons before and after this one; none when it is not in the outline."""
        position = self.positions.get(content_id)
        if position is None:
            return Neighbours(None, None)
        before = self.lessons[position - 1] if position else None
        after = self.lessons[position + 1] if position + 1 < len(self.lessons) else None
        return Neighbours(before, after)

    def render(self, done: frozenset[UUID], current: UUID | None = None) -> SafeString:
        """The whole `<nav class="outline">`, with what is done marked and counted."""
        parts = list(self.segments)
        for content_id in self.lines.keys() & done:
            position, line = self.lines[content_id]
            parts[position] = line.done
        if current in self.lines:
            position, line = self.lines[current]
            parts[position] = line.current_done if current in done else line.current
        meter = self._meter(self.count_done(done))
        return mark_safe(meter + "".join(parts))  # noqa: S308 - every part was escaped when prepared

    def _meter(self, done: int) -> str:
        total = len(self.lessons)
        words = {"done": done, "total": total}
        return format_html(
            self.head,
            summary=_("Outline · %(done)d of %(total)d done") % words,
            label=_("Lessons done"),
            done=done,
            total=total,
            count=_("%(done)d of %(total)d") % words,
            sentence=_("%(done)d of %(total)d lessons done") % words,
        )


def prepare_outline(edition: CourseEdition) -> PreparedOutline:
    """Escape and join everything that does not depend on the reader."""
    path = f"/courses/{edition.course_slug}/"
    segments: list[str] = []
    lines: dict[UUID, tuple[int, Line]] = {}
    lessons: list[Lesson] = []
    for module in edition.outline:
        segments.append(format_html("<h2>{}</h2>\n<ol>", module["title"]))
        for lesson in _lessons(module, path):
            line = _line(lesson)
            lines[lesson.content_id] = (len(segments), line)
            lessons.append(lesson)
            segments.append(line.plain)
        segments.append("</ol>\n")
    segments.append("</details></nav>")
    return PreparedOutline(
        title=edition.title,
        path=path,
        lessons=tuple(lessons),
        head=_head(edition.title, path),
        segments=tuple(segments),
        lines=lines,
        positions={lesson.content_id: index for index, lesson in enumerate(lessons)},
    )


def _lessons(module: dict[str, Any], course_path: str) -> Iterator[Lesson]:
    for entry in module["lessons"]:
        path = f"{course_path}{entry['slug']}/"
        yield Lesson(UUID(entry["content_id"]), entry["title"], path, entry["free"])


def _head(title: str, path: str) -> str:
    """A format string for `_meter`; braces in the title are doubled."""
    link = format_html('<p class="course"><a href="{}">{}</a></p>', path, title)
    return (
        f'<nav class="outline" aria-label="{_attribute(_("Course outline"))}"><details>'
        "<summary>{summary}</summary>\n"
        + link.replace("{", "{{").replace("}", "}}")
        + '<progress value="{done}" max="{total}" aria-label="{label}">{count}</progress>'
        '<p class="small">{sentence}</p>\n'
    )


def _attribute(text: str) -> str:
    return format_html("{}", text).replace("{", "{{").replace("}", "}}")


def _line(lesson: Lesson) -> Line:
    title = format_html("{}", lesson.title)
    done = format_html('{}<span class="visually-hidden">{}</span>', title, _(", done"))
    return Line(
        plain=_item("", lesson.path, "", title),
        done=_item(' class="done"', lesson.path, "", done),
        current=_item("", lesson.path, ' aria-current="page"', title),
        current_done=_item(' class="done"', lesson.path, ' aria-current="page"', done),
    )


def _item(state: str, path: str, here: str, inner: str) -> str:
    return f'<li{state}><a href="{path}"{here}>{inner}</a></li>\n'
