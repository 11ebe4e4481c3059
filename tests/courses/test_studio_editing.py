"""An instructor at work on a lesson."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accounts.models import User
from courses.models import CourseEdition, CoursePage, LessonEdition, LessonPage
from courses.ownership import collection_for
from interviews.blocks import ScenarioSlugBlock
from interviews.models import Scenario
from quizzes.models import Quiz


@pytest.fixture
def lesson(owned: CoursePage) -> LessonPage:
    return LessonPage.objects.get(slug="open")


def form_data(body: list[tuple[str, Any]], **fields: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": "Lesson open",
            "slug": "open",
            "summary": "A summary.",
            "minutes": 12,
            "free_preview": "on",
            "objectives": streamfield([("objective", "Say it")]),
            "references": streamfield([]),
            "body": streamfield(body),
            "comments": inline_formset([]),
            **fields,
        }
    )


def edit(client: Client, page: LessonPage, data: dict[str, Any]) -> Any:
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


PUBLISH = {"action-publish": "Publish"}


def test_publishing_in_the_studio_shows_readers_the_new_text(
    barbara: Client, lesson: LessonPage
) -> None:
    response = edit(barbara, lesson, form_data([("text", "Brand *new*.\r\n\r\nMore.")], **PUBLISH))
    assert response.status_code == 302
    assert "Brand <em>new</em>" in barbara.get("/courses/sample/open/").text
    assert LessonPage.objects.get(pk=lesson.pk).body[0].value == "Brand *new*.\n\nMore."


def test_a_draft_is_kept_and_not_shown(barbara: Client, lesson: LessonPage) -> None:
    assert edit(barbara, lesson, form_data([("text", "Not yet.")])).status_code == 302
    assert "Not yet." not in barbara.get("/courses/sample/open/").text
    draft = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()
    assert draft.body[0].value == "Not yet."


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (("lab", {"slug": "circuit-breaker", "preset": "none"}), "There is no preset"),
        (("calculator", {"slug": "inference-memory", "preset": "none"}), "There is no preset"),
        (("diagram", {"text": "a -> {", "alt": "x", "caption": ""}), "missing destination"),
        (("text", "One\n\n:::{lab} circuit-breaker\n:::"), "A text block cannot contain"),
        (("text", "# A title"), "first-level heading"),
        (("callout", {"style": "note", "title": "", "text": "+++"}), "cannot contain"),
        (("quiz", {"slug": "Not A Slug"}), "slug"),
        (("code", {"language": "no such", "caption": "", "text": "x"}), "name of a language"),
    ],
)
def test_a_mistake_in_a_block_is_said_beside_it_and_nothing_is_published(
    barbara: Client, lesson: LessonPage, block: tuple[str, Any], sentence: str
) -> None:
    response = edit(barbara, lesson, form_data([block], **PUBLISH))
    assert response.status_code == 200
    assert sentence in response.text
    assert LessonEdition.objects.filter(slug="open").count() == 1


def test_an_unknown_lab_is_refused(barbara: Client, lesson: LessonPage) -> None:
    data = form_data([("lab", {"slug": "none", "preset": ""})], **PUBLISH)
    assert edit(barbara, lesson, data).status_code == 200
    assert LessonEdition.objects.filter(slug="open").count() == 1


@pytest.mark.parametrize("slug", ["last", "With_Capitals"])
def test_a_slug_that_is_taken_or_not_a_slug_is_refused(
    barbara: Client, lesson: LessonPage, slug: str
) -> None:
    data = form_data([("text", "x")], **PUBLISH) | {"slug": slug}
    assert edit(barbara, lesson, data).status_code == 200
    assert LessonPage.objects.get(pk=lesson.pk).slug == "open"


def test_a_new_lesson_can_be_added_and_published(barbara: Client, lesson: LessonPage) -> None:
    parent = lesson.get_parent()
    path = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", parent.pk])
    data = form_data([("text", "Fresh.")], **PUBLISH) | {"title": "Fresh", "slug": "fresh"}
    assert barbara.get(path).status_code == 200
    assert barbara.post(path, data).status_code == 302
    assert "Fresh." in barbara.get("/courses/sample/fresh/").text
    assert CourseEdition.objects.current().get().lesson_count == 4


def test_the_preview_is_the_readers_page_with_the_draft_in_it(
    barbara: Client, lesson: LessonPage
) -> None:
    path = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    posted = barbara.post(path, form_data([("text", "Only *previewed*.")]))
    assert posted.json()["is_valid"]
    response = barbara.get(path)
    assert "Only <em>previewed</em>" in response.text
    assert '<nav class="outline"' in response.text
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert LessonEdition.objects.filter(slug="open").count() == 1


def test_a_new_lesson_can_be_previewed_before_it_is_stored(
    barbara: Client, lesson: LessonPage
) -> None:
    args = ["courses", "lessonpage", lesson.get_parent().pk]
    path = reverse("wagtailadmin_pages:preview_on_add", args=args)
    data = form_data([("text", "Only *previewed*.")]) | {"slug": "fresh"}
    assert barbara.post(path, data).json()["is_valid"]
    assert "Only <em>previewed</em>" in barbara.get(path).text


def test_a_course_can_be_previewed(barbara: Client, lesson: LessonPage) -> None:
    course = CoursePage.objects.get(slug="sample")
    path = reverse("wagtailadmin_pages:view_draft", args=[course.pk])
    assert "Second module" in barbara.get(path).text


@pytest.mark.filterwarnings("ignore::bs4.MarkupResemblesLocatorWarning")  # Wagtail's, harmless
def test_revisions_can_be_compared_and_reverted(barbara: Client, lesson: LessonPage) -> None:
    first = lesson.latest_revision
    edit(barbara, lesson, form_data([("text", "Second version.")], **PUBLISH))
    last = LessonPage.objects.get(pk=lesson.pk).latest_revision
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, first.pk, last.pk])
    assert "Second version." in barbara.get(compare).text
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[lesson.pk, first.pk])
    assert barbara.get(revert).status_code == 200
    data = form_data([("text", "Text again.")], **PUBLISH, revision=first.pk)
    assert edit(barbara, lesson, data).status_code == 302
    assert "Text again." in barbara.get("/courses/sample/open/").text


def test_view_live_leads_to_the_readers_page(barbara: Client, lesson: LessonPage) -> None:
    assert lesson.full_url.endswith("/courses/sample/open/")
    text = barbara.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text
    assert "/courses/sample/open/" in text


def test_an_instructor_begins_a_course_and_owns_it(
    barbara: Client, lesson: LessonPage, instructor_user: User
) -> None:
    data = {"title": "Mine", "slug": "mine", "summary": "All mine."}
    response = barbara.post(reverse("courses_studio_new"), data)
    assert response.status_code == 302
    course = CoursePage.objects.get(slug="mine")
    assert not course.live
    assert instructor_user.groups.filter(pk=course.instructors_id).exists()
    edit_path = reverse("wagtailadmin_pages:edit", args=[course.pk])
    assert barbara.get(edit_path).status_code == 200
    assert collection_for("mine") == course.collection


@pytest.mark.parametrize("slug", ["sample", "Not A Slug", ""])
def test_a_course_needs_a_slug_of_its_own(barbara: Client, lesson: LessonPage, slug: str) -> None:
    data = {"title": "Mine", "slug": slug, "summary": "All mine."}
    assert barbara.post(reverse("courses_studio_new"), data).status_code == 200
    assert CoursePage.objects.count() == 1


def test_a_learner_cannot_begin_a_course(ada: Client, lesson: LessonPage) -> None:
    data = {"title": "Mine", "slug": "mine", "summary": "All mine."}
    assert ada.post(reverse("courses_studio_new"), data).status_code in {302, 403}
    assert CoursePage.objects.count() == 1


@pytest.mark.parametrize("kind", ["page", "quiz", "scenario"])
def test_what_was_imported_can_be_brought_back_from_the_history(
    barbara: Client, lesson: LessonPage, kind: str
) -> None:
    name, item = {
        "page": ("wagtailadmin_pages:", lesson),
        "quiz": ("wagtailsnippets_quizzes_quiz:", Quiz.objects.get()),
        "scenario": ("wagtailsnippets_interviews_scenario:", Scenario.objects.get()),
    }[kind]
    imported = item.latest_revision_id
    item.title = "Edited"
    item.save_revision(user=None, log_action=True)
    history = barbara.get(reverse(f"{name}history", args=[item.pk])).text
    assert reverse(f"{name}revisions_revert", args=[item.pk, imported]) in history


def test_a_new_page_gets_its_slug_from_its_title(barbara: Client, lesson: LessonPage) -> None:
    parent = lesson.get_parent()
    path = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", parent.pk])
    text = barbara.get(path).text
    assert 'data-w-sync-target-value="#id_slug"' in text


def test_the_fields_suggest_ones_own_quizzes_and_all_presets(
    barbara: Client, lesson: LessonPage, foreign: CoursePage
) -> None:
    text = barbara.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text
    assert '<option value="sample-quiz">A quiz</option>' in text
    assert '<option value="resilience4j">' in text
    assert "foreign-quiz" not in text
    course = lesson.get_parent().get_parent()
    text = barbara.get(reverse("wagtailadmin_pages:edit", args=[course.pk])).text
    assert '<option value="sample-scenario">A scenario</option>' in text
    assert "foreign-scenario" not in text


def test_an_unknown_quiz_is_said_beside_it(barbara: Client, lesson: LessonPage) -> None:
    data = form_data([("quiz", {"slug": "missing"})], **PUBLISH)
    assert "There is no published quiz with the slug" in edit(barbara, lesson, data).text
    assert LessonEdition.objects.filter(slug="open").count() == 1


def test_a_course_cannot_name_a_scenario_that_is_not_published(sample: CoursePage) -> None:
    block = ScenarioSlugBlock()
    assert block.clean("sample-scenario") == "sample-scenario"
    assert block.clean_deferred("missing") == "missing"
    with pytest.raises(ValidationError, match="no published scenario"):
        block.clean("missing")


def test_no_page_is_submitted_to_moderators_who_do_not_exist(
    barbara: Client, lesson: LessonPage
) -> None:
    text = barbara.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text
    assert "action-publish" in text
    assert "action-submit" not in text
