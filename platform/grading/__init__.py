"""Rubric grading of free text: pure, deterministic, and always able to show its evidence.

A `Grader` judges an answer criterion by criterion and returns an `Assessment` whose evidence
spans are verbatim in the answer. Nothing here knows about Django, a database or the network.
"""

from grading.assessment import (
    Assessment,
    CriterionAssessment,
    Evidence,
    EvidenceKind,
    Flag,
    Verdict,
    assessment_from_data,
    assessment_to_data,
)
from grading.grader import Grader, OnCriterion
from grading.embedded import EmbeddedGrader
from grading.linter import Finding, lint_rubric
from grading.rubric import (
    Criterion,
    ExpectedNumber,
    RubricError,
    criteria_from_data,
    criteria_to_data,
)

LexicalGrader = EmbeddedGrader  # until the app names the embedded grader itself

__all__ = [
    "LexicalGrader",
    "Assessment",
    "Criterion",
    "CriterionAssessment",
    "Evidence",
    "EvidenceKind",
    "ExpectedNumber",
    "Finding",
    "Flag",
    "Grader",
    "EmbeddedGrader",
    "OnCriterion",
    "RubricError",
    "Verdict",
    "assessment_from_data",
    "assessment_to_data",
    "criteria_from_data",
    "criteria_to_data",
    "lint_rubric",
]
