"""Snippets that belong to a collection: in the studio, nobody meets those of other collections.

Wagtail's own views ask whether somebody may change *some* object of a model; these ask whether
they may change this one. Nothing here knows about quizzes: any CollectionMember snippet fits.
"""

from collections.abc import Collection as Items
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.models import Collection
from wagtail.permissions import policy_registry
from wagtail.snippets.action_menu import ActionMenuItem, PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views import chooser
from wagtail.snippets.views.snippets import SnippetViewSet

from quizzes.forms import OwnedForm

__all__ = [
    "COURSE",
    "OwnedChooserViewSet",
    "OwnedDeleteBulkAction",
    "OwnedForm",
    "OwnedSnippetViewSet",
    "collections_of",
    "may",
    "owned_by",
    "owned_menu_items",
]

ACTIONS = frozenset({"add", "change", "delete", "publish", "view"})
CHOOSING = frozenset({"choose", "change"})
COURSE = Column("collection", label=_("Course"), sort_key="collection__name")
"""The column of a list that says which course something belongs to."""


def owned_by(user: Any, model: type[Model], actions: Items[str]) -> QuerySet[Any]:
    """The objects of `model` with which `user` may do any of the actions."""
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(user, list(actions))  # type: ignore[no-any-return]


def may(user: Any, action: str, instance: Model) -> bool:
    """Whether `user` may do this with the object as it is stored, whatever a form says."""
    stored = type(instance)._default_manager.filter(pk=instance.pk).first()  # noqa: SLF001
    policy = policy_registry.get(instance)
    return bool(policy.user_has_permission_for_instance(user, action, stored or instance))


def collections_of(user: Any, model: type[Model], actions: Items[str]) -> QuerySet[Collection]:
    """The collections, one for each course, in which `user` may do any of the actions."""
    policy = policy_registry.get_by_type(model)
    owned = policy.collections_user_has_any_permission_for(user, list(actions))
    return Collection.objects.filter(pk__in=owned.values("pk"))


class OwnedFilterSet(WagtailFilterSet):
    """The filters of a list, which name no course of others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (course := self.filters.get("collection")) is not None:
            model = self._meta.model
            owned = collections_of(self.request.user, model, ACTIONS)
            course.queryset = owned.exclude(depth=1).order_by("name")
            course.label = _("Course")


class OwnedView:
    """Put before any view of a viewset: whatever has a pk in its address is checked as stored."""

    base_filterset_class = OwnedFilterSet
    model: type[Model]
    request: HttpRequest
    stored: Model | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Refuse what belongs to somebody else before anything of it is loaded."""
        if "pk" in kwargs:
            self.stored = self.model._default_manager.filter(pk=kwargs["pk"]).first()  # noqa: SLF001
            if self.stored is None:
                raise Http404
            policy = policy_registry.get_by_type(self.model)
            if not policy.user_has_any_permission_for_instance(request.user, ACTIONS, self.stored):
                raise PermissionDenied
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def user_has_permission(self, permission: str) -> bool:
        """Ask about this object, where there is one."""
        allowed: bool = super().user_has_permission(permission)  # type: ignore[misc]
        if self.stored is None or not allowed:
            return allowed
        return may(self.request.user, permission, self.stored)

    def publish_action(self) -> HttpResponse | None:
        """Publish only where that is allowed, and only together with what follows from it."""
        instance: Model = self.object  # type: ignore[attr-defined]
        if not may(self.request.user, "publish", instance):
            raise PermissionDenied
        with transaction.atomic():
            return super().publish_action()  # type: ignore[misc, no-any-return]


class OwnedSnippetViewSet(SnippetViewSet):
    """A snippet viewset for the members of collections."""

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        """Every view, also those that Wagtail will add, is an owned one."""
        owned = type(view_class.__name__, (OwnedView, view_class), {"model": self.model})
        return super().construct_view(owned, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the list shows."""
        return owned_by(request.user, self.model, ACTIONS)

    @property
    def chooser_viewset_class(self) -> type[chooser.SnippetChooserViewSet]:
        """The chooser that offers what is owned."""
        return OwnedChooserViewSet


class _OwnedChoice:
    """Put before a view of the chooser."""

    model_class: type[Model]
    request: HttpRequest

    def get_object_list(self) -> QuerySet[Any]:
        return owned_by(self.request.user, self.model_class, CHOOSING)

    def get_object(self, pk: str) -> Model:
        found: Model = self.get_object_list().get(pk=pk)
        return found

    def get_objects(self, pks: list[str]) -> QuerySet[Any]:
        return self.get_object_list().filter(pk__in=pks)


class _ChooseView(_OwnedChoice, chooser.ChooseView):
    pass


class _ChooseResultsView(_OwnedChoice, chooser.ChooseResultsView):
    pass


class _ChosenView(_OwnedChoice, chooser.SnippetChosenView):
    pass


class _ChosenMultipleView(_OwnedChoice, chooser.SnippetChosenMultipleView):
    pass


class OwnedChooserViewSet(chooser.SnippetChooserViewSet):
    """Offers and confirms what somebody owns, and nothing else."""

    choose_view_class = _ChooseView
    choose_results_view_class = _ChooseResultsView
    chosen_view_class = _ChosenView
    chosen_multiple_view_class = _ChosenMultipleView


class OwnedPublishMenuItem(PublishMenuItem):
    """The publish button for who may publish here without being allowed to everywhere."""

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Not where Wagtail shows its own."""
        if context.get("locked_for_user") or super().is_shown(context):
            return False
        return _may_publish(context)


class OwnedUnpublishMenuItem(UnpublishMenuItem):
    """The same for taking something back."""

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Not where Wagtail shows its own, and only for what is published."""
        if context.get("locked_for_user") or context["view"] != "edit":
            return False
        if not context["instance"].live or super().is_shown(context):
            return False
        return _may_publish(context)


def _may_publish(context: dict[str, Any]) -> bool:
    user = context["request"].user
    if (instance := context.get("instance")) is not None and instance.pk:
        return may(user, "publish", instance)
    policy = policy_registry.get_by_type(context["model"])
    return bool(policy.user_has_permission(user, "publish"))


def owned_menu_items() -> tuple[ActionMenuItem, ActionMenuItem]:
    """Publish and unpublish, for the hook `register_snippet_action_menu_item`."""
    return OwnedPublishMenuItem(order=30), OwnedUnpublishMenuItem(order=20)


class OwnedDeleteBulkAction(DeleteBulkAction):
    """Deletes what is owned; of what is not, it does not even say the name."""

    model_class: type[Model]

    @classproperty
    def models(cls) -> list[type[Model]]:  # noqa: N805
        """The one model it is for."""
        return [cls.model_class]

    def get_actionable_objects(self) -> tuple[list[Model], dict[str, list[Model]]]:
        """Without the objects of others."""
        objects, _others = super().get_actionable_objects()
        return objects, {"items_with_no_access": []}
