"""Every route of the site and who may open it. A new route is one more line in ``ROUTES``.

The words in braces in a sample path are objects of Ada's (see ``World``); the other people of the
tests must never see them.
"""

from dataclasses import dataclass
from enum import Enum


class Access(Enum):
    """Who may open a route, and what everybody else gets."""

    PUBLIC = "everybody gets the page"
    MEMBERS = "people with an account get the page, strangers the log-in"
    OWN = "Ada gets the page, strangers the log-in, everybody else 404"
    SHOWN = "like members, after one has shown once more who one is"
    OWN_SHOWN = "like own, after Ada has shown once more who she is"
    WITH_FACTOR = "Ada, who has every factor, gets the page; everybody else is led on"
    ENTRANCE = "strangers get the page, people with an account are led on"
    LEADS = "everybody is led on"
    SEND = "everybody may send here; there is nothing to look at"
    SEND_AS_MEMBER = "people with an account may send here; there is nothing to look at"
    SEND_OWN = "Ada may send here, for everybody else there is nothing; nothing to look at"
    STUDIO = "people with rights in the studio; strangers get the log-in, learners 403"


PUBLIC, MEMBERS, OWN, SHOWN = Access.PUBLIC, Access.MEMBERS, Access.OWN, Access.SHOWN
OWN_SHOWN, WITH_FACTOR = Access.OWN_SHOWN, Access.WITH_FACTOR
ENTRANCE, LEADS, STUDIO = Access.ENTRANCE, Access.LEADS, Access.STUDIO
SEND, SEND_AS_MEMBER, SEND_OWN = Access.SEND, Access.SEND_AS_MEMBER, Access.SEND_OWN


@dataclass(frozen=True)
class Route:
    """A route's class and an address below it that exists in the tests."""

    access: Access
    sample: str


_SESSION = "interviews/sessions/<int:pk>/"
_STAGE = f"{_SESSION}stages/<slug:stage_id>/"
_OWN_SESSION = "/interviews/sessions/{interview}/"
_OWN_STAGE = f"{_OWN_SESSION}stages/design/"
_FOLLOW_UP = f"{_STAGE}follow-up/<slug:criterion_id>/"
_OWN_FOLLOW_UP = f"{_OWN_STAGE}follow-up/queue/"
_PASSKEYS = "account/2fa/webauthn/"
_KEY = f"{_PASSKEYS}keys/<int:pk>/"
_CODES = "account/2fa/recovery-codes/"

