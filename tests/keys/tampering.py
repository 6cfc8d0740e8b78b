"""Changes values as somebody with the database in their hands would, and waits for those who wait."""

import time
from collections.abc import Callable

from django.db import connection, models


def spoil(row: models.Model, column: str = "pesel_encrypted") -> None:
    """Change one bit of a ciphertext, in the database itself."""
    table = row._meta.db_table  # noqa: SLF001 -- Django's documented way to a model's names
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1) WHERE id = %s",  # noqa: S608 -- our own names
            [row.pk],
        )


def swap(one: models.Model, other: models.Model, column: str = "pesel_encrypted") -> None:
    """Let two rows have each other's ciphertext."""
    table = one._meta.db_table  # noqa: SLF001 -- as above
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS row SET {column} = other.{column} FROM {table} AS other"  # noqa: S608 -- as above
            " WHERE (row.id, other.id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
            {"one": one.pk, "other": other.pk},
        )


def is_somebody_waiting() -> bool:
    """Tell whether another connection waits for the transaction of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return cursor.fetchone()[0]


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
