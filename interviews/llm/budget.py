"""How many tokens may still be spent, counted from the stored calls of the last 24 hours."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Now

from interviews.models import ModelCall


def tokens_left(learner_id: int) -> int:
    """The smaller of what this learner and what the installation may still spend."""
    spent = F("prompt_tokens") + F("completion_tokens")
    found = ModelCall.objects.filter(created_at__gt=Now() - timedelta(days=1)).aggregate(
        day=Coalesce(Sum(spent), 0),
        own=Coalesce(Sum(spent, filter=Q(learner=learner_id)), 0),
    )
    return int(
        min(
            settings.GRADER_LLM_DAY_TOKENS - found["day"],
            settings.GRADER_LLM_LEARNER_TOKENS - found["own"],
        )
    )
