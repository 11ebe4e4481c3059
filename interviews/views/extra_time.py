"""The studio: extra time for a learner on a scenario."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from interviews.extra_time import PERCENTS, grant_extra_time, granted_in, revoke_extra_time
from interviews.models import Scenario
from interviews.studio_access import access_granted, own_scenarios
from interviews.views.review import may_review


class ExtraTimeForm(forms.Form):
    """Who gets how much time beyond that of each stage, on which scenario."""

    scenario = forms.ModelChoiceField(Scenario.objects.none(), label=gettext_lazy("Scenario"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("The address the learner signs in with."),
    )
    percent = forms.TypedChoiceField(
        label=gettext_lazy("Extra time"),
        coerce=int,
        choices=[(one, gettext_lazy("%d %% more") % one) for one in PERCENTS],
    )

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        own = own_scenarios(request).order_by("title", "pk")
        self.fields["scenario"].queryset = own  # type: ignore[attr-defined]

    def clean_email(self) -> User:
        """Find the account."""
        user = User.objects.filter(email=self.cleaned_data["email"].lower()).first()
        if user is None:
            raise forms.ValidationError(_("No learner with this address has an account."))
        return user


@require_http_methods(["GET", "HEAD", "POST"])
def extra_time(request: HttpRequest) -> HttpResponse:
    """List what is granted, and grant more."""
    if not may_review(request):
        raise PermissionDenied
    form = ExtraTimeForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        grant_extra_time(
            user=data["email"],
            scenario=data["scenario"],
            percent=data["percent"],
            by=request.user,  # type: ignore[arg-type]
        )
        messages.success(request, _("Extra time is granted, in interviews under way too."))
        return redirect("interviews_extra_time")
    context = {"form": form, "granted": granted_in(own_scenarios(request))}
    return render(request, "interviews/studio/extra_time.html", context)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take extra time back."""
    revoke_extra_time(granted=access_granted(request, pk))
    messages.success(request, _("The extra time is taken back."))
    return redirect("interviews_extra_time")
