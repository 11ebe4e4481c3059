"""What counts as done, in words and in code."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from progress.models import QuizResult

PASS_SHARE = 0.7


def rule(quizzes: Sequence[str]) -> str:
    """Say what has to happen for a lesson with these quizzes to count as done."""
    if not quizzes:
        return _("This lesson counts as done when you mark it as read.")
    return ngettext(
        "This lesson counts as done when you have finished its quiz with at least 70 % of the "
        "points.",
        "This lesson counts as done when you have finished each of its quizzes with at least "
        "70 % of the points.",
        len(quizzes),
    )


def is_done(quizzes: Sequence[str], results: Mapping[str, QuizResult]) -> bool:
    """Tell whether quizzes finished so far make a lesson done; one without quizzes never is."""
    return bool(quizzes) and all(_passed(results.get(quiz)) for quiz in quizzes)


def _passed(result: QuizResult | None) -> bool:
    if result is None or not result.max_points:
        return False
    return result.points / result.max_points >= PASS_SHARE
