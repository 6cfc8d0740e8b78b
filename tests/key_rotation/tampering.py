"""Changes values as somebody with access to the database could, and waits for blocked connections."""

import time
from collections.abc import Callable

from django.db import connection, models


def spoil(row: models.Model, column: str = "pesel_encrypted") -> None:
    """Flip one bit of a ciphertext in the database."""
    table = row._meta.db_table  # noqa: SLF001 -- Django's documented way to a model's names
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1) WHERE id = %s",  # noqa: S608 -- our own names
            [row.pk],
        )


def swap(one: models.Model, other: models.Model, column: str = "pesel_encrypted") -> None:
    """Swap the ciphertexts of two rows."""
    table = one._meta.db_table  # noqa: SLF001 -- as above
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS row SET {column} = other.{column} FROM {table} AS other"  # noqa: S608 -- as above
            " WHERE (row.id, other.id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
            {"one": one.pk, "other": other.pk},
        )


def is_somebody_waiting() -> bool:
    """Return whether another connection waits for this one's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
