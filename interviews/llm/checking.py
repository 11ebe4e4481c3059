"""From what the model says to what counts: quotes that stand in the answer, points by our rule."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from grading import Criterion, CriterionAssessment, Evidence, EvidenceKind, Verdict
from grading.verdict import CREDIT
from interviews.llm.replies import Finding

CONFIDENCE = 0.8  # in a verdict of the model that survives the checks
MIN_WORDS = 2  # a single word can be found in any answer
REASONS = {
    Verdict.MET: gettext_lazy("A second reading found it in these words."),
    Verdict.PARTLY: gettext_lazy("A second reading found part of it in these words."),
    Verdict.MISSED: gettext_lazy("A second reading did not find it."),
    Verdict.UNSURE: gettext_lazy("A second reading could not tell."),
}


@dataclass(frozen=True)
class Checked:
    """The judgements that count, in the rubric's order, and the quotes that do not.

    Where a quote is not verbatim the judgement is unsure.
    """

    criteria: tuple[CriterionAssessment, ...]
    lies: Mapping[str, tuple[str, ...]]  # by criterion

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for each quote that does not stand in the answer."""
        return tuple(
            f"Not in the answer word for word (criterion “{criterion_id}”): {quote}"
            for criterion_id, quotes in self.lies.items()
            for quote in quotes
        )


def check(rubric: Sequence[Criterion], findings: Mapping[str, Finding], answer: str) -> Checked:
    """Hold each finding against the answer; a criterion without one is unsure."""
    lies: dict[str, tuple[str, ...]] = {}
    judged = []
    for criterion in rubric:
        finding = findings.get(criterion.id)
        wrong = tuple(one for one in finding.quotes if not locate(one, answer)) if finding else ()
        if wrong:
            lies[criterion.id] = wrong
        judged.append(_judged(criterion, None if wrong else finding, answer))
    return Checked(tuple(judged), lies)


def locate(quote: str, answer: str) -> tuple[int, int] | None:
    """Where the words of `quote` stand in `answer`, white space apart; None when they do not."""
    words = quote.split()
    if len(words) < MIN_WORDS:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), answer)
    return found.span() if found else None


def _judged(criterion: Criterion, finding: Finding | None, answer: str) -> CriterionAssessment:
    verdict = finding.verdict if finding else Verdict.UNSURE
    spans = [locate(quote, answer) for quote in finding.quotes] if finding else []
    if verdict in {Verdict.MET, Verdict.PARTLY} and not spans:
        verdict = Verdict.UNSURE
    missed = verdict is Verdict.MISSED
    kind = EvidenceKind.CONTRADICTS if missed else EvidenceKind.SUPPORTS
    is_sure = verdict is not Verdict.UNSURE
    return CriterionAssessment(
        criterion_id=criterion.id,
        verdict=verdict,
        points=round(CREDIT[verdict] * criterion.points, 6) if is_sure else 0.0,
        max_points=criterion.points,
        confidence=CONFIDENCE if is_sure else 0.5,
        evidence=tuple(
            Evidence(start, end, answer[start:end], kind)
            for start, end in sorted({span for span in spans if span})
        ),
        reason=str(REASONS[verdict]),
    )
