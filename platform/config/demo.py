"""Accounts to try an installation with: a learner, an instructor, an administrator.

The start reads them without Django, so models are imported where accounts are made.
"""

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

Accounts = dict[str, dict[str, str]]

FILE = "demo-accounts.json"
ROLES = ("learner", "instructor", "administrator")
INSTRUCTOR_COURSE = "microservices"


def read_accounts(path: Path) -> Accounts:
    """Return the accounts written by ``ensure_accounts``, by role; none from a damaged file."""
    try:
        accounts = json.loads(path.read_text())
        return {
            role: {key: str(accounts[role][key]) for key in ("email", "password")} for role in ROLES
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def ensure_accounts(path: Path) -> None:
    """Create what is missing; passwords are invented once and kept in ``path``, for its owner only.

    When the file is gone, accounts that exist get new passwords: nobody could say the old ones.
    The instructor owns one course and not the other, so that both sides can be seen.
    """
    from django.db import transaction

    accounts = read_accounts(path)
    is_new = not accounts
    if is_new:
        accounts = {
            role: {"email": f"{role}@example.org", "password": secrets.token_urlsafe(12)}
            for role in ROLES
        }
    with transaction.atomic():
        for role, account in accounts.items():
            user = _ensure_user(role, account, new_password=is_new)
            if role == "instructor":
                _ensure_course(user)
    if is_new:
        _write_private(path, json.dumps(accounts, indent=2) + "\n")


def _ensure_user(role: str, account: dict[str, str], *, new_password: bool) -> "User":
    from accounts.models import User

    user = User.objects.filter(email=account["email"]).first()
    if user is None:
        objects = User.objects
        create = objects.create_superuser if role == "administrator" else objects.create_user
        return create(account["email"], account["password"], name=role.capitalize())
    if new_password:
        user.set_password(account["password"])
        user.save(update_fields=["password"])
    return user


def _ensure_course(user: "User") -> None:
    """Make the instructor one of a course, if its files could be imported."""
    from courses import ownership
    from courses.models import CoursePage

    if CoursePage.objects.filter(slug=INSTRUCTOR_COURSE).exists():
        ownership.make_instructor(user=user, course_slug=INSTRUCTOR_COURSE)


def _write_private(path: Path, text: str) -> None:
    """Replace ``path`` by a file nobody else can read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(new, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    new.replace(path)
