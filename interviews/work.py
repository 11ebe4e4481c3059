"""What a learner types for a stage: the answer, the estimate fields and the diagram, as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from interviews.models import Answer, KeptText

MAX_ESTIMATE = 200  # characters of one estimate field
MAX_DIAGRAM = 10_000  # characters of a diagram's source


@dataclass(frozen=True)
class Work:
    """The parts are stored, sent and kept together. `estimates` has no empty fields."""

    text: str
    estimates: Mapping[str, str] = field(default_factory=dict)
    diagram: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing but space was typed."""
        return not (self.text.strip() or self.estimates or self.diagram.strip())

    def to_data(self) -> dict[str, Any]:
        """Return the parts as a page's script takes them."""
        return {"text": self.text, "estimates": dict(self.estimates), "diagram": self.diagram}


def work_of(row: Answer | KeptText) -> Work:
    """Return what a row holds."""
    return Work(row.text, row.estimates, row.diagram)


def clean_text(text: str) -> str:
    """Return `text` as it is stored: LF only, without the one character PostgreSQL refuses."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def filled(estimates: Mapping[str, str]) -> dict[str, str]:
    """Leave out the fields that hold nothing but space."""
    return {name: text for name, text in estimates.items() if text.strip()}
