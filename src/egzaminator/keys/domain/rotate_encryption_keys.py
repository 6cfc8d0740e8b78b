from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import connection, transaction

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.domain.record_unreadable import record_unreadable
from egzaminator.audit.enums import Tag
from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt, heading_of, newest_key_id
from egzaminator.keys.domain.rotation import Rotation
from egzaminator.keys.domain.sealed_columns import SealedColumn, sealed_columns
from egzaminator.keys.errors import WrongKeyError

_AT_ONCE: Final = 500
# More are no accident: a key in the environment is not the one that its id stood for.
_MOST_UNREADABLE: Final = 100
# Not locked against rows that refer to it, and by the key's order, so that a killed run goes on where it stopped.
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
    """Encrypt with the newest key whatever is encrypted with another, in every column, while the site runs.

    Takes what is told how many more values were looked at. Each batch is a short transaction of its own, so that a run
    that was killed has lost nothing and is simply started again. A value that does not open stays as it is, and an
    event names it. Raises WrongKeyError when more than a hundred do not.
    """
    rotation = Rotation()
    for column in sealed_columns():
        # Rows that somebody holds are passed over, so that this never waits while holding some itself: no deadlock.
        # They are waited for afterwards, one by one.
        for most, skip_locked in ((_AT_ONCE, True), (1, False)):
            for count in _walk(column, rotation, most=most, skip_locked=skip_locked):
                progress(count)
    record_event(tag=Tag.KEYS_ROTATED, details={"key": newest_key_id(), "renewed": rotation.renewed})
    return rotation


def _walk(column: SealedColumn, rotation: Rotation, *, most: int, skip_locked: bool) -> Iterator[int]:
    """Go through a column from its first key to its last; give the number of values in each batch."""
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
                record_unreadable(context=context)
        rotation.renewed += len(renewed)
        rotation.unreadable |= unreadable
        if len(rotation.unreadable) > _MOST_UNREADABLE:
            raise WrongKeyError(column.field.place)
        after = rows[-1][0]
        yield len(rows)


def _renew(column: SealedColumn, rows: list[tuple[Any, memoryview]]) -> tuple[dict[Any, bytes], set[str]]:
    """Give the new values by their rows' keys, and the contexts of those that do not open."""
    renewed, unreadable = {}, set()
    for row_id, value in rows:
        context = column.field.context(row_id)
        try:
            renewed[row_id] = encrypt(decrypt(value, context=context), context=context)
        except UndecryptableError:
            unreadable.add(context)
    return renewed, unreadable
