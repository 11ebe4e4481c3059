"""Forms of the studio."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.models import Collection
from wagtail.permissions import policy_registry


class OwnedForm(WagtailAdminModelForm):
    """Offers the collections in which somebody may put things."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("collection")
        if field is None or self.for_user is None:
            return
        policy = policy_registry.get_by_type(self._meta.model)
        owned = policy.collections_user_has_any_permission_for(self.for_user, ["add", "change"])
        field.queryset = Collection.objects.filter(pk__in=owned.values("pk"))
        field.empty_label = None
        if self.instance.pk is None and (first := field.queryset.exclude(depth=1).first()):
            self.initial["collection"] = first.pk
        field.error_messages["invalid_choice"] = _("Choose one of your own courses.")
