"""Publishing: a scenario becomes an edition, with its Markdown rendered once."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from common.markdown import render_markdown
from interviews.definition import scenario_to_data
from interviews.models import Scenario, ScenarioEdition

type Data = dict[str, Any]


def edition_data(scenario: Scenario) -> Data:
    """Return the scenario's plain data with `…_html` beside every Markdown text."""
    data = scenario_to_data(scenario)
    used_ids: set[str] = set()
    data["prompt_html"] = str(render_markdown(data["prompt"], used_ids=used_ids).html)
    for stage in data["stages"]:
        for key in ("prompt", "twist", "model_answer"):
            stage[f"{key}_html"] = str(render_markdown(stage[key], used_ids=used_ids).html)
        for hint in stage["hints"]:
            hint["html"] = str(render_markdown(hint["text"], used_ids=used_ids).html)
    return data


@transaction.atomic
def publish_edition(*, scenario: Scenario) -> ScenarioEdition:
    """Make the scenario's published state the current edition, a new one if anything changed."""
    Scenario.objects.select_for_update().get(pk=scenario.pk)
    data = edition_data(scenario)
    latest = scenario.editions.order_by("number").last()
    if latest is not None and latest.data == data:
        return _make_current(latest)
    number = (scenario.editions.aggregate(Max("number"))["number__max"] or 0) + 1
    withdraw_edition(scenario=scenario)
    return ScenarioEdition.objects.create(
        scenario=scenario,
        number=number,
        slug=scenario.slug,
        title=scenario.title,
        level=scenario.level,
        summary=scenario.summary,
        minutes=sum(stage["minutes"] for stage in data["stages"]),
        stage_count=len(data["stages"]),
        max_points=sum(c["points"] for stage in data["stages"] for c in stage["criteria"]),
        data=data,
    )


def withdraw_edition(*, scenario: Scenario) -> None:
    """Let nobody begin this scenario; interviews that pinned an edition go on."""
    scenario.editions.filter(is_current=True).update(is_current=False)


def _make_current(edition: ScenarioEdition) -> ScenarioEdition:
    if not edition.is_current:
        edition.is_current = True
        edition.save(update_fields=["is_current"])
    return edition
