"""Quizzes in the studio: two instructors, each with a course."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission

from accounts.models import User
from quizzes.definition import quiz_to_data, save_quiz_from_data
from quizzes.fields import QuizSlugBlock
from quizzes.models import Quiz, QuizEdition
from tests.quizzes.builders import Data, multiple, numeric, option, quiz_data, single
from tests.quizzes.play import post_answer

LIST = "wagtailsnippets_quizzes_quiz:"
CHOOSER = "wagtailsnippetchoosers_quizzes_quiz:"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def make_instructor(user: User, collection: Collection) -> None:
    group = Group.objects.create(name=f"Instructors of {collection.name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    rights = Permission.objects.filter(
        content_type__app_label="quizzes", codename__endswith="_quiz"
    )
    for right in rights:
        GroupCollectionPermission.objects.create(
            group=group, collection=collection, permission=right
        )
    user.groups.add(group)


@pytest.fixture
def other_collection(collection: Collection) -> Collection:
    """The collection of Grace's course."""
    return Collection.get_first_root_node().add_child(name="genai")


@pytest.fixture
def barbara(
    instructor_user: User, collection: Collection, sign_in: Callable[[User], Client]
) -> Client:
    """Barbara owns the course of the quizzes."""
    make_instructor(instructor_user, collection)
    return sign_in(instructor_user)


@pytest.fixture
def grace(
    other_user: User, other_collection: Collection, sign_in: Callable[[User], Client]
) -> Client:
    """Grace owns another course."""
    make_instructor(other_user, other_collection)
    return sign_in(other_user)


@pytest.fixture
def theirs(other_collection: Collection) -> Quiz:
    """A quiz of Grace's course."""
    data = quiz_data(slug="theirs") | {"title": "Attention quiz"}
    return save_quiz_from_data(data=data, source="", collection=other_collection)[0]


def form_of(quiz: Quiz, **changes: Any) -> dict[str, str]:
    """The edit form as a browser would send it."""
    data = quiz_to_data(quiz) | changes
    fields = {
        "title": data["title"],
        "slug": data["slug"],
        "collection": str(changes.get("collection", quiz.collection_id)),
    }
    return fields | list_form("questions", data["questions"], _question_fields)


def list_form(prefix: str, items: list[Data], fields: Callable[[str, Data], Data]) -> Data:
    """The fields of a list or stream of blocks."""
    form: Data = {f"{prefix}-count": str(len(items))}
    for place, item in enumerate(items):
        own = f"{prefix}-{place}"
        form |= {
            f"{own}-deleted": "",
            f"{own}-order": str(place),
            f"{own}-type": item.get("kind", "item"),
            f"{own}-id": "",
        }
        form |= fields(f"{own}-value", item)
    return form


def _question_fields(prefix: str, question: Data) -> Data:
    form: Data = {}
    for key, value in question.items():
        if isinstance(value, list):
            form |= list_form(f"{prefix}-{key}", value, _plain_fields)
        elif key != "kind":
            form[f"{prefix}-{key}"] = str(value)
    return form


def _plain_fields(prefix: str, item: Data) -> Data:
    return {
        f"{prefix}-{key}": "on" if value is True else str(value)
        for key, value in item.items()
        if value is not False
    }


def edit(quiz: Quiz) -> str:
    return reverse(f"{LIST}edit", args=[quiz.pk])


def publish(client: Client, quiz: Quiz, **changes: Any) -> Any:
    form = form_of(quiz, **changes) | {"action-publish": "action-publish"}
    return client.post(edit(quiz), form)


def test_an_instructor_sees_only_quizzes_of_own_courses(
    barbara: Client, quiz: Quiz, theirs: Quiz
) -> None:
    text = barbara.get(reverse(f"{LIST}list")).text
    assert quiz.title in text
    assert theirs.title not in text


