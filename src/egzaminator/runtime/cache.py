"""The cache that all processes share: a table of the database (Django's DatabaseCache)."""

from django.conf import settings
from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import blind_index


def hidden_key(key: str, prefix: str, version: int) -> str:
    """Return the HMAC under which the table stores a cache key.

    Libraries build keys from accounts and clients' IP addresses, which the table must not disclose.
    """
    return blind_index(f"{prefix}:{version}:{key}", purpose="cache").hex()


def delete_expired_entries() -> int:
    """Delete expired entries and return how many. Django itself deletes them only when the table is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires <= %s", [timezone.now()])  # noqa: S608 -- our own name
        return int(cursor.rowcount)
