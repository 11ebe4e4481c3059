"""Files to database: all of a course or nothing, and never over what was edited in the studio."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses import actions, comparison, conversion, known, ownership, receivers, structure
from courses.comparison import Choice, Comparison, Preference, decide
from courses.definitions import quiz_data, scenario_data
from courses.diagrams import diagram_errors
from courses.interchange import (
    COURSE_PATH,
    ContentError,
    CourseBundle,
    KnownSlugs,
    LessonFile,
    SourceFile,
    check_references,
    read_course,
)
from courses.models import CoursePage, LessonPage, ModulePage
from courses.root import course_index, lock_index
from grading.rubric import RubricError
from interviews.definition import save_scenario_from_data
from interviews.models import Scenario
from quizzes.definition import DefinitionError, save_quiz_from_data
from quizzes.models import Quiz

WRITTEN = {Choice.CREATE, Choice.TAKE}
REMEMBERED = {Choice.ADOPT, Choice.KEEP_OURS}


class ImportRefusedError(Exception):
    """A course that cannot be imported; `errors` name file, line and reason."""

    def __init__(self, errors: list[ContentError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that changed since the last import, of an object that was edited in the studio."""

    path: str
    differs: str

    def __str__(self) -> str:
        return f"{self.path}: {self.differs}"


@dataclass(slots=True)
class ImportReport:
    """What became of the files, by path; with conflicts nothing was changed at all."""

    course_slug: str
    choices: dict[str, Choice] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    """What the files no longer have: unpublished, and still there as a draft."""
    conflicts: list[Conflict] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def having(self, *choices: Choice) -> list[str]:
        """The paths for which this was chosen."""
        return [path for path, choice in self.choices.items() if choice in choices]

    @property
    def changed_nothing(self) -> bool:
        """Whether everything was in the database already."""
        return not self.removed and not self.having(*WRITTEN, *REMEMBERED)


def import_course(
    *,
    directory: Path,
    prefer: Preference | None = None,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda _path: None,
) -> ImportReport:
    """Make the database agree with the course in `directory`, in one transaction.

    What was edited in the studio and also changed in the files is a conflict, and then nothing is
    changed, unless `prefer` says whose version counts: `theirs` are the files, `ours` is the
    studio. `progress` is told the path of each file before it is written. Raises ImportRefusedError
    for files that are wrong.
    """
    try:
        bundle = read_course(directory)
        with transaction.atomic(), receivers.paused():
            lock_index()
            report = _Import(bundle, prefer, progress).run()
            if dry_run or report.conflicts:
                transaction.set_rollback(True)
    except ContentError as error:
        raise ImportRefusedError([error]) from None
    return report


