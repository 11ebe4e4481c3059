"""News from accounts."""

from django.dispatch import Signal

# A visitor's learner becomes part of a user's. Sent inside the transaction, before ``source`` is
# deleted: every app re-points its own rows. Arguments: source (Learner), target (Learner).
learner_merged = Signal()
