"""What is stored against what a file says: who changed what since the last import."""

from dataclasses import dataclass, fields
from enum import Enum, auto
from typing import Any, Literal

from django.utils.translation import gettext as _

from courses import actions, conversion
from courses.definitions import quiz_data, scenario_data
from courses.interchange import (
    CourseFile,
    LessonFile,
    QuizFile,
    ScenarioFile,
    SourceFile,
    lesson_path,
    parse_course,
    parse_lesson,
    parse_quiz,
    parse_scenario,
    quiz_path,
    scenario_path,
)
from courses.models import CoursePage, LessonPage
from interviews.definition import normalise_scenario_data, scenario_to_data
from interviews.models import Scenario
from quizzes.definition import fingerprint, quiz_to_data
from quizzes.models import Quiz

type Preference = Literal["theirs", "ours"]


class Choice(Enum):
    """What an import does with one file."""

    CREATE = auto()
    TAKE = auto()
    """Overwrite what is stored."""
    ADOPT = auto()
    """Remember the text of the file; the content is right already."""
    KEEP = auto()
    """The studio's version stands; the file has not changed since the last import."""
    KEEP_OURS = auto()
    """The studio's version stands although the file has changed: somebody said so."""
    SAME = auto()
    CONFLICT = auto()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored object against its file."""

    is_same_text: bool
    """The file is what was imported last."""
    agrees: bool
    """Readers see just what the file says, and no draft is waiting."""
    edited: bool
    """The studio's newest version differs from what was imported last."""
    differs: str = ""
    """A sentence on what differs between the studio and the file."""


def decide(found: Comparison | None, prefer: Preference | None) -> Choice:
    """What to do with a file; None stands for an object that is not stored yet."""
    if found is None:
        return Choice.CREATE
    if found.agrees:
        return Choice.SAME if found.is_same_text else Choice.ADOPT
    if prefer == "theirs":
        return Choice.TAKE
    if found.is_same_text:
        return Choice.KEEP
    if not found.edited:
        return Choice.TAKE
    return Choice.KEEP_OURS if prefer == "ours" else Choice.CONFLICT


def compare_lesson(page: LessonPage, file: SourceFile[LessonFile]) -> Comparison:
    """A lesson's newest version, draft or not, against its file."""
    value = conversion.lesson_file(newest(page))
    same_text = page.imported_source == file.source and page.imported_slug == file.value.slug
    base = file.value if same_text else imported_lesson(page)
    return _comparison(same_text, page.live, value, file.value, base)


def imported_lesson(page: LessonPage) -> LessonFile | None:
    """What the file said that was imported last; None if there was none."""
    if not page.imported_source:
        return None
    return parse_lesson(page.imported_source, path=lesson_path(page.imported_slug))


def compare_course(page: CoursePage, file: SourceFile[CourseFile]) -> Comparison:
    """A course's newest version, with the modules and lessons that are live, against its file."""
    value = stored_course(page, newest_version=True)
    same_text = page.imported_source == file.source
    base = file.value if same_text else imported_course(page)
    return _comparison(same_text, page.live, value, file.value, base)


def imported_course(page: CoursePage) -> CourseFile | None:
    """What course.yaml said when it was imported last; None if it never was."""
    return parse_course(page.imported_source) if page.imported_source else None


def stored_course(page: CoursePage, *, newest_version: bool = False) -> CourseFile:
    """A course as its file would say it, from what is live or from the newest drafts."""
    lessons: dict[int, list[str]] = {}
    for placed in actions.live_lessons(page):
        lessons.setdefault(placed.module.pk, []).append(placed.page.slug)
    pick = newest if newest_version else (lambda item: item)
    modules = [(pick(m), lessons.get(m.pk, [])) for m in actions.live_modules(page)]
    return conversion.course_file(pick(page), modules)


def newest[P: (CoursePage, LessonPage)](page: P) -> P:
    """The page with its unpublished draft, if there is one."""
    return page.get_latest_revision_as_object() if page.has_unpublished_changes else page


def compare_quiz(quiz: Quiz, file: SourceFile[QuizFile]) -> Comparison:
    """A quiz's newest version against its file."""
    value = fingerprint(quiz_to_data(_newest(quiz)))
    same_text = quiz.imported_source == file.source
    wanted = fingerprint(quiz_data(file.value))
    base = wanted if same_text else imported_quiz(quiz)
    return _marked(same_text, quiz.live, value, wanted, base)


def imported_quiz(quiz: Quiz) -> str | None:
    """The fingerprint of the quiz that was imported last."""
    if not quiz.imported_source:
        return None
    return fingerprint(quiz_data(parse_quiz(quiz.imported_source, path=_own_path(quiz))))


def quiz_is_edited(quiz: Quiz) -> bool:
    """Whether the studio's newest version differs from what was imported last."""
    return not quiz.live or fingerprint(quiz_to_data(_newest(quiz))) != imported_quiz(quiz)


def compare_scenario(scenario: Scenario, file: SourceFile[ScenarioFile]) -> Comparison:
    """A scenario's newest version against its file."""
    value = scenario_to_data(_newest(scenario))
    same_text = scenario.imported_source == file.source
    wanted = normalise_scenario_data(scenario_data(file.value))
    base = wanted if same_text else imported_scenario(scenario)
    return _marked(same_text, scenario.live, value, wanted, base)


def imported_scenario(scenario: Scenario) -> dict[str, Any] | None:
    """The data of the scenario that was imported last."""
    if not scenario.imported_source:
        return None
    file = parse_scenario(scenario.imported_source, path=_own_path(scenario))
    return normalise_scenario_data(scenario_data(file))


def scenario_is_edited(scenario: Scenario) -> bool:
    """Whether the studio's newest version differs from what was imported last."""
    newest_data = scenario_to_data(_newest(scenario))
    return not scenario.live or newest_data != imported_scenario(scenario)


def _newest(item: Any) -> Any:
    return item.get_latest_revision_as_object() if item.has_unpublished_changes else item


def _own_path(item: Quiz | Scenario) -> str:
    """The path the imported text had: its slug is in the text, whatever the object's is now."""
    lines = item.imported_source.replace("\r\n", "\n").split("\n")
    slug = next(line for line in lines if line.startswith("slug:")).partition(":")[2].strip("\"' ")
    return quiz_path(slug) if isinstance(item, Quiz) else scenario_path(slug)


def _comparison(same_text: bool, live: bool, value: Any, wanted: Any, base: Any) -> Comparison:  # noqa: FBT001
    names = [field.name for field in fields(wanted)]
    different = [name for name in names if getattr(value, name) != getattr(wanted, name)]
    return Comparison(
        is_same_text=same_text,
        agrees=live and not different,
        edited=not live or value != base,
        differs=_sentence(", ".join(different), live=live),
    )


def _marked(same_text: bool, live: bool, value: Any, wanted: Any, base: Any) -> Comparison:  # noqa: FBT001
    return Comparison(
        is_same_text=same_text,
        agrees=live and value == wanted,
        edited=not live or value != base,
        differs=_sentence(_("its content"), live=live),
    )


def _sentence(names: str, *, live: bool) -> str:
    if not live:
        return _("It was unpublished in the studio, and the file has changed.")
    return _("The studio and the file differ in: %(names)s.") % {"names": names}
