"""What the heads are fitted on: answers graded by people, and answers whose grade is plain.

An answer to another question earns nothing, nor does the question itself; the reference earns all.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.channels.paraphrase import Asked, Wanted, compare
from grading.guards import Expected, Reading, read_answer
from grading.passage import Passage, passage
from grading.segments import segment_of, split
from grading.training.data import Graded
from grading.whole import whole_features

Matrix = npt.NDArray[np.float64]
OTHERS = 4_000  # answers to other questions
COMPANY = 5  # other answers around one, for criteria that are a small part of a long answer


@dataclass(frozen=True)
class Example:
    """One row: `kind` is real, other, question or reference."""

    kind: str
    graded: Graded
    features: Matrix  # of the whole answer, or one row for each segment


def augmented(answers: Sequence[Graded], seed: int = 1) -> Iterator[tuple[str, Graded]]:
    """All answers and those whose grade is plain; the same every time."""
    chance = random.Random(seed)  # noqa: S311 - reproducible sampling
    questions = list({one.question_id: one for one in answers}.values())
    yield from (("real", one) for one in answers)
    for one in chance.choices(answers, k=OTHERS):
        asked = chance.choice(questions)
        near = asked.dataset == one.dataset == "beetle"  # all about the same two circuits
        if asked.question_id != one.question_id and not near:
            yield "other", replace(asked, answer=one.answer, score=0.0)
    for asked in questions:
        yield "question", replace(asked, answer=asked.question, score=0.0)
        yield "reference", replace(asked, answer=asked.reference, score=1.0)


class Texts:
    """Questions and references made ready once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._wanted: dict[tuple[str, str, bool], tuple[Passage, Wanted, Expected]] = {}

    def of(self, graded: Graded, *, whole: bool) -> tuple[Passage, Wanted, Expected]:
        """The question, the reference (in sentences, or `whole`) and the words of both."""
        key = (graded.question, graded.reference, whole)
        if key not in self._wanted:
            question = passage(split(graded.question))
            cut = (segment_of(graded.reference),) if whole else split(graded.reference)
            expected = Expected.of(graded.question, [one.quote for one in cut])
            self._wanted[key] = (question, Wanted(passage(cut), Asked.of(question)), expected)
        return self._wanted[key]


def whole_examples(pairs: Iterable[tuple[str, Graded]]) -> Iterator[Example]:
    """The features of whole answers that a guard did not settle."""
    texts = Texts()
    for kind, graded in pairs:
        question, reference, expected = texts.of(graded, whole=False)
        reading = read_answer("", graded.answer, expected)
        if reading.single:
            found = whole_features(passage(reading.single), reference, question)
            yield Example(kind, graded, np.array(found))


def criterion_examples(pairs: Iterable[tuple[str, Graded]]) -> Iterator[Example]:
    """The features of every segment of an answer against the reference as one criterion.

    Each answer is read alone and once more among answers to other questions of its data set.
    """
    texts = Texts()
    pairs = [(kind, one) for kind, one in pairs if one.dataset != "saf"]
    chance = random.Random(2)  # noqa: S311 - reproducible sampling
    for kind, graded in pairs:
        for text in (graded.answer, _in_company(graded, pairs, chance)):
            _question, reference, expected = texts.of(graded, whole=True)
            reading = read_answer("", text, expected)
            if reading.single:
                yield Example(kind, graded, segment_features(reading, reference))


def segment_features(reading: Reading, reference: Wanted) -> Matrix:
    """One row for each segment and window."""
    nearness = compare(reference, passage(reading.single), reading.pairs)
    return np.asarray(nearness.features[0])


def _in_company(graded: Graded, pairs: Sequence[tuple[str, Graded]], chance: random.Random) -> str:
    others = [one.answer for _kind, one in chance.choices(pairs, k=COMPANY)]
    others.insert(chance.randrange(COMPANY + 1), graded.answer)
    return "\n".join(others)
