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
from grading.embedded import EmbeddedGrader
from grading.grader import Grader, OnCriterion
from grading.linter import Finding, lint_rubric
from grading.reference import grade_against_reference
from grading.rubric import (
    Criterion,
    ExpectedNumber,
    RubricError,
    criteria_from_data,
    criteria_to_data,
)

__all__ = [
    "Assessment",
    "Criterion",
    "CriterionAssessment",
    "EmbeddedGrader",
    "Evidence",
    "EvidenceKind",
    "ExpectedNumber",
    "Finding",
    "Flag",
    "Grader",
    "OnCriterion",
    "RubricError",
    "Verdict",
    "assessment_from_data",
    "assessment_to_data",
    "criteria_from_data",
    "criteria_to_data",
    "grade_against_reference",
    "lint_rubric",
]
