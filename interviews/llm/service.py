"""Where the language model is, and what it may take."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Service:
    """A configured server. `read_s` limits one silence, `total_s` everything said to it about one
    answer, retries and waits included; both in seconds.
    """

    url: str
    model: str
    key: str
    read_s: float
    total_s: float


def configured() -> Service | None:
    """The server of this installation; None when there is none."""
    if not settings.GRADER_LLM_URL:
        return None
    return Service(
        url=settings.GRADER_LLM_URL,
        model=settings.GRADER_LLM_MODEL,
        key=settings.GRADER_LLM_KEY,
        read_s=settings.GRADER_LLM_READ_SECONDS,
        total_s=settings.GRADER_LLM_SECONDS,
    )
