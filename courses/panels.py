"""Fields of the studio that suggest what an author may name in them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel, TitleFieldPanel

from courses import known

type Suggestions = Iterable[tuple[str, str]]
"""Values, each with what it stands for."""


def title_and_slug() -> list[Panel]:
    """The first two fields of every page; until it is published, the slug follows the title."""
    slug_help = _(
        "The last part of its address: small letters, digits and single hyphens. "
        "Once it is published, a change breaks links to it."
    )
    return [
        TitleFieldPanel(
            "title", classname="", placeholder=False, help_text=_("As learners read it.")
        ),
        FieldPanel("slug", help_text=slug_help),
    ]


class SuggestingPanel(FieldPanel):
    """A field of blocks, with the lists that its blocks are completed from."""

    class BoundPanel(FieldPanel.BoundPanel):
        """The same for one page and one person."""

        template_name = "courses/studio/suggesting_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the lists to what Wagtail's own template is given."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            kinds = LISTS[self.field_name]
            return context | {
                "suggestions": [(f"{k}-suggestions", LISTED[k](self.request)) for k in kinds]
            }


def presets(request: HttpRequest) -> Suggestions:
    """Every preset with the lab or calculator that has it."""
    every = [(known.labs(), known.lab_choices()), (known.calculators(), known.calculator_choices())]
    for names, titles in every:
        for slug, title in titles:
            yield from ((name, title) for name in names[slug])


def quizzes(request: HttpRequest) -> Suggestions:
    """The published quizzes of the person's own courses."""
    from quizzes.models import Quiz
    from quizzes.owned import ACTIONS, owned_by

    own = owned_by(request.user, Quiz, ACTIONS).filter(editions__is_current=True)
    return own.values_list("slug", "title")


def scenarios(request: HttpRequest) -> Suggestions:
    """The published scenarios of the person's own courses."""
    from interviews.models import Scenario
    from quizzes.owned import ACTIONS, owned_by

    own = owned_by(request.user, Scenario, ACTIONS).filter(editions__is_current=True)
    return own.values_list("slug", "title")


LISTS = {"body": ("preset", "quiz"), "scenarios": ("scenario",)}
"""Field → what it suggests."""
LISTED = {"preset": presets, "quiz": quizzes, "scenario": scenarios}
