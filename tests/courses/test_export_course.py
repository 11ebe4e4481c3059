from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from courses.exports import export_course
from courses.imports import import_course
from courses.models import CoursePage, LessonPage
from quizzes.models import Quiz
from tests.courses.conftest import write_sample


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_import_and_export_give_the_same_bytes(
    sample: CoursePage, sample_directory: Path, tmp_path: Path
) -> None:
    export_course(slug="sample", directory=tmp_path / "out")
    assert files(tmp_path / "out") == files(sample_directory)


@pytest.mark.parametrize("slug", ["microservices", "genai"])
def test_the_repositorys_own_content_comes_out_as_it_went_in(
    db: None, tmp_path: Path, slug: str
) -> None:
    import_course(directory=settings.CONTENT_DIR / slug)
    export_course(slug=slug, directory=tmp_path / "out")
    assert files(tmp_path / "out") == files(settings.CONTENT_DIR / slug)


def test_what_was_edited_survives_export_import_export(
    lesson_page: LessonPage, sample_directory: Path, tmp_path: Path
) -> None:
    lesson_page.title = "Mine: “quoted” # and all"
    lesson_page.body = [("text", "Only\n\n    indented"), ("reveal", {"title": "Q", "text": "A"})]
    lesson_page.save_revision().publish()
    quiz = Quiz.objects.get()
    quiz.title = "no"
    quiz.save_revision().publish()
    first = tmp_path / "first"
    export_course(slug="sample", directory=first)
    assert files(first) != files(sample_directory)
    report = import_course(directory=first)
    assert not report.conflicts
    export_course(slug="sample", directory=tmp_path / "second")
    assert files(tmp_path / "second") == files(first)
    assert import_course(directory=first).changed_nothing


def test_files_of_lessons_that_nobody_edited_stay_as_they_were(
    lesson_page: LessonPage, sample_directory: Path, tmp_path: Path
) -> None:
    lesson_page.title = "Mine"
    lesson_page.save_revision().publish()
    export_course(slug="sample", directory=tmp_path / "out")
    before, after = files(sample_directory), files(tmp_path / "out")
    assert [path for path in before if before[path] != after[path]] == ["lessons/open/lesson.md"]


def test_drafts_are_not_exported_but_named(
    lesson_page: LessonPage, sample_directory: Path, tmp_path: Path
) -> None:
    lesson_page.title = "Draft"
    lesson_page.save_revision()
    report = export_course(slug="sample", directory=tmp_path / "out")
    assert report.drafts == ("Draft",)
    assert files(tmp_path / "out") == files(sample_directory)


def test_the_files_of_another_course_are_not_overwritten(
    sample: CoursePage, tmp_path: Path
) -> None:
    other = write_sample(tmp_path / "other", "other")
    with pytest.raises(CommandError, match="another course"):
        call_command("export_course", "sample", str(other))


def test_an_unknown_course_makes_the_command_fail(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no course"):
        call_command("export_course", "none", str(tmp_path))
