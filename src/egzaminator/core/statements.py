"""Short statements, written by hand where every log-in runs them: compiling them takes longer than running them."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import connection

Value = str | bytes | int | datetime.datetime | uuid.UUID | list[str] | None


def is_there(statement: str, parameters: Sequence[Value]) -> bool:
    """Return whether a SELECT finds a row."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT 1", parameters)
        return cursor.fetchone() is not None


def change(statement: str, parameters: Sequence[Value]) -> int:
    """Run an INSERT, UPDATE or DELETE; return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
