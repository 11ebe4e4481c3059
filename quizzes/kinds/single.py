"""Single choice: exactly one option is right."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.kinds.base import Answer, AnswerError, Compiled, Judgement, ShownQuestion
from quizzes.kinds.choices import ChoiceKind


class Single(ChoiceKind):
    """All points for the right option."""

    name = "single"
    label = gettext_lazy("Single choice")
    icon = "radio-full"

    def count_problem(self, correct: int) -> str:
        """Exactly one."""
        return "" if correct == 1 else _("Mark exactly one option as correct.")

    def nothing_chosen(self) -> str:
        """What is said to somebody who chose nothing."""
        return _("Choose one of the options.")

    def view(self, question: Compiled) -> ShownQuestion:
        """The question before the answer."""
        return self.shown(question, options=self.shown_options(question))

    def parse(self, question: Compiled, posted: QueryDict) -> Answer:
        """The id of the chosen option."""
        answer = super().parse(question, posted)
        if len(answer["chosen"]) > 1:
            raise AnswerError(_("Choose only one of the options."))
        return answer

    def judge(self, question: Compiled, answer: Answer) -> Judgement:
        """All or nothing."""
        key = [option["id"] for option in question["options"] if option["correct"]]
        return self.judged(question, answer, float(answer["chosen"] == key))


KIND = Single()
