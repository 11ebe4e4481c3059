"""What authors do in the studio, and what readers see of it."""

from uuid import UUID

import pytest
from django.core.management import call_command

from courses import rendering
from courses.models import CourseEdition, CoursePage, LessonEdition, LessonPage, ModulePage
from courses.models.editions import ImmutableError
from courses.ownership import create_course
from quizzes.models import Quiz


def outline() -> list[list[str]]:
    edition = CourseEdition.objects.current().get()
    return [[lesson["slug"] for lesson in module["lessons"]] for module in edition.outline]


def test_an_edition_refuses_every_change_but_of_being_current(sample: CoursePage) -> None:
    edition = LessonEdition.objects.current().get(slug="open")
    edition.title = "Changed"
    with pytest.raises(ImmutableError):
        edition.save()
    with pytest.raises(ImmutableError):
        edition.save(update_fields=["title"])
    edition.is_current = False
    edition.save(update_fields=["is_current"])


def test_publishing_makes_a_new_edition_and_keeps_the_old_one(lesson_page: LessonPage) -> None:
    lesson_page.title = "New title"
    revision = lesson_page.save_revision()
    revision.publish()
    old, new = LessonEdition.objects.filter(content_id=lesson_page.content_id).order_by("number")
    assert (old.title, old.is_current, new.title, new.is_current) == (
        "Lesson open",
        False,
        "New title",
        True,
    )
    assert new.revision_id == revision.pk


def test_a_draft_makes_no_edition(lesson_page: LessonPage) -> None:
    lesson_page.title = "Draft"
    lesson_page.save_revision()
    assert LessonEdition.objects.count() == 3


def test_publishing_the_same_again_makes_no_edition(lesson_page: LessonPage) -> None:
    lesson_page.save_revision().publish()
    assert LessonEdition.objects.count() == 3
    assert CourseEdition.objects.count() == 1


def test_an_old_revision_can_be_published_again(lesson_page: LessonPage) -> None:
    first = lesson_page.latest_revision
    lesson_page.title = "New title"
    lesson_page.save_revision().publish()
    first.publish()
    current = LessonEdition.objects.current().get(content_id=lesson_page.content_id)
    assert (current.number, current.title) == (3, "Lesson open")


def test_an_unpublished_lesson_is_gone_for_readers(lesson_page: LessonPage) -> None:
    lesson_page.unpublish()
    assert outline() == [["closed"], ["last"]]
    assert not LessonEdition.objects.current().filter(slug="open").exists()


def test_an_unpublished_module_takes_its_lessons_with_it(sample: CoursePage) -> None:
    ModulePage.objects.get(slug="first").unpublish()
    assert outline() == [["last"]]
    assert LessonEdition.objects.current().count() == 1


def test_an_unpublished_course_is_gone_for_readers(sample: CoursePage) -> None:
    sample.unpublish()
    assert not CourseEdition.objects.current().exists()
    assert not LessonEdition.objects.current().exists()


def test_a_deleted_lesson_is_gone_for_readers(lesson_page: LessonPage) -> None:
    lesson_page.delete()
    assert outline() == [["closed"], ["last"]]
    assert LessonEdition.objects.current().count() == 2


def test_a_deleted_course_is_gone_for_readers_and_its_editions_stay(sample: CoursePage) -> None:
    sample.delete()
    assert not CourseEdition.objects.current().exists()
    assert LessonEdition.objects.count() == 3


def test_a_moved_lesson_is_shown_where_it_stands(lesson_page: LessonPage) -> None:
    lesson_page.move(ModulePage.objects.get(slug="second"), pos="last-child")
    assert outline() == [["closed"], ["last", "open"]]
    assert LessonEdition.objects.current().get(slug="open").module == "Second module"


def test_reordered_lessons_are_shown_in_their_order(lesson_page: LessonPage) -> None:
    lesson_page.move(LessonPage.objects.get(slug="closed"), pos="right")
    assert outline() == [["closed", "open"], ["last"]]


def test_a_lesson_moved_to_another_course_leaves_the_first(
    lesson_page: LessonPage, foreign: CoursePage
) -> None:
    target = ModulePage.objects.child_of(foreign).get(slug="second")
    LessonPage.objects.descendant_of(foreign).get(slug="open").delete()
    lesson_page.move(target, pos="last-child")
    current = LessonEdition.objects.current().get(content_id=lesson_page.content_id)
    assert current.course_slug == "foreign"


def test_a_new_slug_of_a_course_moves_all_its_lessons(sample: CoursePage) -> None:
    sample.slug = "renamed"
    sample.save_revision().publish()
    assert set(LessonEdition.objects.current().values_list("course_slug", flat=True)) == {"renamed"}
    assert CourseEdition.objects.current().get().course_slug == "renamed"


def test_a_lesson_that_is_free_no_more_closes_its_quiz(lesson_page: LessonPage) -> None:
    lesson_page.free_preview = False
    lesson_page.save_revision().publish()
    assert not Quiz.objects.get().is_free


def test_a_quiz_of_another_course_is_not_opened_by_embedding_it(
    lesson_page: LessonPage, foreign: CoursePage
) -> None:
    Quiz.objects.filter(slug="foreign-quiz").update(is_free=False)
    lesson_page.body = [("quiz", {"slug": "foreign-quiz"})]
    lesson_page.save_revision().publish()
    assert not Quiz.objects.get(slug="foreign-quiz").is_free


def test_what_cannot_be_rendered_becomes_a_message_for_the_author(lesson_page: LessonPage) -> None:
    lesson_page.body = [
        ("diagram", {"text": "a -> {", "alt": "-", "caption": ""}),
        ("lab", {"slug": "none", "preset": ""}),
    ]
    lesson_page.save_revision().publish()
    html = LessonEdition.objects.current().get(slug="open").html
    assert html.count('<div class="message error">') == 2


def test_editions_are_rendered_again_when_the_renderer_has_changed(
    sample: CoursePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("render_editions")
    assert LessonEdition.objects.count() == 3
    monkeypatch.setattr(rendering, "VERSION", rendering.VERSION + 1)
    call_command("render_editions")
    assert LessonEdition.objects.count() == 6
    assert LessonEdition.objects.current().count() == 3


def test_a_copied_lesson_is_a_lesson_of_its_own(lesson_page: LessonPage) -> None:
    copy = lesson_page.copy(update_attrs={"slug": "copy", "live": False}, keep_live=False)
    assert isinstance(copy.content_id, UUID)
    assert copy.content_id != lesson_page.content_id
    assert copy.imported_source == ""
    assert copy.get_latest_revision_as_object().content_id == copy.content_id


def test_a_course_in_preparation_is_not_shown(sample: CoursePage) -> None:
    create_course(slug="new", title="New", instructor=None)
    assert CourseEdition.objects.current().get().course_slug == "sample"
