"""Who is learning: visitors, users, and what happens when one becomes the other."""

from accounts import actions
from accounts.models import Learner, User
from accounts.signals import learner_merged


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
