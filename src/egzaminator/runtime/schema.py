"""Whether the database is one of ours, and as old as the program."""

from typing import Final

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# Folders of 0.1 whose names no later release has.
_FOLDERS_OF_0_1: Final = frozenset({"kernel", "post", "pages"})


def require_migrations() -> None:
    """Raise `CommandError` if the database is older than the program, or was made by 0.1."""
    require_later_than_0_1()
    if missing_migrations():
        raise CommandError("The database is older than the program. Run `egzaminator migrate` first.")


def missing_migrations() -> list[str]:
    """Return the names of the migrations that the program has and the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def require_later_than_0_1() -> None:
    """Raise `CommandError` if the database was made by 0.1, which no release can upgrade."""
    if any(app in _FOLDERS_OF_0_1 for app, _name in MigrationRecorder(connection).applied_migrations()):
        raise CommandError(
            "DATABASE_URL leads to a database of 0.1, which no later release can read. Set it aside, give the service "
            "an empty one, and import the register into that (docs/production.md)."
        )


def unknown_migrations() -> list[str]:
    """Return the names of the migrations that the database has had and the program does not know."""
    applied = MigrationRecorder(connection).applied_migrations()
    loader = MigrationLoader(None)
    known = {*loader.disk_migrations, *(pair for one in loader.disk_migrations.values() for pair in one.replaces)}
    return sorted(f"{app}.{name}" for app, name in applied.keys() - known)
