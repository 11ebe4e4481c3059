"""Grading line by line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading import EmbeddedGrader
from grading.jsonl import grade_lines


def graded(*objects: object) -> list[dict[str, Any]]:
    """The results for some objects, one a line."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in objects]
    return list(grade_lines(lines, EmbeddedGrader()))


def test_criteria_are_graded_in_the_line_format() -> None:
    (result,) = graded(
        {
            "id": "a1",
            "question": "How do you protect callers?",
            "criteria": [
                {
                    "id": "breaker",
                    "text": "A circuit breaker opens after failures.",
                    "points": 2,
                    "exemplars": ["The breaker trips."],
                    "negatives": ["Wait for ever."],
                    "groups": [["breaker", "open|trip"]],
                    "numbers": [],
                }
            ],
            "answer": "A breaker that trips.",
        }
    )
    assert result["id"] == "a1"
    assert result["score"] == 1
    (criterion,) = result["criteria"]
    assert criterion["verdict"] == "met"
    assert criterion["points"] == 2
    assert criterion["evidence"] == [{"start": 0, "end": 21, "quote": "A breaker that trips."}]


def test_the_sentences_of_a_reference_are_criteria_where_there_are_none() -> None:
    (result,) = graded(
        {
            "id": 2,
            "reference": "The breaker opens. Callers fail fast.",
            "answer": "The breaker opens quickly.",
        }
    )
    assert [one["id"] for one in result["criteria"]] == ["reference-1", "reference-2"]
    assert 0 < result["score"] < 1
    assert sum(one["points"] for one in result["criteria"]) / 2 == pytest.approx(result["score"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"answer": NaN}', "not JSON"),
        ('{"answer": 3}', "“answer” must be a text"),
        ('{"answer": "x"}', "neither criteria nor a reference"),
        ('{"answer": "x", "criteria": {"id": 1}}', "must be a list"),
        ('{"answer": "x", "criteria": [1]}', "must be a mapping"),
        ('{"answer": "x", "criteria": [{"id": "a"}]}', "“statement” must be a text"),
        ("[" * 100_000, "."),
    ],
)
def test_a_bad_line_gets_a_sentence_and_the_next_is_graded(line: str, said: str) -> None:
    bad, good = graded(line, {"reference": "It opens.", "answer": "It opens."})
    assert bad["error"].startswith("Line 1: ")
    assert said in bad["error"]
    assert good["score"] == 1


def test_blank_lines_are_passed_over() -> None:
    assert graded("", "  \n") == []


@given(st.text(max_size=200))
def test_no_line_stops_the_grading(line: str) -> None:
    for result in grade_lines([line], EmbeddedGrader()):
        assert json.loads(json.dumps(result))["error"].startswith("Line 1: ")
