"""Everything shown about progress is a projection: rebuilding gives identical results."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import actions as accounts
from accounts.models import Learner, User
from progress import actions
from progress.models import PROJECTIONS, Activity, Verb

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LESSONS = [str(uuid4()) for _ in range(3)]


def data_for(verb: Verb, number: int) -> dict[str, Any]:
    lesson = {"course": "patterns", "lesson": LESSONS[number % 3], "path": "/x/", "title": "X"}
    quiz = {"quiz": f"quiz-{number % 2}", "title": "Q", "points": number % 11, "max": 10}
    return quiz if verb == Verb.QUIZ_FINISHED else lesson


def snapshot() -> list[list[dict[str, Any]]]:
    def rows(model: type[Model]) -> list[dict[str, Any]]:
        found = [dict(row) for row in model._default_manager.values()]
        return sorted(({k: v for k, v in row.items() if k != "id"} for row in found), key=str)

    return [rows(projection) for projection in PROJECTIONS]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(list(Verb)), st.integers(0, 40)), max_size=20))
@pytest.mark.django_db
def test_rebuilding_gives_what_was_there(learner_user: User, steps: list[tuple[Verb, int]]) -> None:
    Activity.objects.all().delete()
    learner = accounts.adopt_learner(user=learner_user, visitor_id=None)
    actions.rebuild()
    for index, (verb, number) in enumerate(steps):
        actions.log(
            learner=learner, verb=verb, key=f"{verb}:{number}", data=data_for(verb, number),
            at=NOON + timedelta(hours=index * 5),
        )  # fmt: skip
    before = snapshot()
    call_command("rebuild_progress", stdout=StringIO())
    assert snapshot() == before


def test_a_visitors_progress_is_kept_when_they_sign_in(learner_user: User) -> None:
    own = accounts.adopt_learner(user=learner_user, visitor_id=None)
    visitor: Learner = accounts.create_visitor()
    both = {"verb": Verb.LESSON_DONE, "key": "done:1", "data": data_for(Verb.LESSON_DONE, 0)}
    actions.log(learner=own, at=NOON, **both)
    actions.log(learner=visitor, at=NOON + timedelta(days=1), **both)
    actions.log(
        learner=visitor, verb=Verb.QUIZ_FINISHED, key="attempt:1",
        data=data_for(Verb.QUIZ_FINISHED, 9), at=NOON + timedelta(days=1),
    )  # fmt: skip
    accounts.adopt_learner(user=learner_user, visitor_id=visitor.pk)
    keys = set(Activity.objects.of(own).values_list("key", flat=True))
    assert keys == {"done:1", "attempt:1"}
    before = snapshot()
    actions.rebuild()
    assert snapshot() == before
