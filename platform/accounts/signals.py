"""News from accounts, and a question."""

from django.dispatch import Signal

# A visitor's learner becomes part of a user's. Sent inside the transaction, before ``source`` is
# deleted: every app re-points its own rows. Arguments: source (Learner), target (Learner).
learner_merged = Signal()

# A visitor did the first thing worth keeping. Arguments: request, learner (Learner).
visitor_began = Signal()

# Somebody asks for everything that is kept about them. A receiver returns a section of the answer:
# its name and what goes under it, in values that JSON has. Arguments: learner (Learner).
data_requested = Signal()
