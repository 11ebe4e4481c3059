"""manage.py migrate, safe against being killed.

Django notes that a migration is done after the transaction that did it, when there was deferred
SQL. Killed in between, it would try to do it again, and fail for ever: “relation already exists”.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration


class OneTransactionExecutor(MigrationExecutor):
    """Does a migration and notes it in one transaction."""

    def apply_migration(self, state: Any, migration: Migration, *args: Any, **options: Any) -> Any:
        with self._transaction(migration):
            return super().apply_migration(state, migration, *args, **options)

    def unapply_migration(
        self, state: Any, migration: Migration, *args: Any, **options: Any
    ) -> Any:
        with self._transaction(migration):
            return super().unapply_migration(state, migration, *args, **options)

    def _transaction(self, migration: Migration) -> AbstractContextManager[None]:
        """A migration that says it is not atomic (an index built concurrently) stays so."""
        return transaction.atomic(self.connection.alias) if migration.atomic else nullcontext()


# Django's command looks the class up here, and offers no other way to choose it.
migrate.MigrationExecutor = OneTransactionExecutor


class Command(migrate.Command):
    """Django's own, with the executor above."""
