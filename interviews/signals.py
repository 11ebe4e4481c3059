"""News from interviews. All are sent inside the transaction that makes them true."""

from django.dispatch import Signal

# A stage was submitted. Arguments: answer (Answer).
answer_submitted = Signal()

# A grade was written. Arguments: grade (Grade), answer (Answer).
answer_graded = Signal()

# The last stage was submitted, or the learner ended the interview; grades may still be on their
# way. Arguments: interview (Interview).
interview_finished = Signal()
