"""A grade nobody is sure of: shown as provisional, and looked at by a person."""

from collections.abc import Callable

import pytest
from django.test import Client
from wagtail.models import Collection

from accounts.models import User
from interviews import actions, grading_queue
from interviews.actions import Sent
from interviews.models import Answer, Grade, Grading, Interview
from interviews.models.grades import State
from interviews.models.interviews import Mode
from tests.interviews.llm.conftest import Told
from tests.interviews.studio import own
from tests.interviews.test_review import PARKED, verdicts


@pytest.fixture
def doubtful(submitted: Answer, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Ada's first stage, about which the grader is not sure."""
    from grading import Verdict

    told = Told({"queue": Verdict.UNSURE, "idempotent": Verdict.MISSED}, ())
    monkeypatch.setattr(grading_queue, "current_grader", lambda: told)
    grading_queue.grade_queued(submitted.gradings.get().pk)
    submitted.refresh_from_db()
    return submitted


def test_the_same_text_and_rubric_wait_for_a_person(doubtful: Answer) -> None:
    first, waiting = doubtful.gradings.order_by("pk")
    assert (first.state, waiting.state) == (State.DONE, State.PARKED)
    assert (waiting.text, waiting.edition) == (first.text, first.edition)
    assert doubtful.current_grade == first.grade


def test_a_sure_grade_waits_for_nobody(submitted: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    from grading import Verdict

    told = Told({"queue": Verdict.MET, "idempotent": Verdict.MISSED}, ())
    monkeypatch.setattr(grading_queue, "current_grader", lambda: told)
    grading_queue.grade_queued(submitted.gradings.get().pk)
    assert Grading.objects.get().state == State.DONE


def test_a_grade_that_cannot_be_parked_is_not_written_either(
    submitted: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grading import Verdict

    def fail(_grading: Grading) -> None:
        raise RuntimeError

    told = Told({"queue": Verdict.UNSURE, "idempotent": Verdict.MISSED}, ())
    monkeypatch.setattr(grading_queue, "current_grader", lambda: told)
    monkeypatch.setattr(grading_queue, "_park", fail)
    grading_queue.grade_queued(submitted.gradings.get().pk)
    assert not Grade.objects.exists()
    assert Grading.objects.get().state == State.QUEUED


def test_running_again_asks_no_second_person(doubtful: Answer) -> None:
    for grading in doubtful.gradings.all():
        grading_queue.grade_queued(grading.pk)
    assert Grading.objects.count() == 2
    assert Grade.objects.count() == 1


def test_the_learner_sees_the_provisional_debrief_and_who_will_look(
    ada: Client, doubtful: Answer, stage_url: Callable[..., str]
) -> None:
    page = ada.get(stage_url()).text
    assert "A person will look at this answer" in page
    assert "Until then this grade is provisional." in page
    assert "not sure about part of this answer" in page
    assert "<mark>" in page
    assert "hx-trigger" not in page


def test_a_strict_interview_says_nothing_of_it_before_its_end(
    ada: Client, doubtful: Answer, stage_url: Callable[..., str]
) -> None:
    Interview.objects.update(mode=Mode.STRICT)
    page = ada.get(stage_url()).text
    assert "the debrief comes at the end" in page
    assert "A person will look" not in page
    assert "provisional" not in page


def test_the_persons_grade_replaces_it(
    ada: Client,
    barbara: Client,
    instructor_user: User,
    course: Collection,
    doubtful: Answer,
    stage_url: Callable[..., str],
) -> None:
    own(instructor_user, course)
    waiting = doubtful.gradings.get(state=State.PARKED)
    barbara.post(f"{PARKED}{waiting.pk}/", verdicts())
    doubtful.refresh_from_db()
    assert doubtful.current_grade is not None
    assert doubtful.current_grade.graded_by == instructor_user
    page = ada.get(stage_url()).text
    assert "Graded by a person." in page
    assert "A person will look at this answer" not in page
    assert Grade.objects.count() == 2


def test_handing_in_anew_withdraws_what_waits(doubtful: Answer) -> None:
    Answer.objects.update(submitted_at=None)
    doubtful.refresh_from_db()
    actions.submit_answer(answer=doubtful, sent=Sent("Anew.", doubtful.version), key="anew")
    states = list(doubtful.gradings.order_by("pk").values_list("state", flat=True))
    assert states == [State.DONE, State.WITHDRAWN, State.QUEUED]
