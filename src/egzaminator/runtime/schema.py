"""Whether the database is as old as the program."""

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def require_migrations() -> None:
    """Raise `CommandError` if the database is older than the program."""
    if missing_migrations():
        raise CommandError("The database is older than the program. Run `egzaminator migrate` first.")


def missing_migrations() -> list[str]:
    """Return the names of the migrations that the program has and the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
