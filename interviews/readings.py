"""What two graders said about the same words, for the person who decides between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grading import CriterionAssessment, EvidenceKind, Verdict
from grading.assessment import criterion_from_data
from interviews.models import Grade, Grading
from interviews.opinions import say_opinion
from interviews.verdicts import word_for

type Judged = dict[str, CriterionAssessment]  # by criterion

_AGREED, _APART, _OPPOSED = "agreed", "apart", "opposed"
RELATIONS = {
    _AGREED: gettext_lazy("The two agree."),
    _APART: gettext_lazy("The two differ."),
    _OPPOSED: gettext_lazy("Strong disagreement: one finds it met, the other missed."),
}


@dataclass(frozen=True)
class Found:
    """What a grader found for a criterion; `confidence` is a whole percentage."""

    verdict: str
    word: str
    confidence: int
    quotes: tuple[tuple[str, bool], ...]
    reason: str
    by: str


@dataclass(frozen=True)
class Pair:
    """Both readings of one criterion; `relation` is a key of RELATIONS, or empty."""

    first: Found
    second: Found
    relation: str
    sentence: str


@dataclass(frozen=True)
class SecondReading:
    """What is stored of a second opinion on a text; `sentence` says what became of it.

    `first` and `second` are empty when it was wanted and could not be had.
    """

    sentence: str
    embedded: str
    model: str
    first: Judged
    second: Judged

    def pair(self, criterion_id: str) -> Pair | None:
        """Both readings of a criterion; None where the second was not asked for."""
        first, second = self.first.get(criterion_id), self.second.get(criterion_id)
        if first is None or second is None:
            return None
        relation = _relation(first.verdict, second.verdict)
        return Pair(
            describe(first, self.embedded),
            describe(second, self.model),
            relation,
            str(RELATIONS[relation]) if relation else "",
        )


def stored_reading(grading: Grading) -> SecondReading | None:
    """The newest second opinion on a grading's text by its rubric."""
    grades = Grade.objects.filter(
        answer=grading.answer_id,
        edition=grading.edition_id,
        grading__text=grading.text,
        assessment__has_key="second_opinion",
    )
    grade = grades.order_by("-pk").first()
    return read_stored(grade) if grade else None


def read_stored(grade: Grade) -> SecondReading:
    """Read what a grade keeps beside its assessment."""
    kept: Mapping[str, Any] = grade.assessment["second_opinion"]
    name, version = grade.grader.removesuffix("+llm"), grade.grader_version.partition("+")[0]
    return SecondReading(
        sentence=say_opinion(grade.assessment),
        embedded=f"{name} {version}",
        model=_("language model %(model)s") % {"model": kept["model"]},
        first=dict(_judged(kept.get("first", ()))),
        second=dict(_judged(kept.get("second", ()))),
    )


def describe(one: CriterionAssessment, by: str) -> Found:
    """A judgement as it is shown, with who made it."""
    return Found(
        verdict=str(one.verdict),
        word=word_for(one.verdict),
        confidence=round(one.confidence * 100),
        quotes=tuple((e.quote, e.kind is EvidenceKind.CONTRADICTS) for e in one.evidence),
        reason=one.reason,
        by=by,
    )


def _judged(kept: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, CriterionAssessment]]:
    for data in kept:
        one = criterion_from_data(data)
        yield one.criterion_id, one


def _relation(first: Verdict, second: Verdict) -> str:
    """How two verdicts stand to each other; nothing where one of them is unsure."""
    if Verdict.UNSURE in {first, second}:
        return ""
    if first is second:
        return _AGREED
    return _OPPOSED if {first, second} == {Verdict.MET, Verdict.MISSED} else _APART
