"""Rotation of the encryption keys, while the site runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction

from egzaminator.audit.domain.events import record_event, record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import UndecryptableError, decrypt_bytes, encrypt_bytes, heading_of, newest_key_id
from egzaminator.key_rotation.domain.columns import EncryptedColumn, encrypted_columns
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.key_rotation.errors import WrongKeyError


@dataclass(slots=True)
class Rotation:
    """The result of a rotation: how many values were renewed, and the contexts of the undecryptable ones."""

    renewed: int = 0
    unreadable: set[str] = field(default_factory=set)


# With the pieces of stored files, the largest values there are, some 100 MB of memory.
_AT_ONCE: Final = 500
# More undecryptable values than this are no accident: a key in the environment is not the one that its id stood for.
_MOST_UNDECRYPTABLE: Final = 100
# FOR NO KEY UPDATE does not block the insertion of rows that refer to these by foreign key. Rows come in the order of
# their primary key, and finished rows are skipped, so a new run continues where a killed one stopped.
_TAKE: Final = """
SELECT {key}, {column} FROM {table}
WHERE {column} IS NOT NULL AND substring({column} FROM 1 FOR {length}) <> %(heading)s
    AND (%(after)s::{key_type} IS NULL OR {key} > %(after)s::{key_type})
ORDER BY {key} LIMIT {most} FOR NO KEY UPDATE {skip_locked}
"""
_PUT: Final = """
UPDATE {table} SET {column} = renewed.value
FROM unnest(%(keys)s::{key_type}[], %(values)s::bytea[]) AS renewed (key, value)
WHERE {table}.{key} = renewed.key
"""


def rotate_encryption_keys(*, progress: Callable[[int], object] = lambda _: None) -> Rotation:
    """Re-encrypt with the newest key every value that another key encrypted, in all columns, while the site runs.

    Each batch is a short transaction of its own, so a killed run loses nothing and can simply be started again. An
    undecryptable value stays as it is, and an audit event names its row.

    `progress` is called with the number of further values that were examined. Raise `EncryptionKeyChangedError` if a
    key is not the one that its id stood for, and `WrongKeyError` if more than a hundred values are undecryptable.
    """
    require_encryption_keys()
    rotation = Rotation()
    for column in encrypted_columns():
        # The first pass skips rows that another transaction has locked, so it never waits while it holds locks itself
        # and cannot deadlock. The second pass waits for the remaining rows one by one.
        for most, skip_locked in ((_AT_ONCE, True), (1, False)):
            for count in _walk(column, rotation, most=most, skip_locked=skip_locked):
                progress(count)
    record_event(tag=Tag.KEYS_ROTATED, details={"key": newest_key_id(), "renewed": rotation.renewed})
    return rotation


def _walk(column: EncryptedColumn, rotation: Rotation, *, most: int, skip_locked: bool) -> Iterator[int]:
    """Re-encrypt a column in batches, in the order of its primary key. Yield the number of values in each batch."""
    heading = heading_of(newest_key_id())
    names = {"table": column.table, "column": column.column, "key": column.key, "key_type": column.key_type}
    take = _TAKE.format(**names, length=len(heading), most=most, skip_locked="SKIP LOCKED" if skip_locked else "")
    after = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(take, {"heading": heading, "after": after})
            rows = cursor.fetchall()
            if not rows:
                return
            renewed, unreadable = _renew(column, rows)
            if renewed:
                cursor.execute(_PUT.format(**names), {"keys": list(renewed), "values": list(renewed.values())})
            for context in unreadable - rotation.unreadable:
                record_undecryptable(context=context)
        rotation.renewed += len(renewed)
        rotation.unreadable |= unreadable
        if len(rotation.unreadable) > _MOST_UNDECRYPTABLE:
            raise WrongKeyError(column.field.location)
        after = rows[-1][0]
        yield len(rows)


def _renew(column: EncryptedColumn, rows: list[tuple[Any, memoryview]]) -> tuple[dict[Any, bytes], set[str]]:
    """Return the re-encrypted values by their rows' keys, and the contexts of the undecryptable ones."""
    renewed, unreadable = {}, set()
    for row_id, value in rows:
        context = column.field.context(row_id)
        try:
            renewed[row_id] = encrypt_bytes(decrypt_bytes(value, context=context), context=context)
        except UndecryptableError:
            unreadable.add(context)
    return renewed, unreadable
