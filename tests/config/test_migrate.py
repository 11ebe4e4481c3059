"""A migration and the note that it is done are one transaction."""

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from config.management.commands.migrate import OneTransactionExecutor


class Killed(BaseException):
    """Stands for the end of the process."""


def with_deferred_sql(*, atomic: bool = True) -> migrations.Migration:
    migration = migrations.Migration("0001_kept", "labs")
    code = models.CharField(max_length=9, unique=True)
    migration.operations = [migrations.CreateModel("Kept", [("code", code)])]
    migration.atomic = atomic
    return migration


def apply_and_die(monkeypatch: pytest.MonkeyPatch, migration: migrations.Migration) -> bool:
    """Die when the migration is to be noted; tell whether its table is there."""
    executor = OneTransactionExecutor(connection)

    def die(*_arguments: object) -> None:
        raise Killed

    monkeypatch.setattr(executor, "record_migration", die)
    with pytest.raises(Killed):
        executor.apply_migration(ProjectState(), migration)
    return "labs_kept" in connection.introspection.table_names()


@pytest.mark.django_db
def test_a_migration_that_could_not_be_noted_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not apply_and_die(monkeypatch, with_deferred_sql())


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_not_atomic_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        assert apply_and_die(monkeypatch, with_deferred_sql(atomic=False))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table labs_kept")


@pytest.mark.django_db
def test_the_migrate_command_is_the_safe_one(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management.commands import migrate

    call_command("migrate", verbosity=1)
    assert migrate.MigrationExecutor is OneTransactionExecutor
    assert "No migrations to apply" in capsys.readouterr().out
