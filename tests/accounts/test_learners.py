"""Who is learning: visitors, users, and what happens when one becomes the other."""

import pytest
from django.test import Client

from accounts import actions
from accounts.models import Learner, User
from accounts.signals import learner_merged
from tests.progress.conftest import build_course


def test_a_visitor_becomes_the_learner_of_a_new_user(learner_user: User) -> None:
    visitor = actions.create_visitor()
    learner = actions.adopt_learner(user=learner_user, visitor_id=visitor.pk)
    assert learner.pk == visitor.pk
    assert learner.user == learner_user


def test_a_visitor_is_merged_into_the_learner_a_user_already_has(learner_user: User) -> None:
    own = actions.adopt_learner(user=learner_user, visitor_id=None)
    visitor = actions.create_visitor()
    seen: list[tuple[int, int]] = []

    def hear(sender: object, source: Learner, target: Learner, **kwargs: object) -> None:
        seen.append((source.pk, target.pk))

    learner_merged.connect(hear)
    try:
        learner = actions.adopt_learner(user=learner_user, visitor_id=visitor.pk)
    finally:
        learner_merged.disconnect(hear)
    assert learner == own
    assert seen == [(visitor.pk, own.pk)]
    assert not Learner.objects.filter(pk=visitor.pk).exists()


def test_another_users_learner_is_never_adopted(learner_user: User, other_user: User) -> None:
    hers = actions.adopt_learner(user=other_user, visitor_id=None)
    mine = actions.adopt_learner(user=learner_user, visitor_id=hers.pk)
    assert mine != hers
    hers.refresh_from_db()
    assert hers.user == other_user


@pytest.mark.django_db
def test_health_answers_for_a_stranger(stranger: Client) -> None:
    assert stranger.get("/health/alive/").status_code == 200
    assert stranger.get("/health/ready/").json() == {"database": "ok", "cache": "ok"}


def test_a_session_gives_no_learner_away_once_its_account_is_closed(
    ada: Client, learner_user: User
) -> None:
    assert ada.get("/dashboard/").wsgi_request.learner == Learner.objects.get()
    User.objects.update(is_active=False)
    assert not ada.get("/dashboard/").wsgi_request.learner


def test_a_session_whose_learner_is_gone_begins_anew(ada: Client, learner_user: User) -> None:
    lesson = build_course("patterns")[1]
    ada.get("/dashboard/")
    learner_user.delete()
    response = ada.post(f"/dashboard/lessons/{lesson.content_id}/read/")
    assert response.status_code == 302
    assert Learner.objects.get().user is None
