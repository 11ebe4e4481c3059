"""What the studio does not offer, and what it says of courses one does not own: nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses.models import CoursePage, LessonPage
from tests.courses.test_studio_access import Pages, pages_of


@pytest.fixture
def own(owned: CoursePage) -> Pages:
    return pages_of("sample")


@pytest.fixture
def theirs(foreign: CoursePage) -> Pages:
    return pages_of("foreign")


@pytest.fixture
def administrator(sign_in: Callable[[User], Client], admin_user: User) -> Client:
    return sign_in(admin_user)


CLOSED = [
    "/studio/images/",
    "/studio/images/multiple/add/",
    "/studio/images/chooser/",
    "/studio/api/main/images/",
    "/studio/api/main/documents/",
    "/studio/bulk/wagtailimages/image/delete/",
    "/studio/reports/site-history/",
    "/studio/reports/page-types-usage/",
    "/studio/choose-external-link/",
    "/studio/choose-page/chosen-multiple/",
    "/studio/snippets/choose/quizzes/quiz/create/",
    "/studio/editing-sessions/ping/courses/lessonpage/x/1/",
]


@pytest.mark.parametrize("path", CLOSED)
def test_there_are_no_pictures_reports_or_link_dialogues(
    barbara: Client, administrator: Client, stranger: Client, own: Pages, path: str
) -> None:
    for client in (barbara, administrator):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert stranger.get(path)["Location"].startswith("/account/login/")


def test_the_menu_and_the_first_page_offer_none_of_them(administrator: Client, own: Pages) -> None:
    text = administrator.get("/studio/").text + administrator.get("/studio/pages/search/").text
    assert '"url": "/studio/images/"' not in text
    assert 'href="/studio/images/"' not in text
    assert "/studio/reports/" not in text


@pytest.mark.parametrize(
    ("view", "arguments"),
    [
        ("workflow_action", ["approve", 1]),
        ("collect_workflow_action_data", ["approve", 1]),
        ("confirm_workflow_cancellation", []),
        ("workflow_preview", [1]),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_workflows_do_not_tell_the_title_of_anothers_draft(
    barbara: Client, own: Pages, theirs: Pages, method: str, view: str, arguments: list[object]
) -> None:
    path = reverse(f"wagtailadmin_pages:{view}", args=[theirs["lesson"], *arguments])
    response = getattr(barbara, method)(path, follow=True)
    assert response.redirect_chain == [("/studio/", 302)]
    assert "Secret draft" not in response.text


def test_the_page_chooser_does_not_look_into_a_course_of_others(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    for page in (theirs["course"], theirs["module"]):
        response = barbara.get(reverse("wagtailadmin_choose_page_child", args=[page]))
        assert (response.status_code, response["Location"]) == (302, "/studio/")
    found = barbara.get(reverse("wagtailadmin_choose_page_search"), {"q": "Secret"}).text
    assert f"/studio/pages/{theirs['lesson']}/edit/" not in found


def test_the_page_chooser_leads_to_own_modules_from_the_root(barbara: Client, own: Pages) -> None:
    course = CoursePage.objects.get(pk=own["course"])
    for page in (*course.get_ancestors(inclusive=True), course.get_first_child()):
        path = reverse("wagtailadmin_choose_page_child", args=[page.pk])
        assert barbara.get(path).status_code == 200
    assert barbara.get(reverse("wagtailadmin_choose_page")).status_code == 200


@pytest.mark.parametrize("path", ["/studio/snippets/quizzes/quiz/", "/studio/pages/search/"])
def test_lists_and_their_filters_name_no_course_of_others(
    barbara: Client, own: Pages, theirs: Pages, path: str
) -> None:
    text = barbara.get(path, {"q": ""}).text
    assert "Course foreign" not in text
    assert "foreign-quiz" not in text


def test_searching_finds_own_drafts_and_no_others(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    text = barbara.get("/studio/pages/search/", {"q": "Lesson"}).text
    assert f"/studio/pages/{own['lesson']}/edit/" in text
    assert f"/studio/pages/{theirs['lesson']}/edit/" not in text
    for kind in ("quizzes/quiz", "interviews/scenario"):
        assert "foreign-" not in barbara.get(f"/studio/snippets/{kind}/", {"q": "foreign"}).text


def test_half_a_form_is_refused_and_changes_nothing(barbara: Client, own: Pages) -> None:
    quiz = reverse("wagtailsnippets_quizzes_quiz:add")
    scenario = reverse("wagtailsnippets_interviews_scenario:add")
    lesson = reverse("wagtailadmin_pages:edit", args=[own["lesson"]])
    for path in (quiz, scenario, lesson):
        for form in ({}, {"body-count": "x", "questions-count": "1", "stages-count": "-"}):
            assert barbara.post(path, {"title": "Changed"} | form).status_code == 400
    assert not LessonPage.objects.filter(title="Changed").exists()


def test_the_settings_page_takes_no_picture_and_no_name(barbara: Client, own: Pages) -> None:
    text = barbara.get("/studio/account/").text
    assert "theme-theme" in text
    assert 'type="file"' not in text
    assert "first_name" not in text
    sent = barbara.post(
        "/studio/account/",
        {
            "theme-theme": "dark",
            "theme-contrast": "system",
            "theme-keyboard_shortcuts": "on",
            "theme-density": "default",
        },
    )
    assert sent.status_code == 302


def test_the_first_page_names_own_courses_and_says_where_to_begin(
    barbara: Client, own: Pages, theirs: Pages
) -> None:
    text = barbara.get("/studio/").text
    assert "Where to begin" in text
    assert f'href="/studio/pages/{own["course"]}/"' in text
    assert "3 lessons, published" in " ".join(text.split())
    assert f'href="/studio/pages/{theirs["course"]}/"' not in text


def test_the_first_page_takes_the_same_queries_for_any_number_of_courses(
    barbara: Client,
    own: Pages,
    theirs: Pages,
    instructor_user: User,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    from courses.ownership import make_instructor

    with django_assert_max_num_queries(60) as first:  # type: ignore[attr-defined]
        barbara.get("/studio/")
    make_instructor(user=instructor_user, course_slug="foreign")
    with django_assert_max_num_queries(len(first) + 2):  # type: ignore[attr-defined]
        assert "Course foreign" in barbara.get("/studio/").text
