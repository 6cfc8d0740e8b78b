"""The cache that all processes share: a table of the database (Django's DatabaseCache)."""

from django.conf import settings
from django.db import connection
from django.utils import timezone

from egzaminator.kernel.encryption import blind_index


def hidden_key(key: str, prefix: str, version: int) -> str:
    """Take a key as libraries make it, of accounts and client addresses; give the HMAC that the table keeps."""
    return blind_index(f"{prefix}:{version}:{key}", purpose="cache").hex()


def delete_expired_entries() -> int:
    """Delete what nobody may read any more; give how much. Django itself does so only when the table is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires <= %s", [timezone.now()])  # noqa: S608 -- our own name
        return int(cursor.rowcount)
