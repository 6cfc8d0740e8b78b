"""The check that the blind indexes were made with the current index key."""

from typing import Final

from django.db import connection, transaction

from egzaminator.core.encryption import IndexKeyChangedError, UndecryptableError, index_key_fingerprint
from egzaminator.key_rotation.domain.columns import IndexedColumn, indexed_columns
from egzaminator.key_rotation.models import IndexKey


def is_index_key_current() -> bool:
    """Return whether the stored blind indexes were made with this process's index key. One query, which never waits."""
    noted = IndexKey.objects.values_list("fingerprint", flat=True)
    return all(fingerprint is not None and bytes(fingerprint) == index_key_fingerprint() for fingerprint in noted)


# How many rows of a column are examined: enough to find one that can be decrypted.
_TRIED: Final = 20
_CHANGED: Final = (
    "BLIND_INDEX_KEY is not the key that the register's people are found by. Put the old one back, or follow "
    "docs/production.md, A new index key."
)
_UNDER_WAY: Final = (
    "People cannot be found: the change of BLIND_INDEX_KEY was not finished. Run `python manage.py rotate_index_key`."
)


def require_index_key() -> None:
    """Make sure that people are found by the current index key, and block its rotation until the transaction ends.

    With another key nobody could log in, and an import would create every person a second time. Raise
    `IndexKeyChangedError` if the key is another one, or if its rotation is not finished.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT fingerprint FROM {IndexKey._meta.db_table} FOR SHARE")  # noqa: S608, SLF001 -- the model's own name
            row = cursor.fetchone()
        if row is None:
            _adopt()
        elif row[0] is None:
            raise IndexKeyChangedError(_UNDER_WAY)
        elif bytes(row[0]) != index_key_fingerprint():
            raise IndexKeyChangedError(_CHANGED)


def _adopt() -> None:
    """Store the fingerprint of the current key.

    The installation has no fingerprint yet, because it is new or older than the fingerprints. Raise
    `IndexKeyChangedError` if the existing indexes were made with another key.
    """
    if not all(_is_indexed_with_it(column) for column in indexed_columns()):
        raise IndexKeyChangedError(_CHANGED)
    IndexKey.objects.bulk_create([IndexKey(fingerprint=index_key_fingerprint())], ignore_conflicts=True)


def _is_indexed_with_it(column: IndexedColumn) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column.key}, {column.encrypted}, {column.index} FROM {column.table}"  # noqa: S608 -- the model's own names
            f" WHERE {column.index} IS NOT NULL LIMIT {_TRIED}"
        )
        rows = cursor.fetchall()
    return not rows or any(_agrees(column, *row) for row in rows)


def _agrees(column: IndexedColumn, row_id: object, encrypted: memoryview, index: memoryview) -> bool:
    try:
        return column.index_of(row_id, encrypted) == bytes(index)
    except UndecryptableError:
        return False
