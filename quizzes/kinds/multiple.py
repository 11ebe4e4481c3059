"""Multiple choice: any number of options is right, with credit for a part of them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.kinds.base import Answer, Compiled, Judgement, ShownQuestion
from quizzes.kinds.choices import ChoiceKind


class Multiple(ChoiceKind):
    """Points in proportion to (right chosen − wrong chosen) / right, never below 0."""

    name = "multiple"
    label = gettext_lazy("Multiple choice")
    icon = "tick-inverse"

    def count_problem(self, correct: int) -> str:
        """At least one."""
        return "" if correct else _("Mark at least one option as correct.")

    def nothing_chosen(self) -> str:
        """What is said to somebody who chose nothing."""
        return _("Choose at least one of the options.")

    def view(self, question: Compiled) -> ShownQuestion:
        """The question before the answer, with the rule of its points."""
        hint = _(
            "Choose all that are right. Each right choice earns a share of the points; each wrong "
            "choice takes one share away, never below zero."
        )
        options = self.shown_options(question)
        return self.shown(question, hint=hint, options=options, takes_many=True)

    def judge(self, question: Compiled, answer: Answer) -> Judgement:
        """Partial credit."""
        key = {option["id"] for option in question["options"] if option["correct"]}
        chosen = set(answer["chosen"])
        share = (len(chosen & key) - len(chosen - key)) / len(key)
        return self.judged(question, answer, max(0.0, share))


KIND = Multiple()
