"""How accounts are looked up."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from accounts.models import User


class Backend(AuthenticationBackend):
    """allauth's back end, with a cheaper look-up of the signed-in user, made on every request."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session, or None when they are gone or may not sign in."""
        statement, names = _statement()
        with connection.cursor() as cursor:
            cursor.execute(statement, [user_id])
            row = cursor.fetchone()
        user = User.from_db(connection.alias, names, row) if row else None
        return user if user is not None and self.user_can_authenticate(user) else None


@cache
def _statement() -> tuple[str, list[str]]:
    """Every column of a user by primary key: with the ORM, building this costs more than asking."""
    fields = User._meta.concrete_fields  # noqa: SLF001 - the documented model _meta API
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = User._meta.db_table  # noqa: SLF001
    statement = f'select {columns} from "{table}" where id = %s'  # noqa: S608 - our own names
    return statement, [field.attname for field in fields]
