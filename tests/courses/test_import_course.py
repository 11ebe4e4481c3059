from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Revision

from courses.comparison import Choice
from courses.imports import ImportRefusedError, import_course
from courses.models import CourseEdition, CoursePage, LessonEdition, LessonPage
from courses.ownership import collection_for
from interviews.models import Scenario
from quizzes.models import Quiz
from tests.courses.conftest import write_sample


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def edit_title(page: LessonPage, title: str) -> None:
    page = LessonPage.objects.get(pk=page.pk)
    page.title = title
    page.save_revision().publish()


def state() -> tuple[int, int, int, int]:
    return (
        Revision.objects.count(),
        LessonEdition.objects.count(),
        CourseEdition.objects.count(),
        LessonPage.objects.count(),
    )


def test_an_import_publishes_lessons_quizzes_and_scenarios(sample: CoursePage) -> None:
    assert list(LessonPage.objects.live().order_by("path").values_list("slug", flat=True)) == [
        "open",
        "closed",
        "last",
    ]
    assert CourseEdition.objects.current().get().lesson_count == 3
    assert Quiz.objects.get().collection == collection_for("sample")
    assert Scenario.objects.get().collection == collection_for("sample")


def test_an_import_makes_one_edition_of_each_lesson(sample: CoursePage) -> None:
    assert LessonEdition.objects.count() == 3
    assert CourseEdition.objects.count() == 1


def test_the_quiz_of_a_free_lesson_is_free(sample: CoursePage) -> None:
    assert Quiz.objects.get().is_free


def test_a_second_import_changes_nothing(sample: CoursePage, sample_directory: Path) -> None:
    before = state()
    report = import_course(directory=sample_directory)
    assert report.changed_nothing
    assert set(report.choices.values()) == {Choice.SAME}
    assert state() == before


def test_what_nobody_edited_follows_the_files(sample: CoursePage, sample_directory: Path) -> None:
    change(sample_directory / "lessons/open/lesson.md", "More text.", "Other text.")
    report = import_course(directory=sample_directory)
    assert report.having(Choice.TAKE) == ["lessons/open/lesson.md"]
    assert "Other text." in LessonEdition.objects.current().get(slug="open").html
    assert LessonEdition.objects.count() == 4


def test_what_was_edited_in_the_studio_stays_while_its_file_is_the_same(
    lesson_page: LessonPage, sample_directory: Path
) -> None:
    edit_title(lesson_page, "Mine")
    change(sample_directory / "lessons/closed/lesson.md", "More text.", "Other text.")
    report = import_course(directory=sample_directory)
    assert report.having(Choice.KEEP) == ["lessons/open/lesson.md"]
    assert LessonPage.objects.get(slug="open").title == "Mine"


def test_a_conflict_changes_nothing_at_all(lesson_page: LessonPage, sample_directory: Path) -> None:
    edit_title(lesson_page, "Mine")
    change(sample_directory / "lessons/open/lesson.md", "title: Lesson open", "title: Theirs")
    change(sample_directory / "lessons/closed/lesson.md", "More text.", "Other text.")
    before = state()
    report = import_course(directory=sample_directory)
    assert [conflict.path for conflict in report.conflicts] == ["lessons/open/lesson.md"]
    assert "title" in report.conflicts[0].differs
    assert state() == before


