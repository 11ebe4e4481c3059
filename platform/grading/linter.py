"""Holding a rubric against itself: does it grade its own exemplars as its author means?"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grading.assessment import Assessment, Verdict
from grading.embedded import EmbeddedGrader
from grading.grader import Grader
from grading.rubric import Criterion
from grading.words import words_of


class Problem(StrEnum):
    """What a rubric can do wrong."""

    EXEMPLAR_NOT_MET = "exemplar-not-met"
    MISCONCEPTION_EARNS = "misconception-earns"
    QUESTION_EARNS = "question-earns"
    SHUFFLED_EARNS = "shuffled-earns"
    EXEMPLAR_SHARED = "exemplar-shared"


@dataclass(frozen=True)
class Finding:
    """One thing an author should look at; `message` is a sentence, `text` what was tried."""

    problem: Problem
    criterion_id: str
    text: str
    message: str


def lint_rubric(
    question: str, rubric: Sequence[Criterion], grader: Grader | None = None
) -> list[Finding]:
    """What is wrong with a rubric, by grading its own texts; an empty list when nothing is.

    Tries every statement, paraphrase and misconception, the question itself, and each criterion's
    words in disorder. The same rubric always gives the same findings.
    """
    judge = grader or EmbeddedGrader()
    if not rubric:
        return []
    findings = list(_question_findings(judge, question, rubric))
    for criterion in rubric:
        findings += _exemplar_findings(judge, question, rubric, criterion)
        findings += _misconception_findings(judge, question, rubric, criterion)
        findings += _shuffled_findings(judge, question, rubric, criterion)
    return findings


def _question_findings(
    judge: Grader, question: str, rubric: Sequence[Criterion]
) -> Iterator[Finding]:
    for assessed in judge.grade(question, rubric, question).criteria:
        if assessed.points > 0:
            yield Finding(
                Problem.QUESTION_EARNS,
                assessed.criterion_id,
                question,
                "The question’s own text earns points here: ask for something it does not say.",
            )


def _exemplar_findings(
    judge: Grader, question: str, rubric: Sequence[Criterion], criterion: Criterion
) -> Iterator[Finding]:
    for text in criterion.exemplars:
        result = judge.grade(question, rubric, text)
        verdict = _verdict_of(result, criterion)
        if verdict is not Verdict.MET:
            yield Finding(
                Problem.EXEMPLAR_NOT_MET,
                criterion.id,
                text,
                f"This exemplar is graded “{verdict}”, not “met”: "
                "say it in full, or add a paraphrase or a concept group that fits it.",
            )
        for assessed in result.criteria:
            if assessed.criterion_id != criterion.id and assessed.verdict is Verdict.MET:
                yield Finding(
                    Problem.EXEMPLAR_SHARED,
                    criterion.id,
                    text,
                    f"This exemplar also meets “{assessed.criterion_id}”: "
                    "one sentence should not earn two criteria.",
                )


def _misconception_findings(
    judge: Grader, question: str, rubric: Sequence[Criterion], criterion: Criterion
) -> Iterator[Finding]:
    for text in criterion.misconceptions:
        verdict = _verdict_of(judge.grade(question, rubric, text), criterion)
        if verdict is not Verdict.MISSED:
            yield Finding(
                Problem.MISCONCEPTION_EARNS,
                criterion.id,
                text,
                f"This misconception is graded “{verdict}”, not “missed”: "
                "make it differ more from the paraphrases, or add a veto to the groups.",
            )


def _shuffled_findings(
    judge: Grader, question: str, rubric: Sequence[Criterion], criterion: Criterion
) -> Iterator[Finding]:
    text = shuffled(criterion.statement)
    for assessed in judge.grade(question, rubric, text).criteria:
        if assessed.criterion_id == criterion.id and assessed.points >= assessed.max_points / 2:
            yield Finding(
                Problem.SHUFFLED_EARNS,
                criterion.id,
                text,
                "The statement’s words in disorder earn half the points or more: "
                "make the groups ask for more than single words.",
            )


def shuffled(text: str) -> str:
    """The words of a text in a disorder that depends on nothing but the text."""
    words = [text[word.start : word.end] for word in words_of(text)]
    random.Random(text).shuffle(words)  # noqa: S311 - reproducible disorder, no secret
    return " ".join(words)


def _verdict_of(assessment: Assessment, criterion: Criterion) -> Verdict:
    return next(one.verdict for one in assessment.criteria if one.criterion_id == criterion.id)
