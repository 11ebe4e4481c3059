"""The model: loaded late, checked, the same every time."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading import embedding
from grading.embedding import MAX_TOKENS, ModelError, cosine, embed, ranks
from grading.passage import passage
from grading.segments import split

ROOT = Path(__file__).parents[2]


def whole(text: str) -> embedding.Vector:
    """The vector of one text."""
    return embed(text).total


def test_alike_texts_point_the_same_way() -> None:
    sell = whole("The shop keeps taking orders.")
    assert cosine(sell, whole("Customers can still buy things.")) > 0.3
    assert cosine(sell, whole("The moon is made of rock.")) < 0.2
    assert cosine(sell, sell) == 1


def test_capitals_and_accents_do_not_matter() -> None:
    assert np.array_equal(embed("The café queue.").tokens, embed("THE CAFE QUEUE.").tokens)


def test_a_text_has_the_same_vectors_in_any_company() -> None:
    embed.cache_clear()
    alone = passage(split("The breaker opens.")).totals
    beside = passage(split("Calls fail. The breaker opens.")).totals
    assert np.array_equal(alone[0], beside[1])


def test_long_texts_are_read_up_to_a_limit() -> None:
    assert len(embed("word " * 5_000).spans) == MAX_TOKENS
    assert passage(split("word " * 59)).vectors[-1].any()


def test_common_words_come_first() -> None:
    assert ranks()["the"] == 0
    assert ranks()["queue"] > ranks()["people"]


def test_importing_the_grader_loads_no_model() -> None:
    code = "import sys, grading; assert not {'onnxruntime', 'tokenizers'} & set(sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": "platform"}, cwd=ROOT
    )


def test_another_file_than_the_expected_one_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "model.onnx"
    with pytest.raises(ModelError, match=r"model\.onnx of the grader is missing"):
        embedding._verify(fake, embedding.MODEL_SHA256)
    fake.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"model\.onnx is not the one"):
        embedding._verify(fake, embedding.MODEL_SHA256)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_text_has_a_vector_for_each_word(text: str) -> None:
    found = passage(split(text))
    assert len(found.vectors) == len(found.words)
    assert np.isfinite(found.vectors).all()
    assert len(found.bounds) == len(found.totals)
