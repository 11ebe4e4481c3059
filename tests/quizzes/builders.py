"""Definitions of questions and quizzes, as their YAML files have them."""

from typing import Any
from uuid import uuid4

type Data = dict[str, Any]


def option(identity: str, *, correct: bool = False, text: str = "") -> Data:
    """An option whose explanation can be told from everything else on a page."""
    return {
        "id": identity,
        "text": text or f"Option {identity}",
        "correct": correct,
        "explanation": f"Why-{identity}-SECRET.",
    }


def single(identity: str = "one", *, correct: str = "b") -> Data:
    """A single-choice question with the options a, b and c."""
    return {
        "id": identity,
        "kind": "single",
        "points": 1.0,
        "prompt": f"Prompt *{identity}*?",
        "options": [option(name, correct=name == correct) for name in "abc"],
        "explanation": f"General-{identity}-SECRET.",
    }


def multiple(identity: str = "many", *, correct: str = "ab") -> Data:
    """A multiple-choice question of two points with the options a to d."""
    return single(identity) | {
        "kind": "multiple",
        "points": 2.0,
        "options": [option(name, correct=name in correct) for name in "abcd"],
    }


def numeric(identity: str = "number") -> Data:
    """13 500 requests a second, within 4 %; 1 500 is a known mistake."""
    return {
        "id": identity,
        "kind": "numeric",
        "points": 1.0,
        "prompt": f"Prompt {identity}?",
        "answer": 13500.0,
        "unit": "1/s",
        "tolerance": 0.04,
        "mistakes": [{"value": 1500.0, "explanation": "Mistake-*edge*-SECRET."}],
        "explanation": f"General-{identity}-SECRET.",
    }


def quiz_data(*questions: Data, slug: str = "breaker") -> Data:
    """A quiz as its YAML file has it."""
    return {
        "id": str(uuid4()),
        "slug": slug,
        "title": f"The {slug} quiz",
        "questions": list(questions) or [single(), multiple(), numeric()],
    }
