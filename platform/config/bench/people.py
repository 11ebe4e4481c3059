"""Learners and courses for measuring: sizes that an installation may reach."""

import secrets
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.actions import adopt_learner
from accounts.learners import OWNER_KEY
from accounts.learners import SESSION_KEY as SESSION_LEARNER
from accounts.models import Learner, User
from courses.models import CourseEdition, LessonEdition

LARGE = "bench-large"


def learner_with_session(number: int = 0) -> tuple[Learner, str]:
    """Return a learner with an account, and the cookie of a signed-in browser."""
    user, _created = User.objects.get_or_create(email=f"bench-{number}@example.org")
    learner = adopt_learner(user=user, visitor_id=None)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[SESSION_LEARNER] = learner.pk
    store[OWNER_KEY] = user.pk
    store.save()
    token = secrets.token_hex(16)  # a browser has one after its first page
    cookies = {settings.SESSION_COOKIE_NAME: store.session_key, settings.CSRF_COOKIE_NAME: token}
    return learner, "; ".join(f"{name}={value}" for name, value in cookies.items())


def large_course(lessons: int) -> str:
    """Publish a course with so many lessons, and return its slug."""
    slug = f"{LARGE}-{lessons}"
    if CourseEdition.objects.filter(course_slug=slug).exists():
        return slug
    editions = LessonEdition.objects.bulk_create(
        LessonEdition(
            content_id=uuid4(), number=1, course_slug=slug, slug=f"lesson-{number}",
            title=f"Lesson number {number} of a large course", summary="What it is about.",
            renderer="bench", module="Module", minutes=12, free_preview=False,
            html="<p>Text.</p>" * 200, fingerprint="bench",
        )
        for number in range(lessons)
    )  # fmt: skip
    rows = [
        {
            "content_id": str(edition.content_id), "slug": edition.slug, "title": edition.title,
            "summary": edition.summary, "minutes": 12, "free": False, "labs": 1,
        }
        for edition in editions
    ]  # fmt: skip
    modules = [
        {"slug": f"module-{start}", "title": f"Module {start}", "lessons": rows[start : start + 10]}
        for start in range(0, lessons, 10)
    ]
    CourseEdition.objects.create(
        content_id=uuid4(), number=1, course_slug=slug, title="A large course", summary="Large.",
        renderer="bench", outline=modules,
    )  # fmt: skip
    return slug
