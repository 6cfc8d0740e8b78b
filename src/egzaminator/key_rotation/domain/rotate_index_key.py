"""Rotation of the index key, while the site is closed."""

from collections.abc import Callable
from typing import Any, Final

from django.db import connection, transaction

from egzaminator.audit.domain.events import record_event, record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import UndecryptableError, index_key_fingerprint
from egzaminator.key_rotation.domain.columns import IndexedColumn, indexed_columns
from egzaminator.key_rotation.domain.encryption_keys import Rotation
from egzaminator.key_rotation.errors import RotationUnderWayError, SiteIsOpenError
from egzaminator.key_rotation.models import IndexKey
from egzaminator.runtime.maintenance import is_maintenance_on

# The id of the advisory lock: an arbitrary number that no other advisory lock of the project has. The lock belongs to
# the database session, because the rotation is many transactions. Through a pooler that gives a session to several
# clients in turn (PgBouncer in transaction mode) it would not hold.
_LOCK: Final = 0x494E_4458
_AT_ONCE: Final = 1000
_TAKE: Final = """
SELECT {key}, {encrypted}, {index} FROM {table}
WHERE {index} IS NOT NULL AND (%(after)s::{key_type} IS NULL OR {key} > %(after)s::{key_type})
ORDER BY {key} LIMIT {most} FOR NO KEY UPDATE
"""
_PUT: Final = """
UPDATE {table} SET {index} = renewed.value
FROM unnest(%(keys)s::{key_type}[], %(values)s::bytea[]) AS renewed (key, value)
WHERE {table}.{key} = renewed.key
"""


def rotate_index_key(*, progress: Callable[[int], object] = lambda _: None) -> Rotation:
    """Rebuild every blind index with the current index key, whichever key it was made with before.

    The indexes are rebuilt from the encrypted values. So the old key is not needed, and after a killed run, another
    run repairs whatever state it left. Nothing that needs the index starts until a run has finished. A row whose
    value is undecryptable keeps its old index, by which it cannot be found, and an audit event names the row.

    It needs a direct connection to PostgreSQL (see `_LOCK`). `progress` is called with the number of further rows that
    were examined. Raise `SiteIsOpenError` if the
    installation is not closed for maintenance, and `RotationUnderWayError` while another rotation runs.
    """
    if not is_maintenance_on():
        raise SiteIsOpenError
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise RotationUnderWayError
        try:
            return _rotate(progress)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _rotate(progress: Callable[[int], object]) -> Rotation:
    # This waits for imports that are under way, because they hold a lock on the row.
    IndexKey.objects.update_or_create(id=1, defaults={"fingerprint": None})
    rotation = Rotation()
    for column in indexed_columns():
        after = None
        while (last := _renew_batch(column, after, rotation, progress)) is not None:
            after = last
    with transaction.atomic():
        IndexKey.objects.update(fingerprint=index_key_fingerprint())
        record_event(tag=Tag.KEYS_ROTATED, details={"key": "index", "renewed": rotation.renewed})
    return rotation


def _renew_batch(column: IndexedColumn, after: Any, rotation: Rotation, progress: Callable[[int], object]) -> Any:
    """Renew the rows that follow a key, in one transaction. Return the last row's key, or None past the end."""
    names = {name: getattr(column, name) for name in ("table", "key", "key_type", "encrypted", "index")}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE.format(**names, most=_AT_ONCE), {"after": after})
        rows = cursor.fetchall()
        renewed = {}
        for row_id, encrypted, index in rows:
            try:
                value = column.index_of(row_id, encrypted)
            except UndecryptableError as error:
                record_undecryptable(context=error.context)
                rotation.unreadable.add(error.context)
                continue
            if value != bytes(index):
                renewed[row_id] = value
        if renewed:
            cursor.execute(_PUT.format(**names), {"keys": list(renewed), "values": list(renewed.values())})
    rotation.renewed += len(renewed)
    progress(len(rows))
    return rows[-1][0] if rows else None
