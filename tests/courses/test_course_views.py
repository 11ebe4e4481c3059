from collections.abc import Callable

import pytest
from django.test import Client

from courses.models import CourseEdition, CoursePage
from tests.courses.conftest import make_editions


def test_the_home_page_names_the_courses(stranger: Client, sample: CoursePage) -> None:
    text = stranger.get("/").text
    assert 'href="/courses/sample/"' in text
    assert 'href="/labs/"' in text


def test_the_home_page_stands_without_courses(stranger: Client) -> None:
    assert stranger.get("/").status_code == 200


def test_the_catalogue_lists_every_course(stranger: Client, sample: CoursePage) -> None:
    text = stranger.get("/courses/").text
    assert "Course sample" in text
    assert "3 lessons" in text


def test_a_course_shows_its_description_modules_and_lessons(
    stranger: Client, sample: CoursePage
) -> None:
    text = stranger.get("/courses/sample/").text
    assert "Some <em>Markdown</em>" in text
    assert "Second module" in text
    assert 'href="/courses/sample/last/"' in text
    assert '<a href="/interviews/sample-scenario/">A scenario</a>' in text


def test_an_unknown_course_is_not_found(stranger: Client) -> None:
    assert stranger.get("/courses/none/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/courses/", "/courses/sample/"])
def test_posting_is_refused(ada: Client, sample: CoursePage, path: str) -> None:
    assert ada.post(path).status_code == 405


@pytest.mark.parametrize("size", [5, 200])
def test_a_course_takes_three_queries_whatever_its_size(
    ada: Client,
    big_course: Callable[[int], CourseEdition],
    django_assert_num_queries: Callable[[int], object],
    size: int,
) -> None:
    big_course(size)
    ada.get("/courses/big/")
    with django_assert_num_queries(3):
        text = ada.get("/courses/big/").text
    assert text.count('href="/courses/big/lesson-') == size


@pytest.mark.parametrize("size", [5, 40])
def test_the_catalogue_takes_three_queries_whatever_its_size(
    ada: Client, django_assert_num_queries: Callable[[int], object], size: int
) -> None:
    for number in range(size):
        make_editions(2, f"course-{number}")
    ada.get("/courses/")
    with django_assert_num_queries(3):
        text = ada.get("/courses/").text
    assert text.count('<li class="card">') == size