class _Import:
    """One run: first everything is compared, then checked, then written."""

    def __init__(
        self, bundle: CourseBundle, prefer: Preference | None, progress: Callable[[str], None]
    ) -> None:
        self.bundle = bundle
        self.prefer = prefer
        self.progress = progress
        self.file = bundle.course.value
        self.report = ImportReport(self.file.slug, ignored=bundle.ignored)
        self.course = CoursePage.objects.filter(content_id=self.file.id).first()
        self.lessons = _by_id(LessonPage, bundle.lessons)
        self.quizzes = _by_id(Quiz, bundle.quizzes)
        self.scenarios = _by_id(Scenario, bundle.scenarios)

    def run(self) -> ImportReport:
        self._compare()
        absent = self._absent()
        if self.report.conflicts or (self.report.changed_nothing and not absent):
            return self.report
        self._check()
        course = self._write_course()
        self._write_quizzes(course)
        self._write_scenarios(course)
        self._write_lessons(course)
        for item in absent:
            item.unpublish()
            self.report.removed.append(f"{type(item).__name__.lower()} {item.slug}")
        actions.refresh_course(course_id=course.pk)
        return self.report

    def _compare(self) -> None:
        course = self.bundle.course
        found = comparison.compare_course(self.course, course) if self.course else None
        self._choose(course, found)
        for lesson in self.bundle.lessons:
            page = self.lessons.get(lesson.value.id)
            self._choose(lesson, comparison.compare_lesson(page, lesson) if page else None)
        for quiz in self.bundle.quizzes:
            row = self.quizzes.get(quiz.value.id)
            self._choose(quiz, comparison.compare_quiz(row, quiz) if row else None)
        for scenario in self.bundle.scenarios:
            item = self.scenarios.get(scenario.value.id)
            found = comparison.compare_scenario(item, scenario) if item else None
            self._choose(scenario, found)
        if not self._structure_is_taken():
            self._leave_out_lessons()

    def _choose(self, file: SourceFile[Any], found: Comparison | None) -> None:
        choice = decide(found, self.prefer)
        self.report.choices[file.path] = choice
        if choice is Choice.CONFLICT and found:
            self.report.conflicts.append(Conflict(file.path, found.differs))

    def _choice(self, file: SourceFile[Any]) -> Choice:
        return self.report.choices[file.path]

    def _structure_is_taken(self) -> bool:
        return self._choice(self.bundle.course) in WRITTEN

    def _leave_out_lessons(self) -> None:
        """Where the studio's course stands, lessons that were deleted there stay deleted."""
        for path in self.report.having(Choice.CREATE):
            if path.startswith("lessons/"):
                self.report.choices[path] = Choice.KEEP

    def _absent(self) -> list[Quiz | Scenario]:
        """What was imported once, is unedited, and is no longer among the files."""
        if self.course is None or self.course.collection_id is None:
            return []
        theirs = self.prefer == "theirs"
        return [
            *(
                quiz
                for quiz in _imported(Quiz, self.course, self.quizzes)
                if theirs or not comparison.quiz_is_edited(quiz)
            ),
            *(
                scenario
                for scenario in _imported(Scenario, self.course, self.scenarios)
                if theirs or not comparison.scenario_is_edited(scenario)
            ),
        ]

    def _check(self) -> None:
        """Raise ImportRefusedError for references that lead nowhere and for broken diagrams."""
        errors = check_references(self.bundle, self._known())
        for lesson in self.bundle.lessons:
            if self._choice(lesson) in WRITTEN:
                errors += diagram_errors(lesson)
        if errors:
            raise ImportRefusedError(errors)

    def _known(self) -> KnownSlugs:
        collection = self.course.collection_id if self.course else None
        quizzes = Quiz.objects.filter(collection=collection, live=True)
        scenarios = Scenario.objects.filter(collection=collection, live=True)
        return KnownSlugs(
            labs=known.labs(),
            calculators=known.calculators(),
            quizzes=set(quizzes.values_list("slug", flat=True)) if collection else (),
            scenarios=set(scenarios.values_list("slug", flat=True)) if collection else (),
        )

    def _write_course(self) -> CoursePage:
        file = self.bundle.course
        choice = self._choice(file)
        page = self.course or CoursePage(live=False)
        if choice in WRITTEN:
            with _refusing(file.path):
                page = self._store_course(comparison.newest(page) if page.pk else page)
        elif choice in REMEMBERED:
            CoursePage.objects.filter(pk=page.pk).update(imported_source=file.source)
        return ownership.ensure_owned(course=page)

    def _store_course(self, page: CoursePage) -> CoursePage:
        conversion.fill_course(page, self.file)
        if page.pk is None:
            course_index().add_child(instance=page)
        page.imported_source = self.bundle.course.source
        page.save_revision(clean=False).publish()
        page = CoursePage.objects.get(pk=page.pk)
        ownership.follow_slug(course=page)
        return page

    def _write_quizzes(self, course: CoursePage) -> None:
        for file in self.bundle.quizzes:
            if self._choice(file) in WRITTEN:
                self.progress(file.path)
                with _refusing(file.path):
                    data = quiz_data(file.value)
                    save_quiz_from_data(data=data, source=file.source, collection=course.collection)
            elif self._choice(file) in REMEMBERED:
                Quiz.objects.filter(content_id=file.value.id).update(imported_source=file.source)

    def _write_scenarios(self, course: CoursePage) -> None:
        for file in self.bundle.scenarios:
            if self._choice(file) in WRITTEN:
                self.progress(file.path)
                _check_owner(file.path, self.scenarios.get(file.value.id), course)
                with _refusing(file.path):
                    save_scenario_from_data(
                        data=scenario_data(file.value),
                        source=file.source,
                        collection=course.collection,
                    )
            elif self._choice(file) in REMEMBERED:
                same = Scenario.objects.filter(content_id=file.value.id)
                same.update(imported_source=file.source)

    def _write_lessons(self, course: CoursePage) -> None:
        taken = self._structure_is_taken()
        with _refusing(COURSE_PATH):
            homes = structure.put_modules(course, self.file) if taken else {}
        pages = [(self.lessons[f.value.id], f.value) for f in self._lessons_to_write(stored=True)]
        structure.free_lesson_slugs(pages)
        for file in self.bundle.lessons:
            if self._choice(file) in WRITTEN:
                self.progress(file.path)
                with _refusing(file.path):
                    self._store_lesson(course, file, homes)
            elif self._choice(file) in REMEMBERED:
                _remember(file)
        if taken:
            ids = {file.value.slug: file.value.id for file in self.bundle.lessons}
            self.report.removed += structure.arrange(course, self.file, ids)

    def _lessons_to_write(self, *, stored: bool) -> Iterator[SourceFile[LessonFile]]:
        for file in self.bundle.lessons:
            if self._choice(file) in WRITTEN and (file.value.id in self.lessons) is stored:
                yield file

    def _store_lesson(
        self, course: CoursePage, file: SourceFile[LessonFile], homes: dict[str, ModulePage]
    ) -> None:
        stored = self.lessons.get(file.value.id)
        if stored is not None:
            structure.check_home(course, stored, file.value)
        new = LessonPage(live=False)
        conversion.fill_lesson(new, file.value)
        home = homes.get(file.value.slug)
        page = structure.put_lesson(stored, home, new) if home else stored
        assert page is not None  # noqa: S101 - a new lesson is written only with its module
        conversion.fill_lesson(page, file.value)
        page.imported_source, page.imported_slug = file.source, file.value.slug
        page.save_revision(clean=False).publish()


