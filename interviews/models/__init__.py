"""Scenarios and their editions, interviews with their answers, gradings and grades."""

from interviews.models.grades import Appeal, Grade, Grading, ModelCall, Regrade
from interviews.models.interviews import Answer, ExtraTime, Interview, KeptText
from interviews.models.scenarios import Scenario, ScenarioEdition

__all__ = [
    "Answer",
    "Appeal",
    "ExtraTime",
    "Grade",
    "Grading",
    "Interview",
    "KeptText",
    "ModelCall",
    "Regrade",
    "Scenario",
    "ScenarioEdition",
]
