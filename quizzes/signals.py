"""News from quizzes. All are sent inside the transaction that made them true, so that what
receivers write is stored together with it or not at all.
"""

from django.dispatch import Signal

# A question was answered for the first time in an attempt.
# Arguments: attempt (with its edition), response, question (compiled, key included).
question_answered = Signal()

# The last question of an attempt was answered. Arguments: attempt (with its edition).
attempt_finished = Signal()

# Learners are given a new edition from now on. Arguments: edition (with its quiz).
edition_published = Signal()
