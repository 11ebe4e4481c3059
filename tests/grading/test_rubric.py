"""Rubrics in their interchange form."""

from typing import Any

import pytest

from grading import (
    Criterion,
    ExpectedNumber,
    RubricError,
    criteria_from_data,
    criteria_to_data,
)

SOUND = {"id": "a", "points": 1, "statement": "Say it."}


def test_criteria_survive_their_interchange_form(payments: Any) -> None:
    assert criteria_from_data(criteria_to_data(payments.rubric)) == payments.rubric


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": ""}, "needs an id"),
        ({"points": 0}, "points above 0"),
        ({"points": "many"}, "“points” must be a number"),
        ({"points": float("nan")}, "finite"),
        ({"points": 10**400}, "finite"),
        ({"points": True}, "must be a number"),
        ({"statement": " "}, "needs a statement"),
        ({"statement": "x" * 5000}, "longer than"),
        ({"paraphrases": "one"}, "must be a list"),
        ({"paraphrases": [1]}, "texts only"),
        ({"paraphrases": ["x"] * 100}, "more than 40"),
        ({"groups": [[]]}, "group 1 must be a list of terms"),
        ({"groups": [["!only a veto"]]}, "not a veto"),
        ({"numbers": [{"unit": "s"}]}, "“value” must be a number"),
        ({"numbers": [{"value": 1, "unit": "parsecs"}]}, "do not know the unit"),
        ({"numbers": [{"value": 1, "tolerance": -1}]}, "0 or more"),
        ({"paraphrase": ["a typing error"]}, "not a key"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RubricError, match=said):
        criteria_from_data([SOUND | changes])


@pytest.mark.parametrize("data", ["text", [1], [None], [SOUND, SOUND], [SOUND] * 100])
def test_what_is_no_list_of_distinct_criteria_is_refused(data: Any) -> None:
    with pytest.raises(RubricError):
        criteria_from_data(data)


def test_null_lists_count_as_empty() -> None:
    (criterion,) = criteria_from_data([SOUND | {"groups": None, "numbers": None}])
    assert (criterion.groups, criterion.numbers) == ((), ())


def test_lists_given_to_a_criterion_are_frozen() -> None:
    criterion = Criterion("a", 1, "Say it.", paraphrases=["Tell it."], groups=[["say"]])
    assert criterion.exemplars == ("Say it.", "Tell it.")
    assert criterion.groups == (("say",),)
    assert hash(criterion)


def test_an_expected_number_has_a_quantity() -> None:
    assert ExpectedNumber(18.5, "1/s").quantity.unit == "1/s"
