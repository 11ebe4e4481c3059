"""Grading by a person, in the studio."""

import re
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Collection

from accounts.models import User
from interviews.actions import request_grading
from interviews.models import Answer, Appeal, Grade, Grading, Scenario
from interviews.models.grades import State
from interviews.review import AlreadyGradedError
from tests.interviews.studio import own

PARKED = "/studio/interviews/waiting/"
LIST_QUERIES = 14


@pytest.fixture
def parked(ada: Client, submitted: Answer, stage_url: Callable[..., str]) -> Grading:
    """Ada's answer, waiting for a person."""
    Grading.objects.update(state=State.FAILED, attempts=3)
    ada.post(stage_url("ask/"))
    return Grading.objects.get(state=State.PARKED)


@pytest.fixture
def appealed(ada: Client, graded: Answer, stage_url: Callable[..., str]) -> Grading:
    """Ada's graded answer, against which she appeals."""
    form = {"grade": graded.current_grade_id, "text": "It is <b>there</b>."}
    ada.post(stage_url("appeal/idempotent/"), form)
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


def test_the_diagram_as_it_was_submitted_stands_beside_the_answer(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    address = f"{PARKED}{parked.pk}/"
    assert "D2 text" not in barbara.get(address).text
    Grading.objects.filter(pk=parked.pk).update(diagram="shop -> queue: <b>charge</b>")
    assert "shop -&gt; queue: &lt;b&gt;charge&lt;/b&gt;" in barbara.get(address).text


def test_the_form_begins_with_what_the_grader_found(
    barbara: Client, ada: Client, instructor_user: User, course: Collection, appealed: Grading
) -> None:
    own(instructor_user, course)
    waiting = barbara.get(PARKED).text
    assert "The learner thinks that a verdict is wrong." in waiting
    assert "It is &lt;b&gt;there&lt;/b&gt;." in waiting
    page = barbara.get(f"{PARKED}{appealed.pk}/").text
    assert '<mark data-of="queue">' in page
    assert "It is &lt;b&gt;there&lt;/b&gt;." in page
    assert page.count("embedded") == 2
    checked = re.findall(r'name="(\S+)-verdict" value="(\w+)"[^>]*checked', page)
    assert checked == [("queue", "met"), ("idempotent", "missed")]


def test_confirming_needs_no_typing_and_settles_the_appeal(
    barbara: Client, instructor_user: User, course: Collection, appealed: Grading
) -> None:
    own(instructor_user, course)
    before = appealed.answer.current_grade
    assert before is not None
    quotes = [one["quote"] for one in before.assessment["criteria"][0]["evidence"]]
    sent = verdicts() | {"queue-quote": "\r\n…\r\n".join(quotes)}
    barbara.post(f"{PARKED}{appealed.pk}/", sent)
    grade = Grade.objects.latest("pk")
    evidence = grade.assessment["criteria"][0]["evidence"]
    assert [one["quote"] for one in evidence] == quotes
    assert Appeal.objects.get().settled_by == grade


def test_words_quoted_for_a_missed_criterion_speak_against_it(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    barbara.post(f"{PARKED}{parked.pk}/", verdicts(**{"idempotent-quote": "retry it"}))
    (evidence,) = Grade.objects.get().assessment["criteria"][1]["evidence"]
    assert (evidence["quote"], evidence["kind"]) == ("retry it", "contradicts")


def test_of_two_people_at_once_the_second_is_told(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    """The second one's page was loaded, and the row found, before the first one stored."""
    own(instructor_user, course)
    sent = verdicts()
    with patch("interviews.views.review.grade_by_person", side_effect=AlreadyGradedError):
        page = barbara.post(f"{PARKED}{parked.pk}/", sent, follow=True).text
    assert "This answer no longer waits" in page


def test_the_list_can_be_narrowed_to_one_scenario(
    barbara: Client,
    instructor_user: User,
    course: Collection,
    parked: Grading,
    scenario: Scenario,
) -> None:
    own(instructor_user, course)
    assert "It could not be graded." in barbara.get(f"{PARKED}?scenario={scenario.pk}").text
    assert "No answer is waiting" in barbara.get(f"{PARKED}?scenario=999999").text
    assert "Take payments" in barbara.get(f"{PARKED}?scenario=x&page=y").text


def test_a_follow_up_is_graded_by_its_criterion_alone(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    Answer.objects.update(criterion_id="queue")
    page = barbara.get(f"{PARKED}{parked.pk}/").text
    assert "How long may a charge wait?" in page
    assert "Charges once" not in page
    barbara.post(f"{PARKED}{parked.pk}/", verdicts())
    assert Grade.objects.get().max_points == 2


@pytest.mark.parametrize("size", [1, 6])
def test_the_list_needs_the_same_queries_at_any_length(
    barbara: Client,
    instructor_user: User,
    course: Collection,
    appealed: Grading,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    own(instructor_user, course)
    barbara.get(PARKED)
    for number in range(size):
        copy = Answer.objects.get(pk=appealed.answer_id)
        grade = copy.current_grade
        copy.pk, copy.stage_id, copy.submission_key = None, f"{number}", f"{number}"
        copy.current_grade, copy._state.adding = None, True
        copy.save()
        Answer.objects.filter(pk=copy.pk).update(stage_id="failure", criterion_id=f"{number}")
        copy.refresh_from_db()
        assert grade is not None
        request_grading(answer=copy, again=grade.grading, state=State.PARKED, grader="person")
    with django_assert_num_queries(LIST_QUERIES):
        assert barbara.get(PARKED).text.count("Waiting") >= 1


def test_an_answer_is_graded_by_one_person_only(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    barbara.post(f"{PARKED}{parked.pk}/", verdicts())
    again = barbara.post(f"{PARKED}{parked.pk}/", verdicts(), follow=True).text
    assert "This answer no longer waits" in again
    assert "This answer no longer waits" in barbara.get(f"{PARKED}{parked.pk}/", follow=True).text
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


def test_the_page_has_the_sentence_for_a_quote_without_a_selection(
    barbara: Client, instructor_user: User, course: Collection, parked: Grading
) -> None:
    own(instructor_user, course)
    page = barbara.get(f"{PARKED}{parked.pk}/").text
    assert 'role="status" data-note' in page
    assert "Select words of the answer first, then press q." in page
