"""Between a quiz and the plain data of its YAML file, in both directions."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection

from quizzes.blocks import MOST_QUESTIONS, plain
from quizzes.kinds import Definition, all_kinds, kind_of
from quizzes.models import Quiz

type QuizData = dict[str, Any]
"""`{"id", "slug", "title", "questions"}` as in quizzes/<slug>.yaml; the id is text."""


class DefinitionError(ValueError):
    """A quiz that cannot be stored or published; the message is a sentence for its author."""


def quiz_to_data(quiz: Quiz) -> QuizData:
    """The quiz as its YAML file has it. Points and other numbers are floats."""
    return {
        "id": str(quiz.content_id),
        "slug": quiz.slug,
        "title": quiz.title,
        "questions": [_question_data(block) for block in quiz.questions],
    }


def _question_data(block: Any) -> dict[str, Any]:
    fields = plain(block.value)
    data = {"id": fields.pop("id"), "kind": block.block_type, **fields}
    return all_kinds()[block.block_type].tidied(data)


def fingerprint(data: QuizData) -> str:
    """SHA-256 of what learners can notice of a quiz."""
    text = json.dumps(_numbers_as_floats(data), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _numbers_as_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _numbers_as_floats(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_numbers_as_floats(child) for child in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def check_data(data: QuizData) -> None:
    """Raise DefinitionError for the first thing that is wrong with the questions."""
    questions = data["questions"]
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise DefinitionError(_("A quiz has at least one question, and at most 100."))
    for sentence in _problems(questions):
        raise DefinitionError(sentence)


def _problems(questions: list[Definition]) -> Iterator[str]:
    seen: set[str] = set()
    for question in questions:
        where = {"question": question["id"]}
        if question["id"] in seen:
            yield _("The id “%(question)s” is used twice.") % where
        seen.add(question["id"])
        if question["kind"] not in all_kinds():
            yield _("Question “%(question)s” is of an unknown kind.") % where
            continue
        for problem in kind_of(question).problems(question):
            path = ".".join(str(part) for part in problem.path)
            yield _("Question “%(question)s”, %(field)s: %(sentence)s") % {
                **where,
                "field": path,
                "sentence": problem.sentence,
            }


def compile_data(data: QuizData) -> dict[str, Any]:
    """What an edition keeps of a quiz: every Markdown rendered. Raises DefinitionError."""
    check_data(data)
    return {
        "title": data["title"],
        "questions": [dict(kind_of(question).compile(question)) for question in data["questions"]],
    }


@transaction.atomic
def save_quiz_from_data(
    *, data: QuizData, source: str, collection: Collection, is_free: bool | None = None
) -> tuple[Quiz, bool]:
    """Create or update the quiz with this id, and publish it if learners would notice.

    `source` is the exact text of the file; `is_free` None leaves it as it is. Returns the quiz and
    whether anything but `source` changed. Raises DefinitionError, also when the slug belongs to
    another quiz or the quiz to another course.
    """
    check_data(data)
    quiz = Quiz.objects.select_for_update().filter(content_id=data["id"]).first()
    _check_place(data, quiz, collection)
    quiz = quiz or Quiz(content_id=data["id"])
    wanted = quiz.is_free if is_free is None else is_free
    if _is_published_as(quiz, data) and quiz.is_free == wanted:
        _keep_source(quiz, source)
        return quiz, False
    quiz.is_free = wanted
    quiz.collection, quiz.imported_source = collection, source
    return _store(quiz, data), True


def _check_place(data: QuizData, quiz: Quiz | None, collection: Collection) -> None:
    namesake = Quiz.objects.filter(slug=data["slug"]).exclude(content_id=data["id"]).first()
    if namesake is not None:
        raise DefinitionError(
            _("The slug “%(slug)s” belongs to another quiz, “%(title)s”. Choose another one.")
            % {"slug": namesake.slug, "title": namesake.title}
        )
    if quiz is not None and quiz.collection_id != collection.pk:
        raise DefinitionError(
            _("The quiz “%(title)s” belongs to another course. Give the file a new id.")
            % {"title": quiz.title}
        )


def _is_published_as(quiz: Quiz, data: QuizData) -> bool:
    """Whether learners see just what stands in the data, and no draft is waiting."""
    if quiz.pk is None or not quiz.live or quiz.has_unpublished_changes:
        return False
    return fingerprint(quiz_to_data(quiz)) == fingerprint(data)


def _keep_source(quiz: Quiz, source: str) -> None:
    if quiz.imported_source != source:
        Quiz.objects.filter(pk=quiz.pk).update(imported_source=source)
        quiz.imported_source = source


def _store(quiz: Quiz, data: QuizData) -> Quiz:
    """Write the quiz and publish it as a revision, as the studio does: history stays whole."""
    quiz.slug, quiz.title = data["slug"], data["title"]
    quiz.questions = json.dumps(stream_data(data))
    quiz.save()
    quiz.save_revision(clean=False, log_action=True).publish()
    quiz.refresh_from_db()
    return quiz


def stream_data(data: QuizData) -> list[dict[str, Any]]:
    """The questions as the StreamField stores them.

    Block ids follow from the ids in the data, so that two revisions compare question by question.
    """
    quiz_id = uuid.UUID(str(data["id"]))
    return [_question_block(question, quiz_id) for question in data["questions"]]


def _question_block(question: Definition, quiz_id: uuid.UUID) -> dict[str, Any]:
    own_id = uuid.uuid5(quiz_id, question["id"])
    value = {key: _stored(child, own_id, key) for key, child in question.items() if key != "kind"}
    return {"type": question["kind"], "value": value, "id": str(own_id)}


def _stored(value: Any, parent: uuid.UUID, key: str) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {
            "type": "item",
            "value": child,
            "id": str(uuid.uuid5(parent, f"{key}/{child.get('id', place)}")),
        }
        for place, child in enumerate(value)
    ]
