"""The demo accounts: made once, kept for their owner, usable whatever was lost."""

import json
import stat
from pathlib import Path

import pytest

from accounts.models import User
from config import demo

pytestmark = pytest.mark.django_db


def test_accounts_are_made_once_and_their_file_is_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / demo.FILE
    demo.ensure_accounts(file)
    first = demo.read_accounts(file)
    demo.ensure_accounts(file)
    assert demo.read_accounts(file) == first
    assert [*first] == ["learner", "instructor", "administrator"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert User.objects.count() == 3
    assert [user.email for user in User.objects.filter(is_superuser=True)] == [
        first["administrator"]["email"]
    ]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"learner": 1}', '{"learner": {}}'])
def test_when_the_file_is_lost_the_new_passwords_are_those_that_log_in(
    tmp_path: Path, damage: str
) -> None:
    file = tmp_path / demo.FILE
    demo.ensure_accounts(file)
    before = demo.read_accounts(file)
    file.write_text(damage)
    demo.ensure_accounts(file)
    accounts = demo.read_accounts(file)
    for role, account in accounts.items():
        assert account["password"] != before[role]["password"]
        assert User.objects.get(email=account["email"]).check_password(account["password"])
    assert json.loads(file.read_text()) == accounts


def test_a_password_changed_by_its_owner_stays(tmp_path: Path) -> None:
    file = tmp_path / demo.FILE
    demo.ensure_accounts(file)
    learner = User.objects.get(email="learner@example.org")
    learner.set_password("chosen by myself")
    learner.save()
    demo.ensure_accounts(file)
    learner.refresh_from_db()
    assert learner.check_password("chosen by myself")
