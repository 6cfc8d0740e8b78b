"""Runs things at the same time, each on a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

_PATIENCE = 30


def at_once(*actions: Callable[[], object]) -> list[Any]:
    """Start the actions together. Return the result or the exception of each, in their order."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(_PATIENCE)
            return action()
        except Exception as error:  # noqa: BLE001 -- what was raised is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result(_PATIENCE) for future in [pool.submit(run, action) for action in actions]]


def is_somebody_waiting(*, table: str | None = None) -> bool:
    """Return whether a process waits for a lock in this database, or for one of a table.

    The view is the whole server's, where other tests work too, and a lock on a transaction names no database. So a
    process is ours if it holds any lock in ours.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND (%(table)s::text IS NULL OR relation = %(table)s::regclass) AND pid IN (SELECT pid FROM pg_locks"
            " JOIN pg_database ON pg_database.oid = database WHERE datname = current_database()))",
            {"table": table},
        )
        return bool(cursor.fetchone()[0])
