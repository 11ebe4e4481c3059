"""What people did in labs."""

from typing import Self

from django.db import models

from accounts.models import Learner


class ChallengeCheckQuerySet(models.QuerySet["ChallengeCheck"]):
    """Reads of challenge checks."""

    def of(self, learner: Learner) -> Self:
        """Return the checks of one learner."""
        return self.filter(learner_id=learner.pk)

    def passed_in(self, lab_slug: str) -> set[str]:
        """Return the ids of the challenges of a lab that were passed at least once."""
        rows = self.filter(lab=lab_slug, passed=True).values_list("challenge", flat=True)
        return set(rows)


class ChallengeCheck(models.Model):
    """One try at a challenge: the settings, and what the server's own runs said. Never changed."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="challenge_checks")
    lab = models.SlugField(max_length=80)
    lab_version = models.PositiveIntegerField()
    challenge = models.SlugField(max_length=80)
    parameters = models.JSONField()
    passed = models.BooleanField()
    checked_at = models.DateTimeField(auto_now_add=True)

    objects = ChallengeCheckQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["learner", "lab", "challenge"], name="check_by_learner")]

    def __str__(self) -> str:
        return f"{self.lab}/{self.challenge}: {'passed' if self.passed else 'not passed'}"
