"""POST /quizzes/<slug>/answer/<number>/."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Learner, User
from quizzes.definition import quiz_to_data, save_quiz_from_data
from quizzes.models import Attempt, Quiz, QuizEdition, Response
from tests.quizzes.builders import multiple, numeric, single
from tests.quizzes.play import HTMX, answer_all, open_quiz, page, post_answer, right_answer


def test_without_script_the_feedback_comes_after_a_redirect(ada: Client, quiz: Quiz) -> None:
    response = post_answer(ada, quiz)
    assert response.status_code == 303
    assert response["Location"] == page(quiz) + "?question=1"
    feedback = ada.get(response["Location"]).text
    assert "Why-b-SECRET" in feedback
    assert "General-one-SECRET" in feedback
    assert '<span class="verdict">Right</span>' in feedback
    assert "Next question" in feedback


def test_with_htmx_the_feedback_comes_at_once_and_takes_the_focus(ada: Client, quiz: Quiz) -> None:
    response = post_answer(ada, quiz, headers=HTMX)
    assert response.status_code == 200
    assert response.text.lstrip().startswith('<section class="quiz"')
    assert '<div class="explanation" role="status" tabindex="-1" autofocus>' in response.text


def test_a_wrong_answer_shows_what_was_chosen_and_what_is_right(ada: Client, quiz: Quiz) -> None:
    text = post_answer(ada, quiz, headers=HTMX, choice="1").text
    assert '<span class="verdict">Wrong</span>' in text
    assert '<span class="verdict">Right, not chosen</span>' in text
    for name in "abc":
        assert f"Why-{name}-SECRET" in text
    assert "0 of 1 points" in text


def test_a_part_of_multiple_choice_earns_a_part_of_the_points(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    quiz = make_quiz(multiple(correct="abc"))
    text = post_answer(ada, quiz, headers=HTMX, choice=["1", "2", "4"]).text
    assert "Partly right" in text
    assert "0.67 of 2 points" in text
    assert Response.objects.get().points == pytest.approx(2 / 3)


def test_the_rule_of_partial_credit_is_said_beforehand(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    text = ada.get(page(make_quiz(multiple()))).text
    assert "Each right choice earns a share" in text


def test_a_number_may_come_in_another_unit(ada: Client, make_quiz: Callable[..., Quiz]) -> None:
    text = post_answer(ada, make_quiz(numeric()), headers=HTMX, number="13.5k req/s").text
    assert "1 of 1 points" in text
    assert "<b>13.5k req/s</b>" in text


def test_a_known_mistake_is_explained(ada: Client, make_quiz: Callable[..., Quiz]) -> None:
    text = post_answer(ada, make_quiz(numeric()), headers=HTMX, number="1500").text
    assert "Mistake-<em>edge</em>-SECRET" in text
    assert "Wrong" in text
    assert "The answer is 13\u202f500/s" in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write a number"),
        ("a lot", "I found no number"),
        ("13500 parsec", "do not know the unit"),
        ("13500 GB", "measures another kind of thing"),
        ("9" * 81, "too long"),
        ("\x00", "Write a number"),
    ],
)
def test_a_slip_of_the_pen_gets_a_sentence_and_uses_nothing_up(
    typed: str, sentence: str, ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    quiz = make_quiz(numeric())
    response = post_answer(ada, quiz, headers=HTMX, number=typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text
    assert "SECRET" not in response.text
    assert not Attempt.objects.exists()


def test_what_was_typed_is_still_there_after_a_slip(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    response = post_answer(ada, make_quiz(numeric()), number='13500 "GB"')
    assert response.status_code == 422
    assert 'value="13500 &quot;GB&quot;"' in response.text


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ([], "Choose one of the options"),
        (["1", "2"], "Choose only one"),
        (["9"], "not one of the options"),
        (["b"], "not one of the options"),
        (["²"], "not one of the options"),
    ],
)
def test_a_choice_that_is_none_gets_a_sentence(
    choice: list[str], sentence: str, ada: Client, quiz: Quiz
) -> None:
    response = post_answer(ada, quiz, headers=HTMX, choice=choice)
    assert response.status_code == 422
    assert sentence in response.text
    assert "SECRET" not in response.text
    assert not Response.objects.exists()


def test_the_same_answer_again_shows_the_same_page(ada: Client, quiz: Quiz) -> None:
    shown = open_quiz(ada, quiz)
    data = shown.fields | right_answer(quiz, 1)
    first = ada.post(shown.action, data, headers=HTMX)
    again = ada.post(shown.action, data, headers=HTMX)
    assert first.status_code == again.status_code == 200
    assert "first answer counts" not in again.text
    assert [first.text.count(word) for word in ("Right", "SECRET")] == [
        again.text.count(word) for word in ("Right", "SECRET")
    ]
    assert Response.objects.count() == Attempt.objects.count() == 1


def test_another_answer_is_refused_and_shows_the_first(ada: Client, quiz: Quiz) -> None:
    shown = open_quiz(ada, quiz)
    ada.post(shown.action, shown.fields | {"choice": "1"}, headers=HTMX)
    second = ada.post(shown.action, shown.fields | {"choice": "2"}, headers=HTMX)
    assert "Your first answer counts" in second.text
    assert '<span class="verdict">Wrong</span>' in second.text
    assert Response.objects.get().answer == {"chosen": ["a"]}


def test_posting_the_last_answer_twice_begins_no_second_attempt(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    quiz = make_quiz(single())
    shown = open_quiz(ada, quiz)
    for _click in range(2):
        response = ada.post(shown.action, shown.fields | {"choice": "2"}, headers=HTMX)
        assert "See the result" in response.text
    assert Attempt.objects.get().finished_at is not None


def test_two_tabs_share_one_attempt(ada: Client, quiz: Quiz) -> None:
    one, other = open_quiz(ada, quiz), open_quiz(ada, quiz)
    assert one.fields["attempt"] != other.fields["attempt"]
    ada.post(one.action, one.fields | {"choice": "2"})
    response = ada.post(other.action, other.fields | {"choice": "1"}, headers=HTMX)
    assert "Your first answer counts" in response.text
    assert Attempt.objects.count() == Response.objects.count() == 1


def test_an_empty_answer_to_an_answered_question_shows_its_feedback(
    ada: Client, quiz: Quiz
) -> None:
    shown = open_quiz(ada, quiz)
    post_answer(ada, quiz)
    response = ada.post(shown.action, shown.fields, headers=HTMX)
    assert response.status_code == 200
    assert "General-one-SECRET" in response.text


def test_the_result_comes_after_the_last_answer(ada: Client, quiz: Quiz) -> None:
    post_answer(ada, quiz, choice="1")
    answer_all(ada, quiz)
    text = ada.get(page(quiz)).text
    assert "Your result" in text
    assert '<p class="score">3 <small>of 4 points</small></p>' in text
    assert text.count('<li class="met">') == 2
    assert text.count('<li class="missed">') == 1
    assert f"{page(quiz)}?question=2" in text


def test_an_attempt_keeps_the_edition_it_began_with(ada: Client, quiz: Quiz) -> None:
    post_answer(ada, quiz)
    data = quiz_to_data(quiz) | {"questions": [single("new")]}
    save_quiz_from_data(data=data, source="", collection=quiz.collection)
    assert "Question 2 of 3" in ada.get(page(quiz)).text
    assert Attempt.objects.get().edition.number == 1


def test_a_page_of_an_earlier_edition_is_not_answered_but_shown_anew(
    ada: Client, quiz: Quiz
) -> None:
    shown = open_quiz(ada, quiz)
    data = quiz_to_data(quiz) | {"questions": [single("new")]}
    save_quiz_from_data(data=data, source="", collection=quiz.collection)
    response = ada.post(shown.action, shown.fields | {"choice": "2"}, headers=HTMX)
    assert "has changed since" in response.text
    assert "Question 1 of 1" in response.text
    assert not Attempt.objects.exists()


def test_a_question_that_is_not_there_is_missing(ada: Client, quiz: Quiz) -> None:
    fields = open_quiz(ada, quiz).fields
    for number in (0, 4, 10**30):
        url = reverse("quizzes:answer", args=[quiz.slug, number])
        assert ada.post(url, fields | {"choice": "1"}).status_code == 404


def test_a_visitor_takes_a_free_quiz_and_keeps_it_on_signing_in(
    stranger: Client, free_quiz: Quiz, learner_user: User
) -> None:
    post_answer(stranger, free_quiz)
    assert Attempt.objects.get().learner.user is None
    stranger.force_login(learner_user)
    assert Attempt.objects.get().learner.user == learner_user
    assert "Question 2 of 3" in stranger.get(page(free_quiz)).text


def test_a_visitor_cannot_answer_what_is_not_free(stranger: Client, quiz: Quiz) -> None:
    url = reverse("quizzes:answer", args=[quiz.slug, 1])
    response = stranger.post(url, {"choice": "2", "edition": "1"})
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={page(quiz)}")
    assert stranger.post(url, {"choice": "2"}, headers=HTMX).status_code == 401
    assert not Learner.objects.exists()


def test_nobody_answers_in_an_attempt_of_somebody_else(
    ada: Client, grace: Client, quiz: Quiz
) -> None:
    post_answer(ada, quiz)
    token = str(Attempt.objects.get().token)
    shown = open_quiz(grace, quiz)
    response = grace.post(
        shown.action, shown.fields | {"attempt": token, "choice": "1"}, headers=HTMX
    )
    assert "Your first answer counts" not in response.text
    assert Attempt.objects.count() == 2
    assert Attempt.objects.get(learner__user__name="Ada").responses.count() == 1


def test_an_instructor_answers_for_herself(barbara: Client, quiz: Quiz) -> None:
    post_answer(barbara, quiz)
    assert Attempt.objects.get().learner.user.name == "Barbara"


def test_a_learner_merged_away_meanwhile_sees_where_things_stand(
    stranger: Client, free_quiz: Quiz
) -> None:
    post_answer(stranger, free_quiz)
    shown = open_quiz(stranger, free_quiz)
    Attempt.objects.all().delete()
    Learner.objects.all().delete()
    response = stranger.post(shown.action, shown.fields | right_answer(free_quiz, 2), headers=HTMX)
    assert response.status_code == 200
    assert "has changed since" in response.text


def test_get_is_not_how_to_answer(ada: Client, quiz: Quiz) -> None:
    assert ada.get(reverse("quizzes:answer", args=[quiz.slug, 1])).status_code == 405


def test_a_missing_token_of_the_form_is_refused(quiz: Quiz, learner_user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner_user)
    url = reverse("quizzes:answer", args=[quiz.slug, 1])
    assert client.post(url, {"choice": "2", "edition": "1"}).status_code == 403
    assert not Attempt.objects.exists()


anything = st.one_of(st.text(max_size=90), st.sampled_from(["1", "2", "13500", "13.5k/s", "1e400"]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    number=st.integers(0, 5),
    choice=st.lists(anything, max_size=4),
    typed=anything,
    attempt=st.one_of(anything, st.uuids().map(str)),
    edition=st.sampled_from(["1", "2", "", "x", "1" * 50]),
    back=anything,
    htmx=st.booleans(),
)
def test_nothing_that_is_posted_breaks_the_page(
    ada: Client, quiz: Quiz, htmx: bool, number: int, choice: list[str], **posted: str
) -> None:
    data: dict[str, Any] = {
        "choice": choice,
        "number": posted["typed"],
        "attempt": posted["attempt"],
        "edition": posted["edition"],
        "from": posted["back"],
    }
    url = reverse("quizzes:answer", args=[quiz.slug, number])
    response = ada.post(url, data, headers=HTMX if htmx else {})
    assert response.status_code in {200, 303, 404, 422}
    if response.status_code == 303:
        assert response["Location"].startswith(page(quiz))


@pytest.mark.parametrize("size", [2, 60])
@pytest.mark.parametrize("earlier", [0, 100])
def test_the_number_of_queries_of_an_answer_is_constant(
    size: int,
    earlier: int,
    ada: Client,
    learner_user: User,
    make_quiz: Callable[..., Quiz],
    django_assert_num_queries: Any,
) -> None:
    quiz = make_quiz(*(single(f"q{number}") for number in range(size + 1)))
    post_answer(ada, quiz)
    edition = QuizEdition.objects.get()
    Attempt.objects.bulk_create(
        Attempt(
            learner=Learner.objects.get(user=learner_user),
            quiz=quiz,
            edition=edition,
            token=uuid4(),
            max_points=1,
            finished_at=edition.created_at,
        )
        for _ in range(earlier)
    )
    shown = open_quiz(ada, quiz)
    data = shown.fields | right_answer(quiz, 2)
    # user, edition, attempt; savepoint, lock, attempt, responses, points, response, savepoint
    with django_assert_num_queries(10):
        assert ada.post(shown.action, data, headers=HTMX).status_code == 200
