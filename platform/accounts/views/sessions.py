"""The browsers somebody is logged in with."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import access_session


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one browser out; this one as well, if it is the one."""
    session = access_session(request, pk)
    is_this_one = session.is_current()
    session.end()
    if is_this_one:
        logout(request)
        return redirect("home")
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")
