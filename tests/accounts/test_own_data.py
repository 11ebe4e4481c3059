"""Downloading one's own data gives what every app keeps, and nothing of anybody else's."""

from django.test import Client

from accounts.actions import adopt_learner
from accounts.models import User
from accounts.personal_data import gather
from labs.models import ChallengeCheck
from progress.actions import log
from progress.models import Verb


def test_every_app_answers(ada: Client, learner_user: User, other_user: User) -> None:
    for user, lab in ((learner_user, "mine"), (other_user, "hers")):
        learner = adopt_learner(user=user, visitor_id=None)
        ChallengeCheck.objects.create(
            learner=learner, lab=lab, lab_version=1, challenge="c", parameters={}, passed=True
        )
        log(
            learner=learner, verb=Verb.CHALLENGE_PASSED, key=f"challenge:{lab}:c", data={"lab": lab}
        )
    data = gather(learner_user)
    assert [check["lab"] for check in data["challenges"]] == ["mine"]
    assert [activity["key"] for activity in data["activities"]] == ["challenge:mine:c"]
    assert data["quizzes"] == []
    assert data["interviews"] == []
    text = ada.get("/account/data/").content.decode()
    assert "mine" in text
    assert "hers" not in text
