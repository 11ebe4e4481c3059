"""Writes of labs."""

from typing import Any

from django.db import transaction

from accounts.models import Learner
from labs.base import Challenge, Lab, Outcome, values
from labs.models import ChallengeCheck
from labs.parameters import ParameterSet
from labs.signals import challenge_checked


@transaction.atomic
def record_check(
    *,
    learner: Learner,
    lab: Lab[Any],
    challenge: Challenge,
    parameters: ParameterSet,
    outcome: Outcome,
) -> ChallengeCheck:
    """Keep one try at a challenge."""
    check = ChallengeCheck.objects.create(
        learner_id=learner.pk,
        lab=lab.slug,
        lab_version=lab.version,
        challenge=challenge.id,
        parameters=values(parameters),
        passed=outcome.passed,
    )
    challenge_checked.send(ChallengeCheck, check=check)
    return check
