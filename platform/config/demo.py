"""Accounts to try an installation with: a learner, an instructor, an administrator."""

import json
import os
import secrets
from pathlib import Path

from django.db import transaction

from accounts.models import User
from courses import ownership

Accounts = dict[str, dict[str, str]]

ROLES = ("learner", "instructor", "administrator")
INSTRUCTOR_COURSE = "microservices"


def read_accounts(path: Path) -> Accounts:
    """Return the accounts written by ``ensure_accounts``, by role."""
    try:
        accounts: Accounts = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return accounts


def ensure_accounts(path: Path) -> None:
    """Create what is missing; passwords are invented once and kept in ``path``, for its owner only.

    The instructor owns one course and not the other, so that both sides can be seen.
    """
    accounts = read_accounts(path)
    if set(accounts) != set(ROLES):
        accounts = {
            role: {"email": f"{role}@example.org", "password": secrets.token_urlsafe(12)}
            for role in ROLES
        }
        _write_private(path, json.dumps(accounts, indent=2) + "\n")
    emails = [account["email"] for account in accounts.values()]
    if User.objects.filter(email__in=emails).count() < len(emails):
        _create(accounts)


@transaction.atomic
def _create(accounts: Accounts) -> None:
    for role, account in accounts.items():
        user = User.objects.filter(email=account["email"]).first()
        if user is None:
            create = (
                User.objects.create_superuser
                if role == "administrator"
                else User.objects.create_user
            )
            user = create(account["email"], account["password"], name=role.capitalize())
        if role == "instructor":
            ownership.make_instructor(user=user, course_slug=INSTRUCTOR_COURSE)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
