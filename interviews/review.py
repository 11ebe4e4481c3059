"""Grading by a person: answers that wait, judged by an instructor of their course."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from grading import (
    Assessment,
    CriterionAssessment,
    Evidence,
    EvidenceKind,
    Verdict,
    assessment_from_data,
    assessment_to_data,
)
from interviews.appeals import PERSON, PERSON_VERSION, settle_appeals
from interviews.grading_queue import end_with_grade
from interviews.models import Grade, Grading, Scenario
from interviews.models.grades import State
from quizzes.owned import owned_by

SHARE = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.MISSED: 0.0}
BETWEEN_QUOTES = "\n…\n"
_BETWEEN = re.compile(r"\n\s*(?:…|\.\.\.)\s*\n")


class AlreadyGradedError(Exception):
    """Somebody else was faster."""


def gradings_for(user: User) -> QuerySet[Grading]:
    """All gradings in scenarios this user may change; oldest first."""
    own = owned_by(user, Scenario, {"change"})
    rows = Grading.objects.order_by("requested_at", "pk")
    if not user.is_superuser:
        rows = rows.filter(answer__interview__edition__scenario__in=own.values("pk"))
    return rows.select_related("answer__interview__edition")


def parked_for(user: User) -> QuerySet[Grading]:
    """Answers waiting for a person, in scenarios this user may change; oldest first."""
    return gradings_for(user).filter(state=State.PARKED)


def criteria_of(grading: Grading) -> list[Mapping[str, Any]]:
    """The criteria a grading is about: those of the stage, or the one asked after it."""
    stage, asked = grading.edition.stage(grading.answer.stage_id), grading.answer.criterion_id
    return [one for one in stage["criteria"] if asked in {"", one["id"]}]


def found_before(grading: Grading) -> dict[str, CriterionAssessment]:
    """What the current grade says about the same text, by criterion; nothing without one."""
    grade = grading.answer.current_grade
    if grade is None or grade.grading.text != grading.text:
        return {}
    return {one.criterion_id: one for one in assessment_from_data(grade.assessment).criteria}


class CriterionForm(forms.Form):
    """The verdict on one criterion, with the words that earned it."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=[
            (str(Verdict.MET), gettext_lazy("met")),
            (str(Verdict.PARTLY), gettext_lazy("partly met")),
            (str(Verdict.MISSED), gettext_lazy("missed")),
        ],
        widget=forms.RadioSelect,
    )
    quote = forms.CharField(
        label=gettext_lazy("Words of the answer"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Word for word. Several quotes: a line with … between them."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("One sentence for the learner."),
    )

    def __init__(
        self,
        data: Any,
        *,
        criterion: Mapping[str, Any],
        answer: str,
        found: CriterionAssessment | None = None,
    ) -> None:
        super().__init__(data, prefix=criterion["id"], initial=_initial(found))
        self.criterion = criterion
        self.answer = answer

    def clean(self) -> dict[str, Any]:
        """Hold a person to what the grader is held to: no point without its quote."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        quotes = _quotes(cleaned.get("quote", ""))
        if any(quote not in self.answer for quote in quotes):
            self.add_error("quote", _("These words do not stand in the answer: copy them."))
        if not quotes and cleaned.get("verdict") in {Verdict.MET, Verdict.PARTLY}:
            self.add_error("quote", _("Copy the words of the answer that earn the points."))
        return {**cleaned, "quotes": quotes}

    def assessed(self) -> CriterionAssessment:
        """Return the valid form as the judgement on its criterion."""
        data = self.cleaned_data
        verdict = Verdict(data["verdict"])
        missed = verdict is Verdict.MISSED
        kind = EvidenceKind.CONTRADICTS if missed else EvidenceKind.SUPPORTS
        return CriterionAssessment(
            criterion_id=self.criterion["id"],
            verdict=verdict,
            points=SHARE[verdict] * self.criterion["points"],
            max_points=float(self.criterion["points"]),
            confidence=1.0,
            evidence=tuple(self._evidence(quote, kind) for quote in data["quotes"]),
            reason=data["reason"],
        )

    def _evidence(self, quote: str, kind: EvidenceKind) -> Evidence:
        start = self.answer.find(quote)
        return Evidence(start, start + len(quote), quote, kind)


def _initial(found: CriterionAssessment | None) -> dict[str, Any]:
    """What the grader found, so that confirming is quick; where it was not sure, no verdict."""
    if found is None:
        return {}
    verdict = "" if found.verdict is Verdict.UNSURE else str(found.verdict)
    quotes = dict.fromkeys(one.quote.strip() for one in found.evidence)
    return {"verdict": verdict, "quote": BETWEEN_QUOTES.join(quotes)}


def _quotes(text: str) -> list[str]:
    pieces = _BETWEEN.split(text.replace("\r\n", "\n"))
    return [piece.strip() for piece in pieces if piece.strip()]


@transaction.atomic
def grade_by_person(*, grading: Grading, judge: User, forms: Sequence[CriterionForm]) -> Grade:
    """Write a person's grade for a parked answer, from valid forms in the rubric's order.

    Appeals against earlier grades are settled by it. Raises AlreadyGradedError when it is no
    longer waiting.
    """
    row = Grading.objects.select_for_update().filter(pk=grading.pk, state=State.PARKED).first()
    if row is None:
        raise AlreadyGradedError
    criteria = tuple(form.assessed() for form in forms)
    assessment = Assessment(
        grader=PERSON,
        version=PERSON_VERSION,
        criteria=criteria,
        points=sum(one.points for one in criteria),
        max_points=sum(one.max_points for one in criteria),
        uncertainty=0.0,
        provisional=False,
    )
    answer = grading.answer
    grade = Grade.objects.create(
        answer=answer,
        grading=row,
        grader=PERSON,
        grader_version=PERSON_VERSION,
        graded_by=judge,
        edition=grading.edition,
        stage_id=answer.stage_id,
        points=assessment.points,
        max_points=assessment.max_points,
        assessment=assessment_to_data(assessment),
    )
    end_with_grade(grading=grading, grade=grade)
    settle_appeals(grade=grade)
    return grade
