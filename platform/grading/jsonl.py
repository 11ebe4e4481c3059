"""Grading line by line: one JSON object in, one out.

In: `{"id", "question", "answer", "reference"?, "criteria"?: [{"id", "text", "points",
"exemplars"?, "negatives"?, "groups"?, "numbers"?}]}`. Where there are no criteria, the sentences
of the reference answer are. Out: `{"id", "score", "criteria", "provisional", "flags"}`, or
`{"id", "error"}` with a sentence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grading.assessment import Assessment
from grading.grader import Grader
from grading.reference import grade_against_reference
from grading.rubric import Criterion, RubricError, criteria_from_data

_NAMES = {"text": "statement", "exemplars": "paraphrases", "negatives": "misconceptions"}


def grade_lines(lines: Iterable[str], grader: Grader) -> Iterator[dict[str, Any]]:
    """The result for every line that is not blank, in order; never raises for bad input."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _graded(line, number, grader)


def _graded(line: str, number: int, grader: Grader) -> dict[str, Any]:
    identifier: object = None
    try:
        data = _mapping(line)
        identifier = data.get("id")
        question, answer = _text(data, "question"), _text(data, "answer")
        criteria = _criteria(data)
        if criteria:
            assessment = grader.grade(question, criteria, answer)
        else:
            assessment = grade_against_reference(question, _text(data, "reference"), answer)
    except RubricError as error:
        return {"id": identifier, "error": f"Line {number}: {error}"}
    return {"id": identifier, **_result(assessment)}


def _mapping(line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line, parse_constant=_refused)
    except ValueError as error:
        raise RubricError("This is not JSON.") from error
    except RecursionError as error:
        raise RubricError("This is nested too deeply.") from error
    if not isinstance(data, dict):
        raise RubricError("This is not a JSON object.")
    return data


def _refused(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise RubricError(f"“{key}” must be a text.")
    return value


def _criteria(data: Mapping[str, Any]) -> tuple[Criterion, ...]:
    given = data.get("criteria") or []
    if not isinstance(given, list):
        raise RubricError("“criteria” must be a list.")
    return criteria_from_data([_renamed(one) for one in given])


def _renamed(criterion: object) -> object:
    """A criterion of the line format under the names of the rubric."""
    if not isinstance(criterion, dict):
        return criterion
    named = {_NAMES.get(key, key): value for key, value in criterion.items()}
    return {"points": 1.0, **named}


def _result(assessment: Assessment) -> dict[str, Any]:
    return {
        "score": round(assessment.score, 6),
        "criteria": [
            {
                "id": one.criterion_id,
                "verdict": str(one.verdict),
                "points": one.points,
                "confidence": one.confidence,
                "evidence": [
                    {"start": quoted.start, "end": quoted.end, "quote": quoted.quote}
                    for quoted in one.evidence
                ],
            }
            for one in assessment.criteria
        ],
        "provisional": assessment.provisional,
        "flags": [str(flag) for flag in assessment.flags],
    }
