"""GET /quizzes/<slug>/: who sees what, and what no page may say before the answer."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection

from accounts.models import Learner, User
from quizzes.models import Attempt, Quiz, QuizEdition
from tests.quizzes.builders import Data, multiple, numeric, option, single
from tests.quizzes.play import HTMX, answer_all, open_quiz, page, post_answer


def test_a_learner_sees_the_first_question_without_beginning_an_attempt(
    ada: Client, quiz: Quiz
) -> None:
    response = ada.get(page(quiz))
    assert response.status_code == 200
    assert "Question 1 of 3" in response.text
    assert "<h1>The breaker quiz</h1>" in response.text
    assert not Attempt.objects.exists()


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_the_quiz(
    stranger: Client, quiz: Quiz
) -> None:
    response = stranger.get(page(quiz))
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={page(quiz)}"


def test_a_stranger_in_a_lesson_is_asked_to_log_in_and_comes_back_to_the_lesson(
    stranger: Client, quiz: Quiz
) -> None:
    headers = HTMX | {"HX-Current-URL": "http://testserver/courses/m/retry/"}
    response = stranger.get(page(quiz), headers=headers)
    assert response.status_code == 200
    assert "Prompt" not in response.text
    assert f'{reverse("account_login")}?next=%2Fcourses%2Fm%2Fretry%2F"' in response.text


def test_another_site_is_no_place_to_come_back_to(stranger: Client, quiz: Quiz) -> None:
    headers = HTMX | {"HX-Current-URL": "https://evil.example/courses/"}
    assert "evil" not in stranger.get(page(quiz), headers=headers).text


def test_a_stranger_sees_a_free_quiz_and_no_learner_is_made(
    stranger: Client, free_quiz: Quiz
) -> None:
    assert "Question 1 of 3" in stranger.get(page(free_quiz)).text
    assert not Learner.objects.exists()


def test_an_instructor_sees_it_as_learners_do(barbara: Client, quiz: Quiz) -> None:
    assert "Question 1 of 3" in barbara.get(page(quiz)).text


@pytest.mark.parametrize("person", ["ada", "barbara", "stranger"])
def test_a_draft_and_a_missing_quiz_answer_alike(
    person: str, request: pytest.FixtureRequest, collection: Collection
) -> None:
    client: Client = request.getfixturevalue(person)
    Quiz.objects.create(slug="draft", title="Draft", collection=collection, live=False)
    for slug in ("draft", "missing"):
        assert client.get(reverse("quizzes:quiz", args=[slug])).status_code == 404


def test_a_draft_of_a_published_quiz_is_not_seen(ada: Client, quiz: Quiz) -> None:
    quiz.title = "Half an idea"
    quiz.save_revision()
    assert "Half an idea" not in ada.get(page(quiz)).text


def test_a_quiz_taken_back_can_be_finished_by_who_has_begun_and_by_nobody_else(
    ada: Client, grace: Client, quiz: Quiz
) -> None:
    post_answer(ada, quiz)
    quiz.unpublish()
    assert "Question 2 of 3" in ada.get(page(quiz)).text
    assert grace.get(page(quiz)).status_code == 404
    answer_all(ada, quiz)
    result = ada.get(page(quiz)).text
    assert "Your result" in result
    assert "/restart/" not in result


def test_htmx_is_given_the_panel_alone(ada: Client, quiz: Quiz) -> None:
    response = ada.get(page(quiz), headers=HTMX)
    assert response.text.lstrip().startswith('<section class="quiz"')
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_the_embedded_panel_shows_the_question_in_progress(ada: Client, quiz: Quiz) -> None:
    post_answer(ada, quiz)
    response = ada.get(page(quiz), {"embed": "1"}, headers=HTMX)
    assert "Question 2 of 3" in response.text
    assert "autofocus" not in response.text
    assert '<input type="hidden" name="embed" value="1">' in response.text


def test_a_panel_that_replaces_another_takes_the_focus(ada: Client, quiz: Quiz) -> None:
    response = ada.get(page(quiz), {"embed": "1", "focus": "1"}, headers=HTMX)
    assert '<h3 tabindex="-1" autofocus>Question 1 of 3</h3>' in response.text


def test_a_history_restore_is_given_the_whole_page(ada: Client, quiz: Quiz) -> None:
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in ada.get(page(quiz), headers=headers).text


@pytest.mark.parametrize("number", ["2", "3", "99", "0", "-1", "x", "²", "9" * 400])
def test_a_question_ahead_cannot_be_asked_for(ada: Client, quiz: Quiz, number: str) -> None:
    response = ada.get(page(quiz), {"question": number})
    assert "Question 1 of 3" in response.text


def test_feedback_can_be_read_again(ada: Client, quiz: Quiz) -> None:
    post_answer(ada, quiz)
    response = ada.get(page(quiz), {"question": "1"})
    assert "General-one-SECRET" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "courses/m/",
        "/" + "a" * 400,
        "/a\x00b",
        "/a\nb",
    ],
)
def test_only_a_path_of_this_site_is_linked_back_to(ada: Client, quiz: Quiz, path: str) -> None:
    response = ada.get(page(quiz), {"from": path})
    assert "Back to the lesson" not in response.text


def test_the_way_back_to_the_lesson_is_kept_to_the_end(ada: Client, quiz: Quiz) -> None:
    back = "/courses/m/retry/?a=1&b=2"
    response = ada.get(page(quiz), {"from": back})
    assert 'href="/courses/m/retry/?a=1&amp;b=2"' in response.text
    redirect = post_answer(ada, quiz, **{"from": back})
    assert "from=%2Fcourses%2Fm%2Fretry%2F%3Fa%3D1%26b%3D2" in redirect["Location"]


def every_key() -> list[Data]:
    return [single("one", correct=right) for right in "abc"] + [
        multiple("one", correct=right) for right in ("a", "bc", "abcd")
    ]


class Shape(HTMLParser):
    """The tags and attributes of a page, without the values that differ by chance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("name") in {"attempt", "csrfmiddlewaretoken", "edition"}:
            named["value"] = ""
        self.tags.append((tag, tuple(named.items())))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("kind", [single, multiple])
