"""Grading by a person, in the studio."""

from collections.abc import Callable

import pytest
from django.test import Client
from wagtail.models import Collection

from accounts.models import User
from interviews.models import Answer, Grade, Grading
from interviews.models.grades import State
from tests.interviews.studio import own

PARKED = "/studio/interviews/waiting/"


@pytest.fixture
def parked(ada: Client, submitted: Answer, stage_url: Callable[..., str]) -> Grading:
    """Ada's answer, waiting for a person."""
    Grading.objects.update(state=State.FAILED, attempts=3)
    ada.post(stage_url("ask/"))
    return Grading.objects.get(state=State.PARKED)


def verdicts(**changes: str) -> dict[str, str]:
    return {
        "queue-verdict": "met",
        "queue-quote": "store the charge in a queue",
        "queue-reason": "It waits.",
        "idempotent-verdict": "missed",
        **changes,
    }


def test_an_instructor_grades_what_waits(
    barbara: Client,
    ada: Client,
    instructor_user: User,
    course: Collection,
    parked: Grading,
    stage_url: Callable[..., str],
) -> None:
    own(instructor_user, course)
    assert "Take payments" in barbara.get(PARKED).text
    assert "store the charge in a queue" in barbara.get(f"{PARKED}{parked.pk}/").text
    barbara.post(f"{PARKED}{parked.pk}/", verdicts())
    grade = Grade.objects.get()
    assert (grade.points, grade.max_points, grade.graded_by) == (2, 5, instructor_user)
    page = ada.get(stage_url()).text
    assert "Graded by a person." in page
    assert "<mark>" in page
    assert "No answer is waiting" in barbara.get(PARKED).text


def test_an_answer_is_graded_by_one_person_only(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    barbara.post(f"{PARKED}{parked.pk}/", verdicts())
    assert barbara.post(f"{PARKED}{parked.pk}/", verdicts()).status_code == 404
    assert Grade.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"queue-quote": ""}, "Copy the words of the answer that earn the points."),
        ({"queue-quote": "not there"}, "These words do not stand in the answer: copy them."),
        ({"queue-verdict": "brilliant"}, "Select a valid choice"),
    ],
)
def test_a_point_without_its_quote_is_not_given(
    barbara: Client,
    instructor_user: User,
    course: Collection,
    parked: Grading,
    change: dict[str, str],
    sentence: str,
) -> None:
    own(instructor_user, course)
    assert sentence in barbara.post(f"{PARKED}{parked.pk}/", verdicts(**change)).text
    assert not Grade.objects.exists()


def test_an_instructor_of_another_course_sees_nothing_of_it(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, Collection.get_first_root_node().add_child(name="Another"))
    assert "Take payments" not in barbara.get(PARKED).text
    assert barbara.get(f"{PARKED}{parked.pk}/").status_code == 404
    assert barbara.post(f"{PARKED}{parked.pk}/", verdicts()).status_code == 404


def test_a_learner_is_kept_out(ada: Client, parked: Grading) -> None:
    for url in (PARKED, f"{PARKED}{parked.pk}/"):
        assert ada.get(url).status_code in {302, 403, 404}
        assert "Take payments" not in ada.get(url, follow=True).text
