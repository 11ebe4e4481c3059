"""Who is learning in this request."""

from django.http import HttpRequest

from accounts import actions
from accounts.models import Learner, User
from accounts.signals import visitor_began

SESSION_KEY = "learner"
# Whose learner it is: the id of a user, None for a visitor's. A session outlives a closed account.
OWNER_KEY = "learner_of"


def current_learner(request: HttpRequest) -> Learner | None:
    """Return the learner of this browser, or None for a visitor who has done nothing yet.

    The id is kept in the session, which only the server writes, so no query is needed.
    """
    learner_id = request.session.get(SESSION_KEY)
    if learner_id is not None and request.session.get(OWNER_KEY) == _user_id(request):
        return Learner(pk=learner_id, user_id=_user_id(request))
    if request.user.is_authenticated:
        return remember_learner(request, actions.adopt_learner(user=request.user, visitor_id=None))
    return None


def ensure_learner(request: HttpRequest) -> Learner:
    """Return the learner of this browser, creating one for a first-time visitor."""
    learner = current_learner(request)
    if learner is None:
        learner = remember_learner(request, actions.create_visitor())
        visitor_began.send(Learner, request=request, learner=learner)
    return learner


def remember_learner(request: HttpRequest, learner: Learner) -> Learner:
    """Keep the learner's id in the session."""
    request.session[SESSION_KEY] = learner.pk
    request.session[OWNER_KEY] = learner.user_id
    return learner


def adopt_on_login(request: HttpRequest, user: User, visitor_id: int | None) -> None:
    """Make the user's learner current and merge what the visitor did."""
    remember_learner(request, actions.adopt_learner(user=user, visitor_id=visitor_id))


def _user_id(request: HttpRequest) -> int | None:
    return request.user.pk if request.user.is_authenticated else None
