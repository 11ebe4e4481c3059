"""An answer against a whole reference: what the head for whole answers reads."""

import math

import numpy as np

from grading.channels.paraphrase import STEP, Alignment, Wanted, align
from grading.embedding import Vector
from grading.passage import Booleans, Passage, unit_rows
from grading.words import Word, listed

FEATURES = (
    "recalled",  # of the reference's words, by the nearest words of the answer
    "said",  # of the reference's words, in any form
    "shared_letters",  # four-letter stretches, of those in either text
    "new_letters",  # of the answer's new stretches, those that the reference has
    "brevity",  # how far the answer falls short of half the reference's length
    "length",  # the logarithm of the lengths' ratio, between -2 and 1
    "on_topic",  # how near the answer's sentences come to the reference's
)
_RELEVANT = 0.25  # the least likeness of a sentence that shares no word with question or reference
# A sentence with one of these must share two words to count.
_PLEASANTRIES = listed(
    "hello hi hey greetings dear thanks thank hope hopefully regards cheers sorry please bye nice"
)
_STRETCH = 4
_SHORTEST = 4  # words of which a brief answer may consist


def relevant(answer: Passage, reference: Wanted, question: Passage) -> Booleans:
    """Which segments speak of the matter at all; all, when none does."""
    known = reference.asked.stems | {
        word.stem for word in reference.passage.words if word.is_content
    }
    shared = np.add.reduceat(answer.within(known) & answer.content, answer.bounds, dtype=np.int64)
    polite = np.array([word.form in _PLEASANTRIES for word in answer.words], dtype=np.bool_)
    named = shared > np.logical_or.reduceat(polite, answer.bounds)
    rows = unit_rows(answer.totals)
    sources = unit_rows(np.vstack([reference.passage.totals, question.totals]))
    near = (rows @ sources.T).max(axis=1).round(STEP) >= _RELEVANT
    kept = named | near
    return kept if kept.any() else np.ones_like(kept)


def whole_features(answer: Passage, reference: Wanted, question: Passage) -> tuple[float, ...]:
    """The values of `FEATURES` for an answer with at least one segment."""
    kept = relevant(answer, reference, question)
    words = _kept_words(answer, kept)
    shared, new = _letters(words, reference.passage.words, question.words)
    brevity, length = _lengths(len(words), len(reference.passage.words))
    found = align(reference.passage, answer)
    recalled, said = _recalled(found, kept, reference)
    values = (recalled, said, shared, new, brevity, length, _on_topic(answer, kept, reference))
    return tuple(round(value, STEP) for value in values)


def _kept_words(answer: Passage, kept: Booleans) -> list[Word]:
    ends = np.append(answer.bounds[1:], len(answer.words))
    return [
        word
        for start, end, keep in zip(answer.bounds, ends, kept, strict=True)
        if keep
        for word in answer.words[start:end]
    ]


def _recalled(found: Alignment, kept: Booleans, reference: Wanted) -> tuple[float, float]:
    near = found.near[:, kept].max(axis=1)
    same = found.same[:, kept].any(axis=1)
    return (
        float(np.average(near, weights=reference.demoted)),
        float(np.average(same, weights=reference.plain)),
    )


def _letters(
    answer: list[Word], reference: tuple[Word, ...], question: tuple[Word, ...]
) -> tuple[float, float]:
    own, wanted, asked = (_stretches(words) for words in (answer, reference, question))
    shared = len(own & wanted) / (len(own | wanted) or 1)
    new = own - asked
    return shared, len(new & wanted) / (len(new) or 1)


def _stretches(words: list[Word] | tuple[Word, ...]) -> set[str]:
    text = " ".join(["", *(word.form for word in words if word.is_content), ""])
    return {text[place : place + _STRETCH] for place in range(len(text) - _STRETCH + 1)}


def _lengths(answer: int, reference: int) -> tuple[float, float]:
    brevity = max(0.0, 1 - answer / max(_SHORTEST, reference / 2))
    return brevity, max(-2.0, min(1.0, math.log((answer + 1) / (reference + 1))))


def _on_topic(answer: Passage, kept: Booleans, reference: Wanted) -> float:
    rows: Vector = reference.asked.taken_out_of(answer.totals[kept])
    return float((rows @ reference.directions.T).max(axis=1).mean())
