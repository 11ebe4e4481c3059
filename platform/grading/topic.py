"""Whether a text is about the question at all, judged against question and rubric together.

A wrong answer still speaks of what it was asked. Where nearly nothing of a text is near any word
of the question, of a criterion, an exemplar or a misconception, it answers another question.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grading.assessment import Flag
from grading.channels.paraphrase import SAME_WORD, STEP
from grading.embedding import Vector
from grading.guards import Reading
from grading.head import Head, stored_head
from grading.passage import Booleans, Passage, unit_rows

Matrix = npt.NDArray[np.float64]

FEATURES = (
    "known",  # how near the words of the text come to words of question and rubric, by rarity
    "like",  # how near its direction comes to that of question and rubric together
    "breadth",  # the logarithm of how many words these have: any text finds more near words in more
)
FEWEST = 4  # words that carry meaning, before a text says what it is about
FOREIGN_CREDIT = 0.15  # too little for any threshold
_SETTLED = frozenset((Flag.EMPTY, Flag.GIBBERISH, Flag.QUESTION_COPIED, Flag.SHUFFLED))


def with_topic(reading: Reading, answer: Passage, sources: Sequence[Passage]) -> Reading:
    """The reading, with a flag and little credit where it answers another question.

    `answer` is the passage of its single segments, `sources` are those of question and rubric.
    """
    if _SETTLED.intersection(reading.flags) or not is_elsewhere(answer, sources):
        return reading
    flags = (*reading.flags, Flag.OTHER_QUESTION)
    capped = tuple(min(FOREIGN_CREDIT, credit) for credit in reading.credits)
    return replace(reading, credits=capped, flags=flags)


def is_elsewhere(answer: Passage, sources: Sequence[Passage]) -> bool:
    """Whether a text with enough words is about something else."""
    features = topic_features(answer, sources)
    return features is not None and topic_head().logit(features) < 0


def topic_features(answer: Passage, sources: Sequence[Passage]) -> tuple[float, ...] | None:
    """The values of `FEATURES`; None for a text with too few words, or with nothing to compare.

    Figures are left out: other figures make a wrong answer, not one to another question.
    """
    known = [source for source in sources if source.count]
    spoken = _spoken(answer)
    if not known or spoken.sum() < FEWEST:
        return None
    stems = frozenset(word.stem for one in known for word in one.words if word.is_content)
    vectors = answer.vectors[spoken]
    near = np.max([_nearest(vectors, one) for one in known], axis=0)
    near = np.where(answer.within(stems)[spoken], np.maximum(near, SAME_WORD), near)
    whole = np.sum([one.whole for one in known], axis=0)
    along = unit_rows(np.vstack([answer.whole, whole]))
    mean = float(np.average(near, weights=answer.rarities[spoken]))
    values = (mean, float(along[0] @ along[1]), math.log(len(stems) + 1))
    return tuple(round(value, STEP) for value in values)


def _spoken(answer: Passage) -> Booleans:
    spoken = [len(word.form) > 1 and word.form.isalpha() for word in answer.words]
    return np.array(spoken, dtype=np.bool_) & answer.content


def _nearest(vectors: Vector, source: Passage) -> Matrix:
    """For each word of an answer how near the nearest word of a source is, from -1 to 1."""
    return np.asarray((vectors @ source.vectors.T).max(axis=1), dtype=np.float64)


def topic_head() -> Head:
    """Its logit is below 0 where a text is about something else."""
    return stored_head("topic", FEATURES)
