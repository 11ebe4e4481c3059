"""What the quiz page shows: a question, the feedback to an answer, or the result.

These objects name all that templates may know. None of them carries a key before the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quizzes.kinds import Compiled, Judgement, ShownQuestion, kind_of
from quizzes.kinds.base import safe
from quizzes.models import Attempt, QuizEdition, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How the page was asked for.

    `back` is a path of this site or empty; `embedded` says that the panel stands in a lesson,
    `focus` that it replaces another one, so that the focus has to follow.
    """

    slug: str
    back: str = ""
    embedded: bool = False
    focus: bool = False
    notice: str = ""

    def address(self, **more: object) -> str:
        """The quiz's page, asked for in the same way."""
        query = {name: value for name, value in more.items() if value}
        if self.embedded:
            query["embed"] = 1
        if self.back:
            query["from"] = self.back
        path = reverse("quizzes:quiz", args=[self.slug])
        return f"{path}?{urlencode(query)}" if query else path

    @property
    def next_address(self) -> str:
        """What comes next: a question or the result."""
        return self.address()

    @property
    def next_fragment(self) -> str:
        """The same as a fragment that takes the focus."""
        return self.address(focus=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPanel:
    """A question that waits for its answer."""

    state: ClassVar[str] = "question"
    frame: Frame
    title: str
    number: int
    total: int
    answered: int
    token: str
    edition: int
    question: ShownQuestion
    error: str = ""
    typed: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """Where the answer goes."""
        return reverse("quizzes:answer", args=[self.frame.slug, self.number])


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPanel:
    """A question with its answer judged and explained."""

    state: ClassVar[str] = "feedback"
    frame: Frame
    title: str
    number: int
    total: int
    answered: int
    question: ShownQuestion
    judgement: Judgement
    explanation: SafeString

    @property
    def is_last(self) -> bool:
        """Whether the result comes next."""
        return self.answered == self.total

    @property
    def verdict(self) -> str:
        """The judgement in a word."""
        return _verdict(correct=self.judgement.correct, points=self.judgement.points)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the result. `state` is met, partly or missed, `word` says it."""

    name: str
    state: str
    word: str
    points: float
    max_points: float
    address: str
    fragment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPanel:
    """The end of an attempt."""

    state: ClassVar[str] = "result"
    frame: Frame
    title: str
    points: float
    max_points: float
    outcomes: tuple[Outcome, ...]
    can_retry: bool

    @property
    def restart(self) -> str:
        """Where trying again begins."""
        return reverse("quizzes:restart", args=[self.frame.slug])


type Panel = QuestionPanel | FeedbackPanel | ResultPanel
type Responses = Mapping[str, Response]


def question_panel(
    edition: QuizEdition,
    number: int,
    frame: Frame,
    *,
    token: object,
    answered: int,
    error: str = "",
    typed: Sequence[str] = (),
) -> QuestionPanel:
    """The question with this number, counted from 1, before its answer."""
    question = edition.questions[number - 1]
    return QuestionPanel(
        frame=frame,
        title=edition.title,
        number=number,
        total=len(edition.questions),
        answered=answered,
        token=str(token),
        edition=edition.number,
        question=kind_of(question).view(question),
        error=error,
        typed=tuple(typed),
    )


def feedback_panel(
    edition: QuizEdition, number: int, frame: Frame, *, judgement: Judgement, answered: int
) -> FeedbackPanel:
    """The question with this number after its answer."""
    question = edition.questions[number - 1]
    return FeedbackPanel(
        frame=frame,
        title=edition.title,
        number=number,
        total=len(edition.questions),
        answered=answered,
        question=kind_of(question).view(question),
        judgement=judgement,
        explanation=safe(question["explanation"]),
    )


def result_panel(
    attempt: Attempt, responses: Responses, frame: Frame, *, can_retry: bool
) -> ResultPanel:
    """The result of a finished attempt."""
    return ResultPanel(
        frame=frame,
        title=attempt.edition.title,
        points=attempt.points,
        max_points=attempt.max_points,
        outcomes=tuple(
            _outcome(number, question, responses.get(question["id"]), frame)
            for number, question in enumerate(attempt.edition.questions, 1)
        ),
        can_retry=can_retry,
    )


def _outcome(number: int, question: Compiled, response: Response | None, frame: Frame) -> Outcome:
    points = response.points if response else 0.0
    correct = response is not None and response.correct
    word = _verdict(correct=correct, points=points) if response else _("Not answered")
    state = "met" if correct else "partly" if points else "missed"
    address = frame.address(question=number) if response else ""
    fragment = frame.address(question=number, focus=1) if response else ""
    return Outcome(question["name"], state, word, points, question["points"], address, fragment)


def _verdict(*, correct: bool, points: float) -> str:
    if correct:
        return _("Right")
    return _("Partly right") if points else _("Wrong")