def test_an_instructor_can_publish_a_change(barbara: Client, quiz: Quiz) -> None:
    assert "action-publish" in barbara.get(edit(quiz)).text
    response = publish(barbara, quiz, title="A better title")
    assert response.status_code == 302
    edition = QuizEdition.objects.current().get(quiz=quiz)
    assert (edition.number, edition.title) == (2, "A better title")


def test_the_form_gives_back_exactly_what_was_imported(barbara: Client, quiz: Quiz) -> None:
    before = quiz_to_data(quiz)
    publish(barbara, quiz)
    assert quiz_to_data(Quiz.objects.get()) == before
    assert QuizEdition.objects.count() == 1


def test_windows_line_ends_and_indentation_survive_the_form(barbara: Client, quiz: Quiz) -> None:
    question = single() | {"prompt": "    code\r\n\r\nWhat now?\r\n\r\n"}
    publish(barbara, quiz, questions=[question])
    assert quiz_to_data(Quiz.objects.get())["questions"][0]["prompt"] == "    code\n\nWhat now?"


def test_a_draft_may_be_half_written_and_learners_do_not_see_it(
    barbara: Client, quiz: Quiz
) -> None:
    half = single() | {"prompt": "", "options": single(correct="")["options"][:1]}
    response = barbara.post(edit(quiz), form_of(quiz, questions=[half]))
    assert response.status_code == 302
    assert Quiz.objects.get().has_unpublished_changes
    assert QuizEdition.objects.current().get().number == 1


PROBLEMS: list[tuple[Data, str]] = [
    (single(correct="z"), "Mark exactly one option as correct."),
    (multiple(correct=""), "Mark at least one option as correct."),
    (single() | {"options": single(correct="a")["options"][:1]}, "at least two options"),
    (single() | {"id": "Not a slug"}, "Write small letters, digits and single hyphens."),
    (single() | {"points": -1}, "Points must be more than 0"),
    (
        single() | {"options": [option("a", correct=True), option("a", text="other")]},
        "Another option has this id already.",
    ),
    (numeric() | {"unit": "parsecs"}, "do not know the unit"),
    (numeric() | {"tolerance": 3}, "Write a part of the answer, from 0 to 1."),
    (
        numeric() | {"mistakes": [{"value": 13500.0, "explanation": "x"}]},
        "This number counts as right.",
    ),
]


@pytest.mark.parametrize(("question", "sentence"), PROBLEMS)
def test_a_problem_is_said_beside_its_field_and_nothing_is_published(
    question: Data, sentence: str, barbara: Client, quiz: Quiz
) -> None:
    response = publish(barbara, quiz, questions=[question])
    assert response.status_code == 200
    assert sentence in response.text.replace("&#x27;", "'")
    assert QuizEdition.objects.get().number == 1


def test_two_questions_with_one_id_are_refused(barbara: Client, quiz: Quiz) -> None:
    response = publish(barbara, quiz, questions=[single("x"), single("x")])
    assert "Another question has this id already." in response.text


def test_a_new_quiz_is_written_and_published(barbara: Client, quiz: Quiz) -> None:
    form = form_of(quiz, slug="fresh", title="Fresh") | {"action-publish": "action-publish"}
    response = barbara.post(reverse(f"{LIST}add"), form)
    assert response.status_code == 302
    assert QuizEdition.objects.get(quiz__slug="fresh").is_current


def test_nothing_is_put_into_the_course_of_somebody_else(
    barbara: Client, quiz: Quiz, other_collection: Collection
) -> None:
    for address in (edit(quiz), reverse(f"{LIST}add")):
        form = form_of(quiz, slug="moved", collection=other_collection.pk)
        response = barbara.post(address, form)
        assert response.status_code == 200
        assert "Choose one of your own courses." in response.text
    assert not Quiz.objects.filter(collection=other_collection).exists()