def _by_id(model: Any, files: tuple[SourceFile[Any], ...]) -> dict[Any, Any]:
    ids = [file.value.id for file in files]
    return {item.content_id: item for item in model.objects.filter(content_id__in=ids)}


def _imported(model: Any, course: CoursePage, present: dict[Any, Any]) -> Any:
    """What was imported for a course and is published, but for what is `present` in the files."""
    mine = model.objects.filter(collection=course.collection_id, live=True)
    return mine.exclude(imported_source="").exclude(content_id__in=present)


def _remember(file: SourceFile[LessonFile]) -> None:
    LessonPage.objects.filter(content_id=file.value.id).update(
        imported_source=file.source, imported_slug=file.value.slug
    )


def _check_owner(path: str, scenario: Scenario | None, course: CoursePage) -> None:
    """Raise ContentError for a scenario that belongs to another course."""
    if scenario is not None and scenario.collection_id != course.collection_id:
        raise ContentError(
            path, 0, _("This scenario belongs to another course. Give the file a new id.")
        )


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    """Whatever the database's side finds wrong is said as an error of the file."""
    try:
        yield
    except (DefinitionError, RubricError) as error:
        raise ContentError(path, 0, str(error)) from None
    except ValidationError as error:
        raise ContentError(path, 0, " ".join(error.messages)) from None
