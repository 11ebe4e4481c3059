"""The dashboard, for each person and at two sizes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Learner
from courses.models import LessonEdition
from progress.models import CourseState
from tests.progress.conftest import build_course


@pytest.mark.django_db
def test_a_stranger_sees_what_would_be_here(stranger: Client) -> None:
    page = stranger.get("/dashboard/")
    assert page.status_code == 200
    assert "Sign up to keep it" in page.content.decode()


def test_a_learner_sees_where_to_continue(
    ada: Client, lessons: list[LessonEdition], learner: Learner
) -> None:
    ada.get(lessons[1].path)
    text = ada.get("/dashboard/").content.decode()
    assert "Continue where you left" in text
    assert lessons[1].path in text


def test_what_one_learner_does_is_not_shown_to_another(
    ada: Client, grace: Client, lessons: list[LessonEdition], finish_quiz: Callable[..., None]
) -> None:
    ada.get(lessons[1].path)
    finish_quiz(1, 9)
    assert "Nothing opened yet" in grace.get("/dashboard/").content.decode()
    assert "No quiz finished yet" in grace.get("/dashboard/").content.decode()


def test_opening_the_same_lesson_again_writes_nothing(
    ada: Client, lessons: list[LessonEdition], learner: Learner
) -> None:
    ada.get(lessons[1].path)
    before = CourseState.objects.get(learner=learner).last_at
    ada.get(lessons[1].path)
    assert CourseState.objects.get(learner=learner).last_at == before


@pytest.mark.parametrize("size", [5, 200])
def test_the_dashboard_costs_the_same_at_every_size(
    ada: Client, learner: Learner, size: int, django_assert_num_queries: Any
) -> None:
    build_course("patterns", size)
    ada.get("/dashboard/")
    with django_assert_num_queries(6):
        assert ada.get("/dashboard/").status_code == 200


@pytest.mark.parametrize(
    ("page", "remembered"),
    [
        ("http://testserver/courses/patterns/lesson-2/", True),
        ("http://testserver/courses/patterns/no-such-lesson/", False),
        ("http://testserver/labs/", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_visitors_first_thing_remembers_the_lesson_they_were_in(
    stranger: Client, lessons: list[LessonEdition], page: str, remembered: bool
) -> None:
    address = f"/dashboard/lessons/{lessons[2].content_id}/read/"
    stranger.post(address, headers={"HX-Request": "true", "HX-Current-URL": page})
    text = stranger.get("/dashboard/").content.decode()
    assert ("Continue where you left" in text) is remembered
