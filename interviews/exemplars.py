"""Exemplars from overruled verdicts: what a person judged otherwise teaches the draft rubric."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from accounts.models import User
from grading import CriterionAssessment, EvidenceKind, Verdict, assessment_from_data
from grading.rubric import MAX_EXEMPLARS, MAX_TEXT
from interviews.appeals import PERSON
from interviews.definition import scenario_to_data
from interviews.models import Grade, Scenario
from interviews.verdicts import word_for

type Data = dict[str, Any]

PARAPHRASES, MISCONCEPTIONS = "paraphrases", "misconceptions"
KINDS = (PARAPHRASES, MISCONCEPTIONS)


class NotPossibleError(Exception):
    """Said to the instructor: why this exemplar cannot be added, or the draft not be published."""


@dataclass(frozen=True)
class Overruled:
    """A verdict that a person changed. `kind` is what its words can become, empty for neither."""

    criterion_id: str
    criterion: str
    before: str
    after: str
    kind: str
    text: str
    reason: str


@dataclass(frozen=True)
class NewExemplar:
    """A text the draft has and the current edition has not."""

    criterion_id: str
    criterion: str
    kind: str
    text: str


def overruled_by(grade: Grade) -> list[Overruled]:
    """The verdicts in which a person's grade differs from the grader's on the same text."""
    earlier = Grade.objects.filter(answer=grade.answer_id, pk__lt=grade.pk).exclude(grader=PERSON)
    before = earlier.filter(grading__text=grade.grading.text).order_by("-pk").first()
    if before is None or grade.grader != PERSON:
        return []
    titles = {one["id"]: one["title"] for one in grade.edition.stage(grade.stage_id)["criteria"]}
    found = {one.criterion_id: one for one in assessment_from_data(before.assessment).criteria}
    return [
        _overruled(found[one.criterion_id], one, titles.get(one.criterion_id, one.criterion_id))
        for one in assessment_from_data(grade.assessment).criteria
        if one.criterion_id in found and found[one.criterion_id].verdict is not one.verdict
    ]


def _overruled(before: CriterionAssessment, after: CriterionAssessment, title: str) -> Overruled:
    kind, text = "", ""
    if after.verdict is Verdict.MET:
        kind, text = PARAPHRASES, _words(after, EvidenceKind.SUPPORTS)
    elif after.verdict is Verdict.MISSED:
        # The words a person says are wrong; else those for which the grader gave points.
        own = _words(after, EvidenceKind.CONTRADICTS)
        kind, text = MISCONCEPTIONS, own or _words(before, EvidenceKind.SUPPORTS)
    return Overruled(
        criterion_id=after.criterion_id,
        criterion=title,
        before=word_for(before.verdict),
        after=word_for(after.verdict),
        kind=kind if text else "",
        text=text,
        reason=after.reason,
    )


def _words(one: CriterionAssessment, kind: EvidenceKind) -> str:
    return " ".join(" ".join(e.quote.split()) for e in one.evidence if e.kind is kind)


def draft_of(scenario: Scenario) -> Scenario:
    """The scenario as its author last saved it."""
    draft: Scenario = scenario.get_latest_revision_as_object()
    return draft


@transaction.atomic
def add_exemplar(*, scenario: Scenario, stage_id: str, one: Overruled, by: User) -> bool:
    """Put the words of an overruled verdict into the scenario's draft, and save it as a revision.

    Returns False when they stand there already. Raises NotPossibleError with a sentence.
    """
    row = _lock(scenario, by)
    if not one.kind or len(one.text) > MAX_TEXT:
        raise NotPossibleError(_("There are no words here that could become an exemplar."))
    draft = draft_of(row)
    texts = _texts(draft, stage_id, one.criterion_id, one.kind)
    if texts is None:
        raise NotPossibleError(_("The draft no longer has this criterion."))
    if one.text in list(texts):
        return False
    if len(texts) >= MAX_EXEMPLARS:
        sentence = _("The criterion has %(count)d exemplars of this kind already: remove some.")
        raise NotPossibleError(sentence % {"count": MAX_EXEMPLARS})
    texts.append(one.text)
    draft.save_revision(user=by, changed=True, log_action=True)
    return True


@transaction.atomic
def discard_exemplars(*, scenario: Scenario, stage_id: str, by: User) -> int:
    """Take the stage's new exemplars out of the draft again, and nothing else; count them."""
    row = _lock(scenario, by)
    draft = draft_of(row)
    unwanted = list(new_exemplars(row, draft, stage_id))
    for one in unwanted:
        texts = _texts(draft, stage_id, one.criterion_id, one.kind)
        while texts is not None and one.text in list(texts):
            texts.pop(list(texts).index(one.text))
    if unwanted:
        draft.save_revision(user=by, changed=True, log_action=True)
    return len(unwanted)


def new_exemplars(scenario: Scenario, draft: Scenario, stage_id: str) -> Iterator[NewExemplar]:
    """The stage's exemplars that the draft has and the current edition lacks."""
    edition = scenario.editions.filter(is_current=True).first()
    known = _criteria(edition.data, stage_id) if edition else {}
    for criterion_id, criterion in _criteria(scenario_to_data(draft), stage_id).items():
        for kind in KINDS:
            old = known.get(criterion_id, {}).get(kind, ())
            for text in criterion[kind]:
                if text not in old:
                    yield NewExemplar(criterion_id, criterion["title"], kind, text)


def latest_revision(scenario: Scenario) -> Revision:
    """The draft's revision; a scenario of the studio always has one."""
    revision: Revision = scenario.latest_revision
    return revision


def _lock(scenario: Scenario, by: User) -> Scenario:
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if row.locked and row.locked_by_id != by.pk:
        raise NotPossibleError(_("Somebody has locked this scenario."))
    return row


def _criteria(data: Data, stage_id: str) -> dict[str, Data]:
    stages = (stage for stage in data["stages"] if stage["id"] == stage_id)
    return {one["id"]: one for stage in stages for one in stage["criteria"]}


def _texts(draft: Scenario, stage_id: str, criterion_id: str, kind: str) -> Any:
    """The draft's own list of texts, which can be changed; None when it has no such criterion."""
    for stage in draft.stages:
        if stage.value["id"] != stage_id:
            continue
        for criterion in stage.value["criteria"]:
            if criterion["id"] == criterion_id:
                return criterion[kind]
    return None
