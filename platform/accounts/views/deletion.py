"""Leaving for good."""

from allauth.account.decorators import reauthentication_required
from allauth.account.forms import ReauthenticateForm
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, once its owner has shown to be the owner."""
    user = User.objects.get(pk=request.user.pk)
    data = request.POST if request.method == "POST" else None
    if user.has_usable_password():
        return _confirm(request, user, ReauthenticateForm(data, user=user))
    # Whoever logs in with a passkey only has no password to type here.
    confirm = reauthentication_required(_confirm, app="allauth.account")
    return confirm(request, user, forms.Form(data))


def _confirm(request: HttpRequest, user: User, form: forms.Form) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        actions.delete_account(user=user)
        logout(request)
        messages.success(request, _("Your account and all that belonged to it are deleted."))
        return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "account/delete.html", {"form": form}, status=status)
