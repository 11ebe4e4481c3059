"""News from labs."""

from django.dispatch import Signal

# A learner tried a challenge. Sent inside the transaction that keeps the try.
# Arguments: check (ChallengeCheck).
challenge_checked = Signal()