ROUTES = {
    # courses
    "": Route(PUBLIC, "/"),
    "courses/": Route(PUBLIC, "/courses/"),
    "courses/<slug:course_slug>/": Route(PUBLIC, "/courses/patterns/"),
    "courses/<slug:course_slug>/<slug:lesson_slug>/": Route(PUBLIC, "/courses/patterns/lesson-1/"),
    # labs
    "labs/": Route(PUBLIC, "/labs/"),
    "labs/<slug:slug>/": Route(PUBLIC, "/labs/circuit-breaker/"),
    "labs/<slug:slug>/check/<slug:challenge>/": Route(SEND, "/labs/circuit-breaker/check/x/"),
    "calculators/": Route(PUBLIC, "/calculators/"),
    "calculators/<slug:slug>/": Route(PUBLIC, "/calculators/inference-memory/"),
    # quizzes
    "quizzes/<slug:slug>/": Route(MEMBERS, "/quizzes/members/"),
    "quizzes/<slug:slug>/answer/<int:number>/": Route(SEND_AS_MEMBER, "/quizzes/members/answer/1/"),
    "quizzes/<slug:slug>/restart/": Route(SEND_AS_MEMBER, "/quizzes/members/restart/"),
    # interviews
    "interviews/": Route(PUBLIC, "/interviews/"),
    "interviews/<slug:slug>/": Route(PUBLIC, "/interviews/pay/"),
    "interviews/<slug:slug>/start/": Route(SEND_AS_MEMBER, "/interviews/pay/start/"),
    _SESSION: Route(OWN, _OWN_SESSION),
    f"{_SESSION}debrief/": Route(OWN, f"{_OWN_SESSION}debrief/"),
    f"{_SESSION}finish/": Route(SEND_OWN, f"{_OWN_SESSION}finish/"),
    _STAGE: Route(OWN, _OWN_STAGE),
    f"{_STAGE}open/": Route(SEND_OWN, f"{_OWN_STAGE}open/"),
    f"{_STAGE}grading/": Route(OWN, f"{_OWN_STAGE}grading/"),
    f"{_STAGE}answer/": Route(OWN, f"{_OWN_STAGE}answer/"),
    f"{_STAGE}save/": Route(SEND_OWN, f"{_OWN_STAGE}save/"),
    f"{_STAGE}submit/": Route(SEND_OWN, f"{_OWN_STAGE}submit/"),
    f"{_STAGE}retry/": Route(SEND_OWN, f"{_OWN_STAGE}retry/"),
    f"{_STAGE}ask/": Route(SEND_OWN, f"{_OWN_STAGE}ask/"),
    f"{_STAGE}appeal/<slug:criterion_id>/": Route(SEND_OWN, f"{_OWN_STAGE}appeal/queue/"),
    f"{_STAGE}hint/": Route(SEND_OWN, f"{_OWN_STAGE}hint/"),
    f"{_STAGE}again/": Route(SEND_OWN, f"{_OWN_STAGE}again/"),
    f"{_STAGE}preview/": Route(SEND_OWN, f"{_OWN_STAGE}preview/"),
    f"{_STAGE}diagram/": Route(SEND_OWN, f"{_OWN_STAGE}diagram/"),
    f"{_STAGE}kept/<int:kept_id>/": Route(SEND_OWN, _OWN_STAGE + "kept/{kept}/"),
    _FOLLOW_UP: Route(SEND_OWN, _OWN_FOLLOW_UP),
    f"{_FOLLOW_UP}answer/": Route(OWN, f"{_OWN_FOLLOW_UP}answer/"),
    f"{_FOLLOW_UP}appeal/": Route(SEND_OWN, f"{_OWN_FOLLOW_UP}appeal/"),
    f"{_FOLLOW_UP}grading/": Route(OWN, f"{_OWN_FOLLOW_UP}grading/"),
    f"{_FOLLOW_UP}again/": Route(SEND_OWN, f"{_OWN_FOLLOW_UP}again/"),
    # progress
    "dashboard/": Route(PUBLIC, "/dashboard/"),
    "dashboard/lessons/<uuid:lesson>/read/": Route(SEND, "/dashboard/lessons/{lesson}/read/"),
    # accounts
    "account/profile/": Route(MEMBERS, "/account/profile/"),
    "account/data/": Route(MEMBERS, "/account/data/"),
    "account/delete/": Route(MEMBERS, "/account/delete/"),
    "account/sessions/": Route(MEMBERS, "/account/sessions/"),
    "account/sessions/<int:pk>/end/": Route(SEND_OWN, "/account/sessions/{session}/end/"),
    "account/login/": Route(ENTRANCE, "/account/login/"),
    "account/signup/": Route(ENTRANCE, "/account/signup/"),
    "account/logout/": Route(MEMBERS, "/account/logout/"),
    "account/inactive/": Route(PUBLIC, "/account/inactive/"),
    "account/reauthenticate/": Route(MEMBERS, "/account/reauthenticate/"),
    "account/email/": Route(MEMBERS, "/account/email/"),
    "account/confirm-email/": Route(PUBLIC, "/account/confirm-email/"),
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": Route(PUBLIC, "/account/confirm-email/x:y/"),
    "account/password/change/": Route(MEMBERS, "/account/password/change/"),
    "account/password/set/": Route(LEADS, "/account/password/set/"),
    "account/password/reset/": Route(PUBLIC, "/account/password/reset/"),
    "account/password/reset/done/": Route(PUBLIC, "/account/password/reset/done/"),
    r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Route(
        PUBLIC, "/account/password/reset/key/1-x/"
    ),
    "account/password/reset/key/done/": Route(PUBLIC, "/account/password/reset/key/done/"),
    "account/login/code/confirm/": Route(LEADS, "/account/login/code/confirm/"),
    "account/2fa/": Route(MEMBERS, "/account/2fa/"),
    "account/2fa/authenticate/": Route(LEADS, "/account/2fa/authenticate/"),
    "account/2fa/reauthenticate/": Route(WITH_FACTOR, "/account/2fa/reauthenticate/"),
    "account/2fa/totp/activate/": Route(SHOWN, "/account/2fa/totp/activate/"),
    "account/2fa/totp/deactivate/": Route(OWN_SHOWN, "/account/2fa/totp/deactivate/"),
    _CODES: Route(OWN_SHOWN, f"/{_CODES}"),
    f"{_CODES}generate/": Route(SHOWN, f"/{_CODES}generate/"),
    "account/2fa/recovery-codes/download/": Route(
        OWN_SHOWN, "/account/2fa/recovery-codes/download/"
    ),
    "account/2fa/webauthn/": Route(MEMBERS, "/account/2fa/webauthn/"),
    "account/2fa/webauthn/add/": Route(SHOWN, "/account/2fa/webauthn/add/"),
    f"{_PASSKEYS}reauthenticate/": Route(WITH_FACTOR, f"/{_PASSKEYS}reauthenticate/"),
    "account/2fa/webauthn/login/": Route(LEADS, "/account/2fa/webauthn/login/"),
    f"{_KEY}edit/": Route(OWN_SHOWN, "/account/2fa/webauthn/keys/{passkey}/edit/"),
    f"{_KEY}remove/": Route(OWN_SHOWN, "/account/2fa/webauthn/keys/{passkey}/remove/"),
    # the studio's own doors; the rest of the studio is classified by its prefix
    "studio/login/": Route(LEADS, "/studio/login/"),
    "studio/logout/": Route(LEADS, "/studio/logout/"),
    "studio/^password_reset/": Route(LEADS, "/studio/password_reset/done/"),
    # operators
    "health/alive/": Route(PUBLIC, "/health/alive/"),
    "health/ready/": Route(PUBLIC, "/health/ready/"),
}
PREFIXES = {"studio/": STUDIO}


def access_of(pattern: str) -> Access | None:
    """Return the class of a route, None for one that nobody has classified."""
    if pattern in ROUTES:
        return ROUTES[pattern].access
    return next((kind for prefix, kind in PREFIXES.items() if pattern.startswith(prefix)), None)
