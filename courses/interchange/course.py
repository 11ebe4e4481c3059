"""course.yaml: what a course consists of, in order."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from courses.interchange.characters import normalise_newlines
from courses.interchange.round_trip import checked
from courses.interchange.yaml_reader import Record, read_record
from courses.interchange.yaml_writer import Flow, Value, write_yaml

COURSE_PATH = "course.yaml"


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """`lessons` holds slugs, in the order of reading."""

    id: UUID
    slug: str
    title: str
    lessons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseFile:
    """`scenarios` holds slugs; `description` is Markdown."""

    id: UUID
    slug: str
    title: str
    summary: str
    description: str
    modules: tuple[ModuleFile, ...]
    scenarios: tuple[str, ...] = ()


def parse_course(text: str, *, path: str = COURSE_PATH) -> CourseFile:
    """Read course.yaml. Raises ContentError."""
    record = read_record(normalise_newlines(text), path=path)
    course = CourseFile(
        id=record.uuid(),
        slug=record.slug("slug"),
        title=record.title("title"),
        summary=record.title("summary", longest=500),
        description=record.markdown("description", blank=True),
        modules=_modules(record),
        scenarios=_distinct(record, "scenarios", set()) if record.has("scenarios") else (),
    )
    record.done()
    return course


def write_course_file(course: CourseFile) -> str:
    """The canonical text of course.yaml. Raises ContentError when it could not be read back."""
    values: dict[str, Value] = {
        "id": course.id,
        "slug": course.slug,
        "title": course.title,
        "summary": course.summary,
        "description": course.description,
        "modules": [_module_value(module) for module in course.modules],
    }
    if course.scenarios:
        values["scenarios"] = Flow(course.scenarios, spill=True)
    return checked(write_yaml(values), course, path=COURSE_PATH, parse=parse_course)


def _modules(record: Record) -> tuple[ModuleFile, ...]:
    modules: list[ModuleFile] = []
    slugs: set[str] = set()
    lessons: set[str] = set()
    for entry in record.records("modules"):
        module = ModuleFile(
            id=entry.uuid(),
            slug=entry.slug("slug"),
            title=entry.title("title"),
            lessons=_distinct(entry, "lessons", lessons),
        )
        entry.done()
        if module.slug in slugs:
            reason = _("The module “%(slug)s” is listed twice.") % {"slug": module.slug}
            raise entry.error(reason, "slug")
        slugs.add(module.slug)
        modules.append(module)
    return tuple(modules)


def _distinct(record: Record, key: str, seen: set[str]) -> tuple[str, ...]:
    """The slugs under `key`, none of which may be in `seen`; adds them to it."""
    slugs = record.slugs(key)
    for slug in slugs:
        if slug in seen:
            raise record.error(_("“%(slug)s” is listed twice.") % {"slug": slug}, key)
        seen.add(slug)
    return slugs


def _module_value(module: ModuleFile) -> Value:
    return {
        "id": module.id,
        "slug": module.slug,
        "title": module.title,
        "lessons": Flow(module.lessons, spill=True),
    }
