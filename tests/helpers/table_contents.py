"""Brings the tables of this process's database to contents they had before, touching only those that differ.

Django's `flush` truncates every table, so PostgreSQL makes hundreds of files anew, and then Django creates every
content type and permission again. Loading the default pages takes seconds. Most tests change a few tables.
"""

from collections.abc import Mapping

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# The rows of each table that has any, by its quoted name, as COPY writes them. Sequences only ever go on.
Contents = Mapping[str, bytes]


class Emptier:
    """Empties the tables after a test that commits.

    The first time it lets Django do it, and learns what that leaves.
    """

    def __init__(self) -> None:
        self._left: Contents | None = None

    def empty_tables(self) -> None:
        """Delete the rows of all models, and leave the content types, permissions and groups of a new database."""
        if self._left is None or not can_restore():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
            self._left = contents()
            return
        with transaction.atomic():
            with connection.cursor() as cursor:  # like truncation, wait for the transactions of others
                cursor.execute(f"LOCK TABLE {', '.join(_tables())} IN ACCESS EXCLUSIVE MODE")
            restore(self._left)
        ContentType.objects.clear_cache()


def can_restore() -> bool:
    """Return whether the role may bypass triggers: a superuser, as it is on the embedded server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def contents() -> Contents:
    """Return what the tables of all models hold."""
    with connection.cursor() as cursor:
        return {table: _content(cursor, table) for table in _filled(cursor)}


def restore(wanted: Contents) -> None:
    """Make the tables of all models hold that and nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, and any order
        for table in _filled(cursor) | wanted.keys():
            if _content(cursor, table) != wanted.get(table, b""):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- a table's name
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(wanted.get(table, b""))
        cursor.execute("SET LOCAL session_replication_role = origin")


def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in names]


def _filled(cursor: CursorWrapper) -> set[str]:
    looks = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in _tables()]  # noqa: S608 -- as above
    cursor.execute(" UNION ALL ".join(looks))
    return {table for (table,) in cursor.fetchall()}


def _content(cursor: CursorWrapper, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(map(bytes, copy))
