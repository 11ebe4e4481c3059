"""The page of one's own account, and the copy of one's own data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import personal_data
from accounts.forms import ProfileForm
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the name."""
    # A copy: a name that is refused must not show in the page's menu.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is stored."))
        return redirect("accounts:profile")
    status = 422 if form.is_bound else 200
    return render(request, "account/profile.html", {"form": form}, status=status)


@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Hand out everything that is kept about this person, as a file."""
    response = JsonResponse(personal_data.gather(request.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="loadmark-data.json"'
    return response
