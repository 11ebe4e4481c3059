from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import CourseEdition
from courses.outline import PreparedOutline, prepare_outline
from tests.courses.conftest import content_id

FIRST, SECOND, THIRD = (content_id(name) for name in ("first", "second", "third"))


def edition(title: str = "Course {x}", lesson: str = "Lesson") -> CourseEdition:
    lessons = [
        {
            "content_id": str(key),
            "slug": f"slug-{number}",
            "title": f"{lesson} {number}",
            "summary": "",
            "minutes": 5,
            "free": True,
            "labs": 0,
        }
        for number, key in enumerate((FIRST, SECOND, THIRD))
    ]
    outline = [
        {"slug": "one", "title": "One", "lessons": lessons[:2]},
        {"slug": "two", "title": "Two", "lessons": lessons[2:]},
    ]
    return CourseEdition(course_slug="course", title=title, outline=outline)


@pytest.fixture
def outline() -> PreparedOutline:
    return prepare_outline(edition())


def test_what_is_done_is_marked_and_counted(outline: PreparedOutline) -> None:
    html = outline.render(frozenset({FIRST, THIRD}), SECOND)
    assert html.count('<li class="done">') == 2
    assert "2 of 3 lessons done" in html
    assert '<progress value="2" max="3"' in html
    assert '<a href="/courses/course/slug-1/" aria-current="page">Lesson 1</a>' in html


def test_the_current_lesson_may_be_done(outline: PreparedOutline) -> None:
    html = outline.render(frozenset({FIRST}), FIRST)
    assert '<li class="done"><a href="/courses/course/slug-0/" aria-current="page">' in html


def test_lessons_of_other_courses_count_nothing(outline: PreparedOutline) -> None:
    assert outline.count_done(frozenset({uuid4()})) == 0
    assert "0 of 3 lessons done" in outline.render(frozenset({uuid4()}), uuid4())


def test_one_readers_marks_do_not_stay_for_the_next(outline: PreparedOutline) -> None:
    outline.render(frozenset({FIRST, SECOND, THIRD}), FIRST)
    assert "done" not in outline.render(frozenset()).replace("of 3 done", "").replace(
        "Lessons done", ""
    ).replace("lessons done", "")


def test_neighbours_cross_modules(outline: PreparedOutline) -> None:
    before, after = outline.neighbours(SECOND)
    assert before is not None
    assert after is not None
    assert (before.content_id, after.content_id) == (FIRST, THIRD)
    assert outline.neighbours(FIRST).before is None
    assert outline.neighbours(THIRD).after is None
    assert outline.neighbours(uuid4()) == (None, None)


@given(st.text(), st.text())
def test_titles_are_only_ever_text(title: str, lesson: str) -> None:
    html = prepare_outline(edition(f"<i>{title}", f"<b>{lesson}")).render(frozenset())
    assert "<i>" not in html
    assert "<b>" not in html