def addresses(quiz: Quiz) -> list[str]:
    """Every address of the studio that names one quiz."""
    from wagtail.admin.viewsets import viewsets

    own = next(item for item in viewsets.viewsets if getattr(item, "model", None) is Quiz)
    values = {
        "pk": quiz.pk,
        "revision_id": quiz.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "action_name": "approve",
        "task_state_id": 1,
        "task_id": 1,
        "workflow_state_id": 1,
    }
    found = []
    for pattern in own.get_urlpatterns():
        names = pattern.pattern.converters
        if "pk" in names:
            kwargs = {name: values[name] for name in names}
            found.append(reverse(f"{own.url_namespace}:{pattern.name}", kwargs=kwargs))
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_of_somebody_elses_quiz_is_refused(
    method: str, barbara: Client, theirs: Quiz
) -> None:
    before = (quiz_to_data(theirs), theirs.live, theirs.locked)
    found = addresses(theirs)
    assert len(found) >= 15
    for address in found:
        response = getattr(barbara, method)(address, {"action-publish": "x"})
        assert response.status_code == 302, address
        assert response["Location"] == reverse("wagtailadmin_home"), address
    theirs.refresh_from_db()
    assert (quiz_to_data(theirs), theirs.live, theirs.locked) == before
    assert theirs.revisions.count() == 1


@pytest.mark.parametrize(
    "name", ["edit", "history", "usage", "delete", "copy", "unpublish", "preview_on_edit"]
)
def test_the_same_addresses_open_for_an_own_quiz(name: str, barbara: Client, quiz: Quiz) -> None:
    response = barbara.get(reverse(f"{LIST}{name}", args=[quiz.pk]))
    assert response.status_code == 200


def test_a_missing_quiz_is_missing(barbara: Client) -> None:
    assert barbara.get(reverse(f"{LIST}edit", args=[987654])).status_code == 404


def test_a_right_over_one_collection_is_none_over_another(
    instructor_user: User, barbara: Client, other_collection: Collection, theirs: Quiz
) -> None:
    """Barbara may change quizzes of Grace's course, but publish and delete only her own."""
    group = Group.objects.create(name="Helpers")
    GroupCollectionPermission.objects.create(
        group=group,
        collection=other_collection,
        permission=Permission.objects.get(codename="change_quiz"),
    )
    instructor_user.groups.add(group)
    page = barbara.get(edit(theirs))
    assert page.status_code == 200
    assert "action-publish" not in page.text
    publish(barbara, theirs, title="Hers now")
    assert QuizEdition.objects.get(quiz=theirs).title == "Attention quiz"
    for name in ("delete", "unpublish"):
        response = barbara.post(reverse(f"{LIST}{name}", args=[theirs.pk]))
        assert response["Location"] == reverse("wagtailadmin_home")
    assert Quiz.objects.filter(pk=theirs.pk, live=True).exists()


def test_a_learner_is_not_let_into_the_studio(ada: Client, quiz: Quiz) -> None:
    for address in (reverse(f"{LIST}list"), edit(quiz)):
        assert ada.get(address).status_code in {302, 403}
    assert ada.post(edit(quiz), form_of(quiz, title="Mine")).status_code in {302, 403}
    assert Quiz.objects.get().title != "Mine"


def bulk_delete(*ids: object) -> str:
    query = "&".join(f"id={identity}" for identity in ids)
    return reverse("wagtail_bulk_action", args=["quizzes", "quiz", "delete"]) + f"?{query}"


def test_deleting_in_bulk_touches_and_names_only_own_quizzes(
    barbara: Client, quiz: Quiz, theirs: Quiz
) -> None:
    for ids in ([quiz.pk, theirs.pk], ["all"]):
        page = barbara.get(bulk_delete(*ids)).text
        assert quiz.title in page
        assert theirs.title not in page
    barbara.post(bulk_delete("all"))
    assert list(Quiz.objects.all()) == [theirs]


