"""Scenarios and their editions, interviews with their answers, gradings and grades."""

from interviews.models.grades import Grade, Grading
from interviews.models.interviews import Answer, Interview, KeptText
from interviews.models.scenarios import Scenario, ScenarioEdition

__all__ = [
    "Answer",
    "Grade",
    "Grading",
    "Interview",
    "KeptText",
    "Scenario",
    "ScenarioEdition",
]