def test_the_page_of_a_question_does_not_depend_on_its_key(
    kind: Callable[..., Data], ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    pages = []
    for right in "abc":
        quiz = make_quiz(kind("same", correct=right), slug="same")
        fragment = Shape(ada.get(page(quiz), headers=HTMX).text)
        pages.append((fragment.tags, fragment.words))
        QuizEdition.objects.all().delete()
        Quiz.objects.all().delete()
    assert pages[0] == pages[1] == pages[2]


def test_the_page_of_a_number_does_not_depend_on_its_key(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    pages = []
    for answer in (13500.0, 7.0):
        quiz = make_quiz(numeric() | {"answer": answer, "mistakes": []}, slug="same")
        fragment = Shape(ada.get(page(quiz), headers=HTMX).text)
        pages.append((fragment.tags, fragment.words))
        QuizEdition.objects.all().delete()
        Quiz.objects.all().delete()
    assert pages[0] == pages[1]


@pytest.mark.parametrize("question", [*every_key(), numeric()])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_explanation_is_in_the_page_before_the_answer(
    question: Data, headers: dict[str, str], ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    text = ada.get(page(make_quiz(question)), headers=headers).text
    for secret in ("SECRET", "correct", "verdict", "13500", "13 500", "1500", "explanation"):
        assert secret not in text


def test_options_are_shown_by_their_text_and_without_their_ids(
    ada: Client, make_quiz: Callable[..., Quiz]
) -> None:
    question = single() | {
        "options": [
            option("the-right-one", correct=True, text="20 s"),
            option("trap", text="100 s"),
            option("lure", text="3 s"),
        ]
    }
    shown = open_quiz(ada, make_quiz(question))
    assert shown.options == {"1": "3 s", "2": "20 s", "3": "100 s"}
    assert "the-right-one" not in shown.html
    assert "lure" not in shown.html


def test_the_text_of_an_author_cannot_run(ada: Client, make_quiz: Callable[..., Quiz]) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    question = single() | {"prompt": evil, "options": [option("a", text=evil), *_two()]}
    text = ada.get(page(make_quiz(question)), headers=HTMX).text
    assert "<script" not in text
    assert "<img" not in text


def _two() -> list[Data]:
    return [option("b", correct=True), option("c")]


def queries(client: Client, url: str, django_assert_num_queries: Any, count: int) -> None:
    with django_assert_num_queries(count):
        assert client.get(url, headers=HTMX).status_code == 200


@pytest.mark.parametrize("size", [2, 60])
@pytest.mark.parametrize("earlier", [0, 100])
def test_the_number_of_queries_depends_neither_on_questions_nor_on_attempts(
    size: int,
    earlier: int,
    ada: Client,
    learner_user: User,
    make_quiz: Callable[..., Quiz],
    django_assert_num_queries: Any,
) -> None:
    quiz = make_quiz(*(single(f"q{number}") for number in range(size)))
    post_answer(ada, quiz)
    learner = Learner.objects.get(user=learner_user)
    edition = QuizEdition.objects.get()
    Attempt.objects.bulk_create(
        Attempt(
            learner=learner,
            quiz=quiz,
            edition=edition,
            max_points=1,
            finished_at=edition.created_at,
        )
        for _ in range(earlier)
    )
    # user, edition with quiz, attempt, responses
    queries(ada, page(quiz), django_assert_num_queries, 4)
    queries(ada, page(quiz) + "?question=1", django_assert_num_queries, 4)
    Attempt.objects.filter(finished_at=None).update(finished_at=edition.created_at)
    queries(ada, page(quiz), django_assert_num_queries, 4)
