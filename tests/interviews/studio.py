"""Instructors and the forms of the studio."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission

from accounts.models import User
from interviews.definition import scenario_to_data
from interviews.models import Scenario

type Data = dict[str, Any]
type Fields = Callable[[str, Any], Data]


def own(user: User, collection: Collection) -> None:
    """Make somebody an instructor of what is in a collection."""
    group = Group.objects.create(name=f"Instructors {collection.pk}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in Permission.objects.filter(content_type__app_label="interviews"):
        if right.codename.endswith("_scenario"):
            GroupCollectionPermission.objects.create(
                group=group, collection=collection, permission=right
            )
    user.groups.add(group)


def form_of(scenario: Scenario, **changes: Any) -> Data:
    """The edit form as a browser would send it."""
    data = scenario_to_data(scenario) | changes
    form = {key: data[key] for key in ("title", "slug", "level", "summary", "prompt")}
    form["collection"] = str(changes.get("collection", scenario.collection_id))
    return form | _list("stages", data["stages"], _stage, kind="stage")


def _list(prefix: str, items: list[Any], fields: Fields, kind: str = "item") -> Data:
    form: Data = {f"{prefix}-count": str(len(items))}
    for place, item in enumerate(items):
        own = f"{prefix}-{place}"
        form |= {f"{own}-deleted": "", f"{own}-order": str(place), f"{own}-type": kind}
        form |= {f"{own}-id": ""} | fields(f"{own}-value", item)
    return form


def _stage(prefix: str, stage: Data) -> Data:
    own: Data = {}
    for key, value in stage.items():
        if key == "criteria":
            own |= _list(f"{prefix}-{key}", value, _criterion)
        elif isinstance(value, list):
            own |= _list(f"{prefix}-{key}", value, _plain)
        elif value is not False:  # an empty checkbox is not sent
            own[f"{prefix}-{key}"] = value
    return own


def _criterion(prefix: str, criterion: Data) -> Data:
    form: Data = {}
    for key, value in criterion.items():
        if key == "groups":
            form |= _list(f"{prefix}-{key}", value, lambda own, group: _list(own, group, _plain))
        elif isinstance(value, list):
            form |= _list(f"{prefix}-{key}", value, _plain)
        else:
            form[f"{prefix}-{key}"] = value
    return form


def _plain(prefix: str, item: Any) -> Data:
    if isinstance(item, dict):
        if "tolerance" in item:
            item = {"times": 1, "scale": "relative", **item}
        return {f"{prefix}-{key}": value for key, value in item.items()}
    return {prefix: item}
