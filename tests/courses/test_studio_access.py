"""Barbara owns the course “sample” and not the course “foreign”: by address, page after page."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from accounts.models import User
from courses.models import CoursePage, LessonPage, ModulePage

type Pages = dict[str, int]


@pytest.fixture
def own(owned: CoursePage) -> Pages:
    return pages_of("sample")


@pytest.fixture
def theirs(foreign: CoursePage) -> Pages:
    return pages_of("foreign")


def pages_of(slug: str) -> Pages:
    course = CoursePage.objects.get(slug=slug)
    module = ModulePage.objects.child_of(course).first()
    lesson = LessonPage.objects.descendant_of(course).get(slug="open")
    assert module is not None
    Page.objects.filter(pk=lesson.pk).update(slug=f"open-{slug}")
    lesson.refresh_from_db()
    lesson.title = "Secret draft"
    lesson.save_revision()
    return {"course": course.pk, "module": module.pk, "lesson": lesson.pk}


def refused(client: Client, path: str, data: dict[str, object] | None = None) -> bool:
    """Whether the studio sends the person away or says no, and shows nothing of the draft."""
    response = client.get(path) if data is None else client.post(path, data)
    assert "Secret draft" not in response.text
    if response.status_code == 302:
        return response["Location"] == reverse("wagtailadmin_home")
    return response.status_code in {403, 404}


PAGE_VIEWS = [
    "edit",
    "delete",
    "unpublish",
    "copy",
    "move",
    "preview_on_edit",
    "view_draft",
    "lock",
    "set_privacy",
]


@pytest.mark.parametrize("view", PAGE_VIEWS)
@pytest.mark.parametrize("kind", ["course", "module", "lesson"])
def test_pages_of_a_course_one_does_not_own_are_closed(
    barbara: Client, own: Pages, theirs: Pages, view: str, kind: str
) -> None:
    path = reverse(f"wagtailadmin_pages:{view}", args=[theirs[kind]])
    if view in {"lock", "unpublish"}:
        assert refused(barbara, path, {})
    else:
        assert refused(barbara, path)


def test_the_same_pages_of_ones_own_course_are_open(barbara: Client, own: Pages) -> None:
    for view in ("edit", "delete", "unpublish", "copy", "move", "view_draft"):
        path = reverse(f"wagtailadmin_pages:{view}", args=[own["lesson"]])
        assert barbara.get(path).status_code == 200, view


@pytest.mark.parametrize("kind", ["course", "module"])
def test_nothing_can_be_added_below_a_course_one_does_not_own(
    barbara: Client, own: Pages, theirs: Pages, kind: str
) -> None:
    model = "modulepage" if kind == "course" else "lessonpage"
    assert refused(barbara, reverse("wagtailadmin_pages:add_subpage", args=[theirs[kind]]))
    assert refused(
        barbara, reverse("wagtailadmin_pages:add", args=["courses", model, theirs[kind]])
    )


def test_nothing_can_be_added_beside_courses(barbara: Client, own: Pages) -> None:
    parent = CoursePage.objects.get(pk=own["course"]).get_parent()
    assert refused(
        barbara, reverse("wagtailadmin_pages:add", args=["courses", "coursepage", parent.pk])
    )


def test_a_page_cannot_be_moved_into_a_course_one_does_not_own(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    path = reverse("wagtailadmin_pages:move_confirm", args=[own["lesson"], theirs["module"]])
    assert refused(barbara, path, {})
    assert LessonPage.objects.get(pk=own["lesson"]).course_slug == "sample"


def test_a_page_cannot_be_moved_out_of_a_course_one_does_not_own(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    path = reverse("wagtailadmin_pages:move_confirm", args=[theirs["lesson"], own["module"]])
    assert refused(barbara, path, {})


def test_a_page_cannot_be_copied_into_a_course_one_does_not_own(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    before = LessonPage.objects.count()
    data = {
        "new_title": "Copy",
        "new_slug": "copy",
        "new_parent_page": theirs["module"],
        "copy_subpages": False,
    }
    response = barbara.post(reverse("wagtailadmin_pages:copy", args=[own["lesson"]]), data)
    assert response.status_code in {200, 302, 403}
    assert LessonPage.objects.count() == before


def test_a_page_of_a_course_one_does_not_own_cannot_be_copied(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": own["module"]}
    path = reverse("wagtailadmin_pages:copy", args=[theirs["lesson"]])
    assert refused(barbara, path, data)
    assert not LessonPage.objects.filter(slug="copy").exists()


@pytest.mark.parametrize("action", ["delete", "publish", "unpublish", "move"])
def test_bulk_actions_do_nothing_to_a_course_one_does_not_own(
    barbara: Client, own: Pages, theirs: Pages, action: str
) -> None:
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    query = f"?next=/studio/&id={theirs['lesson']}"
    assert "Secret draft" not in barbara.get(path + query).text
    barbara.post(path + query, {"chooser": own["module"]})
    page = LessonPage.objects.get(pk=theirs["lesson"])
    assert (page.live, page.title, page.course_slug) == (True, "Lesson open", "foreign")


def test_revisions_of_a_course_one_does_not_own_are_closed(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    page = LessonPage.objects.get(pk=theirs["lesson"])
    revisions = list(page.revisions.order_by("pk").values_list("pk", flat=True))
    first, last = revisions[0], revisions[-1]
    name = "wagtailadmin_pages:"
    assert refused(barbara, reverse(f"{name}revisions_revert", args=[page.pk, last]))
    assert refused(barbara, reverse(f"{name}revisions_view", args=[page.pk, last]))
    assert refused(barbara, reverse(f"{name}revisions_compare", args=[page.pk, first, last]))


@pytest.mark.parametrize("view", ["history", "usage", "workflow_history"])
def test_the_history_of_a_course_one_does_not_own_is_closed(
    barbara: Client, own: Pages, theirs: Pages, view: str
) -> None:
    assert refused(barbara, reverse(f"wagtailadmin_pages:{view}", args=[theirs["lesson"]]))


def test_posting_an_edit_to_a_course_one_does_not_own_changes_nothing(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    path = reverse("wagtailadmin_pages:edit", args=[theirs["course"]])
    assert refused(barbara, path, {"title": "Mine", "slug": "foreign", "action-publish": "1"})
    assert CoursePage.objects.get(pk=theirs["course"]).title == "Course foreign"


def test_the_studios_own_interface_shows_no_draft_of_another_course(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    for path in (
        "/studio/api/main/pages/",
        "/studio/pages/",
        f"/studio/pages/{theirs['module']}/",
        f"/studio/api/main/pages/{theirs['lesson']}/",
        f"/studio/choose-page/{theirs['module']}/",
    ):
        text = barbara.get(path).text
        assert f"/studio/pages/{theirs['lesson']}/edit/" not in text, path
        assert "Course foreign" not in text or "choose" in path, path


def test_an_administrator_may_open_every_course(
    sign_in: Callable[[User], Client], admin_user: User, theirs: Pages
) -> None:
    path = reverse("wagtailadmin_pages:edit", args=[theirs["lesson"]])
    assert sign_in(admin_user).get(path).status_code == 200


def test_a_learner_is_sent_away_from_the_studio(ada: Client, sample: CoursePage) -> None:
    response = ada.get("/studio/")
    assert response.status_code in {302, 403}


def test_a_stranger_is_sent_to_the_log_in(stranger: Client, sample: CoursePage) -> None:
    response = stranger.get("/studio/")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def test_the_dashboard_and_the_explorer_begin_at_ones_own_course(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    home = barbara.get("/studio/")
    assert home.status_code == 200
    assert "New course" in home.text
    assert "Course foreign" not in home.text
    assert json.dumps("/studio/images/") not in home.text
