from collections.abc import Callable

import pytest
from django.dispatch import Signal
from django.test import Client

from courses.models import CourseEdition, CoursePage, LessonEdition
from courses.signals import lesson_opened


def test_a_stranger_reads_a_free_lesson(stranger: Client, sample: CoursePage) -> None:
    response = stranger.get("/courses/sample/open/")
    assert response.status_code == 200
    assert "Text with" in response.text


def test_a_locked_lesson_shows_a_stranger_what_it_is_about_and_how_to_get_in(
    stranger: Client, sample: CoursePage
) -> None:
    response = stranger.get("/courses/sample/closed/")
    assert response.status_code == 200
    assert "Text with" not in response.text
    assert "Say what a breaker is" in response.text
    assert "?next=/courses/sample/closed/" in response.text


def test_a_learner_reads_a_locked_lesson(ada: Client, sample: CoursePage) -> None:
    assert "Text with" in ada.get("/courses/sample/closed/").text


def test_every_block_is_on_the_page(ada: Client, sample: CoursePage) -> None:
    text = ada.get("/courses/sample/open/").text
    assert "<em>a term</em>" in text
    assert 'class="diagram"' in text
    assert "<svg" in text
    assert "lab-circuit-breaker" in text
    assert 'aria-label="Warning"' in text
    assert '<details class="reveal"><summary>Why?</summary>' in text
    assert "<figcaption>One line</figcaption>" in text
    assert 'hx-get="/quizzes/sample-quiz/?embed=1&amp;from=%2Fcourses%2Fsample%2Fopen%2F"' in text
    assert "Choose &lt;b&gt;its&lt;/b&gt; numbers" in text
    assert 'href="https://example.org/another" rel="noopener noreferrer"' in text


def test_no_block_brings_inline_style_or_script(ada: Client, sample: CoursePage) -> None:
    html = LessonEdition.objects.current().get(slug="open").html
    assert "style=" not in html
    assert "<style" not in html
    assert "onclick" not in html


def test_the_outline_marks_the_current_lesson_and_links_to_its_neighbours(
    ada: Client, sample: CoursePage
) -> None:
    text = ada.get("/courses/sample/closed/").text
    assert '<a href="/courses/sample/closed/" aria-current="page">Lesson closed</a>' in text
    assert 'class="prev" href="/courses/sample/open/"' in text
    assert 'class="next" href="/courses/sample/last/"' in text


@pytest.mark.parametrize("path", ["/courses/sample/none/", "/courses/none/open/"])
def test_an_unknown_lesson_is_not_found(ada: Client, sample: CoursePage, path: str) -> None:
    assert ada.get(path).status_code == 404


def test_posting_to_a_lesson_is_refused(ada: Client, sample: CoursePage) -> None:
    assert ada.post("/courses/sample/open/").status_code == 405


def test_opening_a_lesson_is_news(ada: Client, sample: CoursePage) -> None:
    heard = []

    def listen(sender: type, signal: Signal, **news: object) -> None:
        heard.append(news)

    lesson_opened.connect(listen)
    try:
        ada.get("/courses/sample/open/")
    finally:
        lesson_opened.disconnect(listen)
    assert [news["edition"].slug for news in heard] == ["open"]


def test_a_locked_lesson_is_not_opened_by_a_stranger(stranger: Client, sample: CoursePage) -> None:
    heard = []

    def listen(sender: type, signal: Signal, **news: object) -> None:
        heard.append(news)

    lesson_opened.connect(listen)
    try:
        stranger.get("/courses/sample/closed/")
    finally:
        lesson_opened.disconnect(listen)
    assert not heard


@pytest.mark.parametrize("size", [5, 200])
def test_a_lesson_takes_three_queries_whatever_the_size_of_the_course(
    ada: Client,
    big_course: Callable[[int], CourseEdition],
    django_assert_num_queries: Callable[[int], object],
    size: int,
) -> None:
    big_course(size)
    ada.get("/courses/big/lesson-3/")
    with django_assert_num_queries(3):  # user, edition ids, the learner's state of the course
        response = ada.get("/courses/big/lesson-3/")
    assert response.text.count('<li><a href="/courses/big/lesson-') == size


@pytest.mark.parametrize("size", [5, 200])
def test_a_lesson_that_no_process_knows_yet_takes_at_most_six_queries(
    ada: Client,
    big_course: Callable[[int], CourseEdition],
    django_assert_max_num_queries: Callable[[int], object],
    size: int,
) -> None:
    big_course(size)
    ada.get("/courses/big/lesson-3/")
    from courses import editions

    editions.lesson_edition.cache_clear()
    editions.course_edition.cache_clear()
    with django_assert_max_num_queries(6):
        ada.get("/courses/big/lesson-3/")
