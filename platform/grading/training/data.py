"""Reading answers graded by people, with the texts' vectors kept between runs."""

import gzip
import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from grading import passage
from grading.embedding import Embedded, embed

DATASETS = ("saf", "beetle", "scientsbank")


@dataclass(frozen=True)
class Graded:
    """One answer with the share of the points, 0 to 1, that people gave it."""

    dataset: str
    question_id: str
    question: str
    reference: str
    answer: str
    score: float


def read(folder: Path) -> list[Graded]:
    """All answers of the training files in `folder`."""
    return [one for dataset in DATASETS for one in _read(folder / f"{dataset}_train.jsonl.gz")]


def _read(path: Path) -> Iterator[Graded]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            data = json.loads(line)
            yield Graded(
                data["dataset"],
                f"{data['dataset']}/{data['qid']}",
                data["question"],
                data["reference"],
                data["answer"],
                data["gold"]["score"],
            )


class KeptVectors:
    """`embed` with the results of earlier runs, in a file this script wrote itself."""

    def __init__(self, path: Path) -> None:
        """Read what earlier runs left at `path`."""
        self.path = path
        self.known: dict[str, Embedded] = {}
        if path.exists():
            stored = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
            self.known = {
                text: Embedded(spans, tokens.astype(np.float32))
                for text, (spans, tokens) in stored.items()
            }
        self.before = len(self.known)

    def __enter__(self) -> Self:
        """Embed through this store from now on."""
        setattr(passage, "embed", self.embed)  # noqa: B010 - the one place that is swapped
        return self

    def __exit__(self, *_: object) -> None:
        """Keep what is new."""
        setattr(passage, "embed", embed)  # noqa: B010
        if len(self.known) > self.before:
            stored = {
                text: (one.spans, one.tokens.astype(np.float16)) for text, one in self.known.items()
            }
            self.path.write_bytes(pickle.dumps(stored))

    def embed(self, text: str) -> Embedded:
        """The vectors of a text."""
        if text not in self.known:
            self.known[text] = embed(text)
        return self.known[text]
