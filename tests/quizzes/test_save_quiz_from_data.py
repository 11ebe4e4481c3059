"""The import's door into the quizzes."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from wagtail.models import Collection

from quizzes.definition import DefinitionError, quiz_to_data, save_quiz_from_data
from quizzes.models import Quiz, QuizEdition
from tests.quizzes.builders import multiple, numeric, quiz_data, single


def save(data: dict[str, Any], collection: Collection, **more: Any) -> tuple[Quiz, bool]:
    return save_quiz_from_data(data=data, source="text", collection=collection, **more)


def test_what_was_saved_comes_back_as_the_same_data(collection: Collection) -> None:
    data = quiz_data()
    quiz, changed = save(data, collection)
    assert changed
    assert quiz_to_data(Quiz.objects.get(pk=quiz.pk)) == data
    assert quiz.imported_source == "text"
    assert quiz.live


def test_a_plain_number_has_no_unit(collection: Collection) -> None:
    question = numeric()
    del question["unit"]
    data = quiz_data(question)
    quiz, _changed = save(data, collection)
    assert quiz_to_data(quiz) == data


def test_saving_the_same_again_changes_nothing(collection: Collection) -> None:
    data = quiz_data()
    save(data, collection)
    quiz, changed = save(data, collection)
    assert not changed
    assert quiz.editions.count() == 1
    assert quiz.revisions.count() == 1


def test_whole_numbers_and_floats_are_the_same(collection: Collection) -> None:
    data = quiz_data()
    save(data, collection)
    data["questions"][0]["points"] = 1
    _quiz, changed = save(data, collection)
    assert not changed


def test_a_new_source_alone_is_kept_without_a_new_edition(collection: Collection) -> None:
    data = quiz_data()
    save(data, collection)
    quiz, changed = save_quiz_from_data(data=data, source="other", collection=collection)
    assert not changed
    assert Quiz.objects.get(pk=quiz.pk).imported_source == "other"


def test_a_change_makes_the_next_edition_and_keeps_the_earlier_one(collection: Collection) -> None:
    data = quiz_data()
    save(data, collection)
    data["questions"][0]["prompt"] = "Another prompt"
    quiz, changed = save(data, collection)
    assert changed
    editions = QuizEdition.objects.filter(quiz=quiz).order_by("number")
    assert [(edition.number, edition.is_current) for edition in editions] == [(1, False), (2, True)]
    assert "Another" not in editions[0].questions[0]["ask"]


def test_opening_a_quiz_to_visitors_makes_no_new_edition(collection: Collection) -> None:
    data = quiz_data()
    save(data, collection)
    quiz, changed = save(data, collection, is_free=True)
    assert changed
    assert Quiz.objects.get(pk=quiz.pk).is_free
    assert quiz.editions.count() == 1


def test_a_draft_that_waits_is_replaced_by_the_import(collection: Collection) -> None:
    data = quiz_data()
    quiz, _changed = save(data, collection)
    quiz.title = "Half an idea"
    quiz.save_revision()
    quiz, changed = save(data, collection)
    assert changed
    assert not quiz.has_unpublished_changes


def test_an_old_revision_does_not_bring_back_an_old_source(collection: Collection) -> None:
    data = quiz_data()
    quiz, _changed = save(data, collection)
    save_quiz_from_data(data=data, source="newer", collection=collection)
    quiz.revisions.first().publish()
    assert Quiz.objects.get(pk=quiz.pk).imported_source == "newer"


def test_a_slug_of_another_quiz_is_refused_with_a_sentence(collection: Collection) -> None:
    save(quiz_data(slug="taken"), collection)
    with pytest.raises(DefinitionError, match="belongs to another quiz, “The taken quiz”"):
        save(quiz_data(slug="taken"), collection)


def test_a_quiz_of_another_course_is_refused(collection: Collection) -> None:
    other = Collection.get_first_root_node().add_child(name="genai")
    data = quiz_data()
    save(data, other)
    with pytest.raises(DefinitionError, match="another course"):
        save(data, collection)


def broken(**changes: Any) -> dict[str, Any]:
    return quiz_data(single() | changes)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (quiz_data() | {"questions": []}, "at least one question"),
        (quiz_data(single("x"), single("x")), "“x” is used twice"),
        (broken(kind="essay"), "unknown kind"),
        (broken(id="Not a slug"), "id: Write small letters"),
        (broken(points=0), "points: Points must be"),
        (broken(points=float("nan")), "points: Points must be"),
        (broken(prompt=" \n"), "prompt: Write something"),
        (broken(explanation=""), "explanation: Write something"),
        (broken(options=single()["options"][1:2]), "at least two options"),
        (quiz_data(single(correct="z")), "exactly one option"),
        (quiz_data(multiple(correct="")), "at least one option"),
        (quiz_data(multiple() | {"kind": "single"}), "exactly one option"),
        (quiz_data(numeric() | {"unit": "parsecs per fortnight"}), "unit: "),
        (quiz_data(numeric() | {"answer": float("inf")}), "answer: Write a finite number"),
        (quiz_data(numeric() | {"tolerance": 1.5}), "tolerance: Write a part"),
        (
            quiz_data(numeric() | {"mistakes": [{"value": 13500.0, "explanation": "x"}]}),
            "mistakes.0.value: This number counts as right",
        ),
    ],
)
def test_a_definition_that_cannot_be_used_says_where_and_why(
    data: dict[str, Any], sentence: str, collection: Collection
) -> None:
    with pytest.raises(DefinitionError, match=sentence):
        save(data, collection)
    assert not Quiz.objects.exists()


def test_every_quiz_of_the_content_folder_can_be_saved(
    collection: Collection,
) -> None:
    paths = sorted((Path(__file__).parents[2] / "content").glob("*/quizzes/*.yaml"))
    assert paths
    for path in paths:
        data = yaml.safe_load(path.read_text())
        quiz, changed = save(data, collection)
        assert changed
        assert len(quiz_to_data(quiz)["questions"]) == len(data["questions"])
