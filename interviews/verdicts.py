"""How verdicts are said."""

from django.utils.translation import gettext_lazy

from grading import Verdict

VERDICTS = {
    Verdict.MET: gettext_lazy("met"),
    Verdict.PARTLY: gettext_lazy("partly met"),
    Verdict.MISSED: gettext_lazy("missed"),
    Verdict.UNSURE: gettext_lazy("not sure"),
}


def word_for(verdict: str) -> str:
    """Return how a verdict is said to a learner."""
    return str(VERDICTS[Verdict(verdict)])
