"""Ways to find evidence for a criterion in an answer; each gives a strength and its segments."""

from dataclasses import dataclass

from grading.segments import Segment


@dataclass(frozen=True)
class Finding:
    """What a channel found: `strength` in [0, 1] and where; no segments when nothing was found."""

    strength: float
    segments: tuple[Segment, ...] = ()


NOTHING = Finding(0.0)
