"""The studio's form for a scenario."""

from typing import Any

from interviews.blocks import check_markdown
from quizzes.owned import OwnedForm
from quizzes.text import tidy


class ScenarioForm(OwnedForm):
    """Keeps the prompt as a file would have it, first-line indentation included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "prompt" in self.fields:
            self.fields["prompt"].strip = False

    def clean_prompt(self) -> str:
        """Tidy the Markdown, or say what a file could not hold."""
        prompt = tidy(self.cleaned_data["prompt"])
        check_markdown(prompt)
        return prompt
