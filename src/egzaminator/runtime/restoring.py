"""Whether the database is one that a restore has not finished with.

A restore keeps what was there before in a schema of its own until the new content may be used. A worker that started
too early would send e-mails a second time, and the site would know sessions that must be dead.
"""

from typing import Final

from django.core.management.base import CommandError
from django.db import connection

BEFORE_RESTORE: Final = "before_restore"


def is_restore_unfinished() -> bool:
    """Return whether a restore was begun and has not ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [BEFORE_RESTORE])
        return bool(cursor.fetchone()[0])


def require_whole_database() -> None:
    """Raise `CommandError` if a restore of the database was begun and has not ended."""
    if is_restore_unfinished():
        raise CommandError(
            "A restore of this database was begun and has not ended. Run `egzaminator restore ARCHIVE` again, or "
            "`egzaminator restore --undo` to have back what was there before."
        )
