"""The studio's page for grading by a person, where a language model was asked as well."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.models import Collection

from accounts.models import User
from grading import EmbeddedGrader
from interviews.actions import request_grading
from interviews.models import Answer, Grade, Grading
from interviews.models.grades import State
from tests.interviews.llm.server import ModelServer, fails, judges
from tests.interviews.persons import grade_as_person
from tests.interviews.studio import own

LATER = "retry it when the provider is back"


@pytest.fixture
def show(barbara: Client, instructor_user: User, course: Collection) -> Callable[[], str]:
    """Return a function that gives the page of the answer that waits for a person."""
    own(instructor_user, course)

    def get() -> str:
        parked = Grading.objects.get(state=State.PARKED)
        return barbara.get(f"/studio/interviews/waiting/{parked.pk}/").text

    return get


@pytest.fixture
def disputed(
    settings: Settings,
    model: ModelServer,
    first_finds: Callable[..., None],
    grade: Callable[[], Grade],
) -> Grade:
    """A grade of two readings: they are opposed on one criterion and agree on the other."""
    settings.GRADER_LLM_ALWAYS = True
    first_finds(queue="met", idempotent="missed")
    model.script = [judges(queue=("missed", [LATER]), idempotent=("missed", []))]
    return grade()


def relations(page: str) -> list[str]:
    return re.findall(r'class="lm-pair" data-relation="(\w*)"', page)


def test_both_readings_stand_beside_each_other_with_their_graders_and_quotes(
    disputed: Grade, show: Callable[[], str]
) -> None:
    page = show()
    assert f"<b>embedded {EmbeddedGrader.version}</b>: met, 70 %." in page
    assert "<blockquote>We store the charge in</blockquote>" in page
    assert "<b>language model small-model</b>: missed, 80 %." in page
    assert f"<blockquote><b>against:</b> {LATER}</blockquote>" in page
    assert f'<mark data-of="queue">{LATER}</mark>' in page


def test_a_strong_disagreement_is_marked_and_agreement_is_said(
    disputed: Grade, show: Callable[[], str]
) -> None:
    page = show()
    assert relations(page) == ["opposed", "agreed"]
    assert page.count("lm-opposed") == 1
    assert "Strong disagreement: one finds it met, the other missed. Together: not sure." in page
    assert "gave a second opinion and disagrees with the first." in page


def test_a_step_between_the_two_is_no_strong_disagreement(
    settings: Settings,
    model: ModelServer,
    first_finds: Callable[..., None],
    grade: Callable[[], Grade],
    show: Callable[[], str],
) -> None:
    settings.GRADER_LLM_ALWAYS = True
    first_finds(queue="partly", idempotent="unsure")
    model.script = [judges(queue=("met", [LATER]), idempotent=("unsure", []))]
    grade()
    page = show()
    assert relations(page) == ["apart", ""]
    assert "lm-opposed" not in page
    assert "The two differ. Together: partly met." in page
    assert f'<mark data-of="queue">{LATER}</mark>' in page


def test_a_criterion_nobody_asked_the_model_about_shows_one_reading(
    model: ModelServer,
    first_finds: Callable[..., None],
    grade: Callable[[], Grade],
    show: Callable[[], str],
) -> None:
    first_finds(queue="unsure", idempotent="met")
    model.script = [judges(queue=("unsure", []))]
    grade()
    page = show()
    assert relations(page) == [""]
    assert page.count('class="lm-found"') == 3


def test_an_opinion_that_could_not_be_had_is_told(
    model: ModelServer,
    first_finds: Callable[..., None],
    grade: Callable[[], Grade],
    show: Callable[[], str],
) -> None:
    first_finds(queue="unsure", idempotent="missed")
    model.script = [fails(500)] * 4
    grade()
    page = show()
    assert "The embedded grader graded alone." in page
    assert relations(page) == []


def test_without_a_language_model_nothing_is_said_of_one(
    first_finds: Callable[..., None], grade: Callable[[], Grade], show: Callable[[], str]
) -> None:
    first_finds(queue="unsure", idempotent="missed")
    grade()
    page = show()
    assert "language model" not in page
    assert "lm-opinion" not in page


def test_the_readings_stay_when_a_person_has_judged_and_is_appealed_against(
    disputed: Grade, instructor_user: User, show: Callable[[], str]
) -> None:
    parked = Grading.objects.get(state=State.PARKED)
    missed = {"queue": ("missed", "", ""), "idempotent": ("missed", "", "")}
    grade_as_person(parked, instructor_user, **missed)
    answer = Answer.objects.get()
    request_grading(answer=answer, again=parked, state=State.PARKED, grader="person")
    page = show()
    assert relations(page) == ["opposed", "agreed"]
    assert "Together: missed." in page


def test_what_a_model_quotes_is_shown_as_text(disputed: Grade, show: Callable[[], str]) -> None:
    hostile = Grade(
        **{
            field.attname: getattr(disputed, field.attname)
            for field in Grade._meta.concrete_fields
            if field.attname not in {"id", "grading_id"}
        }
    )
    hostile.assessment["second_opinion"]["model"] = "<img src=x>"
    parked = Grading.objects.get(state=State.PARKED)
    hostile.grading = Grading.objects.create(
        answer=parked.answer, edition=parked.edition, text=parked.text, state=State.DONE
    )
    hostile.save()
    page = show()
    assert "language model &lt;img src=x&gt;" in page
    assert "<img src=x>" not in page