def test_a_quiz_that_learners_have_taken_is_not_deleted(
    barbara: Client, ada: Client, quiz: Quiz
) -> None:
    post_answer(ada, quiz)
    for address in (reverse(f"{LIST}delete", args=[quiz.pk]), bulk_delete(quiz.pk)):
        response = barbara.post(address, follow=True)
        assert "so it stays" in response.text
    assert Quiz.objects.exists()


def test_a_quiz_nobody_has_taken_can_be_deleted(barbara: Client, quiz: Quiz) -> None:
    barbara.post(reverse(f"{LIST}delete", args=[quiz.pk]))
    assert not Quiz.objects.exists()


def test_the_chooser_offers_and_confirms_only_own_quizzes(
    barbara: Client, quiz: Quiz, theirs: Quiz
) -> None:
    for name in ("choose", "choose_results"):
        text = barbara.get(reverse(f"{CHOOSER}{name}")).text
        assert quiz.title in text
        assert theirs.title not in text
    assert barbara.get(reverse(f"{CHOOSER}chosen", args=[quiz.pk])).status_code == 200
    assert barbara.get(reverse(f"{CHOOSER}chosen", args=[theirs.pk])).status_code == 404
    several = barbara.get(reverse(f"{CHOOSER}chosen_multiple"), {"id": [quiz.pk, theirs.pk]})
    assert [item["string"] for item in json.loads(several.text)["result"]] == [quiz.title]


def test_the_preview_shows_the_question_and_its_key(barbara: Client, quiz: Quiz) -> None:
    address = reverse(f"{LIST}preview_on_edit", args=[quiz.pk])
    answer = barbara.post(address, form_of(quiz, title="Before publishing"))
    assert answer.json() == {"is_valid": True, "is_available": True}
    response = barbara.get(address)
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    text = response.text
    assert "Before publishing" in text
    assert "Why-b-SECRET" in text
    assert "The answer is 13\u202f500/s" in text
    assert "Mistake-<em>edge</em>-SECRET" in text


def test_the_preview_of_an_unready_quiz_says_why(barbara: Client, quiz: Quiz) -> None:
    address = reverse(f"{LIST}preview_on_edit", args=[quiz.pk])
    half = single() | {"prompt": "", "points": ""}
    barbara.post(address, form_of(quiz, questions=[half]))
    assert barbara.get(address).status_code == 200


def test_an_earlier_revision_can_be_compared_and_published_again(
    barbara: Client, quiz: Quiz
) -> None:
    first = quiz.latest_revision
    publish(barbara, quiz, title="A worse title", questions=[single("one", correct="c")])
    compare = reverse(f"{LIST}revisions_compare", args=[quiz.pk, first.pk, "latest"])
    assert "A worse title" in barbara.get(compare).text
    revert = reverse(f"{LIST}revisions_revert", args=[quiz.pk, first.pk])
    assert barbara.get(revert).status_code == 200
    form = form_of(first.as_object()) | {"action-publish": "x", "revision": str(first.pk)}
    barbara.post(edit(quiz), form)
    assert QuizEdition.objects.current().get().title == "The breaker quiz"


def test_unpublishing_withdraws_the_edition(barbara: Client, quiz: Quiz) -> None:
    barbara.post(reverse(f"{LIST}unpublish", args=[quiz.pk]))
    assert not QuizEdition.objects.current().exists()


def test_a_collection_with_quizzes_is_not_empty(admin_user: User, quiz: Quiz) -> None:
    client = Client()
    client.force_login(admin_user)
    address = reverse("wagtailadmin_collections:delete", args=[quiz.collection_id])
    assert "1 quiz" in client.get(address).text
    client.post(address)
    assert Quiz.objects.exists()


def test_a_lesson_may_only_name_a_published_quiz(quiz: Quiz) -> None:
    from django.core.exceptions import ValidationError

    block = QuizSlugBlock()
    assert block.clean(quiz.slug) == quiz.slug
    with pytest.raises(ValidationError, match="no published quiz"):
        block.clean("missing")
    assert block.clean_deferred("missing") == "missing"
