"""Grading against a reference answer alone: its sentences are the criteria.

Nobody said what each sentence of a reference is worth, and a good answer may leave some out. So
the score is what the whole answer can expect, and the sentences share it: each gets the points
its own likelihood suggests, all moved by the same step in logits until they add up. A sentence
that nothing supports, or that the answer denies nearly word for word, gets none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grading.assessment import Assessment, CriterionAssessment, EvidenceKind, Verdict
from grading.embedded import Ready, ready_for, total
from grading.evidence import Evidence, Prepared, gather, nearness
from grading.guards import SHUFFLED_CREDIT, Reading, read_answer
from grading.head import answer_head, expected_score, likelihood
from grading.passage import passage
from grading.rubric import MAX_CRITERIA, Criterion, RubricError
from grading.segments import Segment, split
from grading.sentences import CONTRADICTED, IN_PART, NOT_SAID, PERHAPS, SAID
from grading.topic import with_topic
from grading.verdict import (
    VERBATIM_FROM,
    Against,
    Support,
    contradicted_by,
    is_negated_whole,
    is_reversed,
    quotes,
    supported_by,
    verdict_of,
)
from grading.whole import whole_features

_HALVINGS = 40
_STATED_FROM = 2  # words that carry meaning: fewer only name a thing
_LITTLE_ELSE = 3  # other such words, in a segment that turns a sentence around
_DENIER = 0.3  # the most of an answer that denies a sentence of the reference in its own words
_LEAST, _MOST = 0.01, 0.99  # likelihoods that can still be moved
_REASONS = {
    Verdict.MET: SAID,
    Verdict.PARTLY: IN_PART,
    Verdict.UNSURE: PERHAPS,
    Verdict.MISSED: NOT_SAID,
}


@dataclass(frozen=True)
class _Sentence:
    """A sentence of the reference with what speaks for it and against it."""

    identifier: str
    support: Support
    against: Against | None
    is_denied_flat: bool = False  # “it is not true that …” before its own words

    @property
    def may_earn(self) -> bool:
        return self.against is None and bool(self.support.segments)

    def moved(self, step: float) -> float:
        """Its share of its points after a step in logits."""
        if not self.may_earn:
            return 0.0
        likely = min(_MOST, max(_LEAST, self.support.likelihood))
        return likelihood(math.log(likely / (1 - likely)) + step)


def grade_against_reference(question: str, reference: str, answer: str) -> Assessment:
    """Judge `answer` by one reference; raises `RubricError` when that has no words."""
    criteria = tuple(
        Criterion(id=f"reference-{place}", points=1.0, statement=sentence.quote)
        for place, sentence in enumerate(split(reference)[:MAX_CRITERIA], 1)
    )
    if not criteria:
        raise RubricError("There are neither criteria nor a reference answer to grade against.")
    ready = ready_for(question, criteria)
    reading = read_answer(question, answer, ready.expected)
    said = passage(reading.single)
    reading = with_topic(reading, said, ready.sources)
    nearby = nearness(ready.rubric, said, reading)
    sentences = [
        _sentence(prepared, gather(prepared, reading, nearby, ready.rubric.weights))
        for prepared in ready.rubric.criteria
    ]
    step = _step(sentences, _points(sentences, expected(ready, reading)))
    return total([_assessed(one, one.moved(step)) for one in sentences], reading.flags)


def _points(sentences: Sequence[_Sentence], share: float) -> float:
    """The points the sentences can earn together when the answer can expect `share`."""
    points = share * sum(1 for one in sentences if one.against is None)
    if any(one.is_denied_flat for one in sentences):
        return min(points, _DENIER * len(sentences))
    return points


def expected(ready: Ready, reading: Reading) -> float:
    """The share of the points the whole answer can expect, from its honest segments."""
    credited = list(zip(reading.single, reading.credits, strict=False))
    honest = [segment for segment, credit in credited if credit == 1]
    if honest:
        return _score(ready, honest)
    disordered = [segment for segment, credit in credited if credit > 0]
    return SHUFFLED_CREDIT * _score(ready, disordered) if disordered else 0.0


def _score(ready: Ready, segments: Sequence[Segment]) -> float:
    features = whole_features(passage(segments), ready.rubric.wanted, ready.question)
    return expected_score(answer_head().logit(features))


def _sentence(prepared: Prepared, evidence: Evidence) -> _Sentence:
    against = contradicted_by(prepared, evidence)
    if against is not None and not against.is_denial and not _turns_around(prepared, evidence):
        against = None
    flat = against is not None and against.is_denial and _repeats(prepared, against.segment)
    return _Sentence(prepared.criterion.id, supported_by(prepared, evidence), against, flat)


def _turns_around(prepared: Prepared, evidence: Evidence) -> bool:
    """Whether a segment negates the words of the sentence, and says little else.

    People negate in many honest ways: beside a term that is only named (“UDP has no such
    field”), or in another clause. Only the sentence's own words, alone, are clear enough.
    """
    covered = evidence.coverage
    if covered is None or covered.raw < VERBATIM_FROM:
        return False
    if not (is_reversed(covered) or is_negated_whole(covered)):
        return False
    own = _content(split(prepared.criterion.statement))
    return len(own) >= _STATED_FROM and len(_content([covered.segment])) <= len(own) + _LITTLE_ELSE


def _repeats(prepared: Prepared, segment: Segment) -> bool:
    own = set(_content(split(prepared.criterion.statement)))
    return len(own & set(_content([segment]))) >= VERBATIM_FROM * len(own)


def _content(segments: Sequence[Segment]) -> list[str]:
    return [word.stem for one in segments for word in one.words if word.is_content]


def _step(sentences: Sequence[_Sentence], points: float) -> float:
    """The step in logits after which the sentences earn `points` together, or all they can."""
    low, high = -20.0, 20.0
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        if math.fsum(one.moved(middle) for one in sentences) < points:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 6)


def _assessed(sentence: _Sentence, share: float) -> CriterionAssessment:
    points = round(share, 4)
    if sentence.against is not None:
        verdict, reason = Verdict.MISSED, CONTRADICTED
        evidence = quotes((sentence.against.segment,), EvidenceKind.CONTRADICTS)
        confidence = 0.6 + 0.3 * sentence.against.clarity
    else:
        verdict = verdict_of(points)
        reason = _REASONS[verdict]
        segments = sentence.support.segments if points > 0 else ()
        evidence = quotes(segments, EvidenceKind.SUPPORTS)
        confidence = 1 - points if verdict is Verdict.MISSED else points
    return CriterionAssessment(
        sentence.identifier, verdict, points, 1.0, round(confidence, 4), evidence, reason
    )
