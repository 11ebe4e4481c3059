"""What became of a second opinion, and how a grade says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy

from grading import Assessment


class Had(StrEnum):
    """Whether a second opinion was had."""

    GIVEN = "given"
    DISPUTED = "disputed"  # given, and too far from the first: a person decides
    OVER_BUDGET = "over budget"
    UNAVAILABLE = "unavailable"


SENTENCES = {
    Had.GIVEN: gettext_lazy("A language model (%(model)s) gave a second opinion."),
    Had.DISPUTED: gettext_lazy(
        "A language model (%(model)s) gave a second opinion and disagrees with the first."
    ),
    Had.OVER_BUDGET: gettext_lazy(
        "No second opinion was asked for: what may be spent on it is used up for now. "
        "The embedded grader graded alone."
    ),
    Had.UNAVAILABLE: gettext_lazy(
        "A second opinion could not be had: the service did not answer. "
        "The embedded grader graded alone."
    ),
}


@dataclass(frozen=True)
class Opinion:
    """The assessment a grade is made of, and what both graders said, as data, where they did.

    `had` is None where a second opinion was not wanted.
    """

    assessment: Assessment
    had: Had | None = None
    model: str = ""
    first: tuple[dict[str, Any], ...] = ()
    second: tuple[dict[str, Any], ...] = ()

    def to_data(self) -> dict[str, Any]:
        """What the grade keeps of it, beside the assessment; empty where none was wanted."""
        if self.had is None:
            return {}
        kept: dict[str, Any] = {"had": str(self.had), "model": self.model}
        if self.second:
            kept |= {"first": list(self.first), "second": list(self.second)}
        return {"second_opinion": kept}


def say_opinion(assessment: Mapping[str, Any]) -> str:
    """The sentence for a learner, from the stored assessment of a grade; empty without one."""
    kept = assessment.get("second_opinion")
    if not kept:
        return ""
    return str(SENTENCES[Had(kept["had"])]) % {"model": kept["model"]}