def test_a_conflict_makes_the_command_fail_and_say_how_to_go_on(
    lesson_page: LessonPage, sample_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_title(lesson_page, "Mine")
    change(sample_directory / "lessons/open/lesson.md", "title: Lesson open", "title: Theirs")
    with pytest.raises(CommandError, match="--theirs"):
        call_command("import_course", str(sample_directory))
    assert "lessons/open/lesson.md" in capsys.readouterr().out


def test_theirs_takes_the_files(lesson_page: LessonPage, sample_directory: Path) -> None:
    edit_title(lesson_page, "Mine")
    change(sample_directory / "lessons/open/lesson.md", "title: Lesson open", "title: Theirs")
    import_course(directory=sample_directory, prefer="theirs")
    assert LessonPage.objects.get(slug="open").title == "Theirs"
    assert import_course(directory=sample_directory).changed_nothing


def test_ours_keeps_the_studio_and_settles_the_conflict(
    lesson_page: LessonPage, sample_directory: Path
) -> None:
    edit_title(lesson_page, "Mine")
    change(sample_directory / "lessons/open/lesson.md", "title: Lesson open", "title: Theirs")
    import_course(directory=sample_directory, prefer="ours")
    assert LessonPage.objects.get(slug="open").title == "Mine"
    assert not import_course(directory=sample_directory).conflicts


def test_a_draft_that_is_not_published_counts_as_edited(
    lesson_page: LessonPage, sample_directory: Path
) -> None:
    lesson_page.title = "Draft"
    lesson_page.save_revision()
    change(sample_directory / "lessons/open/lesson.md", "title: Lesson open", "title: Theirs")
    assert import_course(directory=sample_directory).conflicts


def test_an_edited_quiz_is_a_conflict_too(sample: CoursePage, sample_directory: Path) -> None:
    quiz = Quiz.objects.get()
    quiz.title = "Mine"
    quiz.save_revision().publish()
    change(sample_directory / "quizzes/sample-quiz.yaml", "title: A quiz", "title: Theirs")
    report = import_course(directory=sample_directory)
    assert [conflict.path for conflict in report.conflicts] == ["quizzes/sample-quiz.yaml"]


def test_a_dry_run_changes_nothing(db: None, sample_directory: Path) -> None:
    report = import_course(directory=sample_directory, dry_run=True)
    assert report.having(Choice.CREATE)
    assert not CoursePage.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        (":::{lab} circuit-breaker", ":::{lab} none", "lesson.md:33", "no lab"),
        (":::{lab} circuit-breaker\n", ":::{lab} circuit-breaker\n:preset: none\n", ":33", "none"),
        (":::{calculator} inference-memory", ":::{calculator} none", ":36", "calculator"),
        (":::{quiz} sample-quiz", ":::{quiz} none", "lesson.md:56", "quiz"),
        ("a -> b", "a -> {", "lesson.md:30", ""),
        ("minutes: 12", "minutes: many", "lesson.md:5", "minutes"),
    ],
)
def test_an_error_names_file_line_and_reason_and_changes_nothing(
    db: None, sample_directory: Path, old: str, new: str, place: str, reason: str
) -> None:
    change(sample_directory / "lessons/closed/lesson.md", old, new)
    with pytest.raises(ImportRefusedError) as caught:
        import_course(directory=sample_directory)
    assert "lessons/closed/lesson.md" in str(caught.value)
    assert place in str(caught.value)
    assert reason in str(caught.value)
    assert not CoursePage.objects.exists()


def test_an_unknown_scenario_is_an_error(db: None, sample_directory: Path) -> None:
    change(sample_directory / "course.yaml", "[sample-scenario]", "[none]")
    with pytest.raises(ImportRefusedError, match=r"course\.yaml.*none"):
        import_course(directory=sample_directory)


def test_a_missing_directory_makes_the_command_fail(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such directory"):
        call_command("import_course", str(tmp_path / "none"))


def test_lessons_follow_the_order_and_modules_of_the_file(
    sample: CoursePage, sample_directory: Path
) -> None:
    change(sample_directory / "course.yaml", "[open, closed]", "[last, open]")
    change(sample_directory / "course.yaml", "lessons: [last]", "lessons: [closed]")
    import_course(directory=sample_directory)
    outline = CourseEdition.objects.current().get().outline
    assert [[lesson["slug"] for lesson in module["lessons"]] for module in outline] == [
        ["last", "open"],
        ["closed"],
    ]
    assert import_course(directory=sample_directory).changed_nothing


def test_a_lesson_that_left_the_files_is_unpublished(
    sample: CoursePage, sample_directory: Path
) -> None:
    change(sample_directory / "course.yaml", "[open, closed]", "[open]")
    (sample_directory / "lessons/closed/lesson.md").unlink()
    report = import_course(directory=sample_directory)
    assert report.removed == ["lessons/closed/lesson.md"]
    assert not LessonPage.objects.get(slug="closed").live
    assert not LessonEdition.objects.current().filter(slug="closed").exists()
    assert import_course(directory=sample_directory).changed_nothing


def test_a_lesson_deleted_in_the_studio_stays_deleted(
    sample: CoursePage, sample_directory: Path
) -> None:
    LessonPage.objects.get(slug="closed").delete()
    import_course(directory=sample_directory)
    assert not LessonPage.objects.filter(slug="closed").exists()


def test_two_lessons_may_exchange_their_slugs(sample: CoursePage, sample_directory: Path) -> None:
    one, other = sample_directory / "lessons/open", sample_directory / "lessons/closed"
    one.rename(sample_directory / "lessons/between")
    other.rename(one)
    (sample_directory / "lessons/between").rename(other)
    import_course(directory=sample_directory)
    assert LessonEdition.objects.current().get(slug="open").title == "Lesson closed"
    assert import_course(directory=sample_directory).changed_nothing


def test_a_lesson_of_another_course_is_refused(
    sample: CoursePage, sample_directory: Path, tmp_path: Path
) -> None:
    other = write_sample(tmp_path / "other", "other")
    mine = (sample_directory / "lessons/open/lesson.md").read_text()
    (other / "lessons/open/lesson.md").write_text(mine.replace("sample-quiz", "other-quiz"))
    with pytest.raises(ImportRefusedError, match="another course"):
        import_course(directory=other)


def test_the_whole_content_is_imported_once(
    sample: CoursePage, sample_directory: Path, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONTENT_DIR = sample_directory.parent  # type: ignore[attr-defined]
    call_command("import_content")
    assert "sample: nothing changed" in capsys.readouterr().out
