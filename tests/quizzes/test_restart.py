"""POST /quizzes/<slug>/restart/."""

from django.test import Client
from django.urls import reverse

from quizzes.models import Attempt, Quiz
from tests.quizzes.play import HTMX, answer_all, page, post_answer


def restart(quiz: Quiz) -> str:
    return reverse("quizzes:restart", args=[quiz.slug])


def test_trying_again_begins_a_new_attempt_and_keeps_the_first(ada: Client, quiz: Quiz) -> None:
    answer_all(ada, quiz)
    response = ada.post(restart(quiz), {"from": "/courses/m/retry/"})
    assert response.status_code == 303
    assert response["Location"] == page(quiz) + "?from=%2Fcourses%2Fm%2Fretry%2F"
    assert "Question 1 of 3" in ada.get(page(quiz)).text
    assert Attempt.objects.finished().get().points == 4


def test_with_htmx_the_first_question_comes_at_once(ada: Client, quiz: Quiz) -> None:
    answer_all(ada, quiz)
    response = ada.post(restart(quiz), {"embed": "1"}, headers=HTMX)
    assert '<h3 tabindex="-1" autofocus>Question 1 of 3</h3>' in response.text


def test_a_double_click_begins_one_attempt(ada: Client, quiz: Quiz) -> None:
    answer_all(ada, quiz)
    for _click in range(2):
        ada.post(restart(quiz))
    assert Attempt.objects.count() == 2


def test_an_unfinished_attempt_goes_on(ada: Client, quiz: Quiz) -> None:
    post_answer(ada, quiz)
    ada.post(restart(quiz))
    assert "Question 2 of 3" in ada.get(page(quiz)).text


def test_a_quiz_taken_back_cannot_be_begun_again(ada: Client, quiz: Quiz) -> None:
    answer_all(ada, quiz)
    quiz.unpublish()
    assert ada.post(restart(quiz)).status_code == 404


def test_nobody_restarts_for_somebody_else(ada: Client, grace: Client, quiz: Quiz) -> None:
    answer_all(ada, quiz)
    grace.post(restart(quiz))
    assert "Your result" in ada.get(page(quiz)).text


def test_a_visitor_has_to_log_in_first(stranger: Client, quiz: Quiz) -> None:
    response = stranger.post(restart(quiz))
    assert response["Location"].endswith(f"?next={page(quiz)}")
    assert not Attempt.objects.exists()


def test_get_is_not_how_to_restart(ada: Client, quiz: Quiz) -> None:
    assert ada.get(restart(quiz)).status_code == 405
