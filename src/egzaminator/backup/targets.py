"""Where a restore puts things: the database and the media, with what was there before kept until the end."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.test.utils import override_settings

from egzaminator.backup.errors import BackupError
from egzaminator.runtime.restoring import BEFORE_RESTORE, is_restore_unfinished

_OBJECTS: Final = """
SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
"""
_OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# As PostgreSQL makes the schema `public` of a new database.
_FRESH: Final = """
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema'
"""


def database_name() -> str:
    """Return the name of the database that the connection leads to."""
    return str(connection.settings_dict["NAME"])


def require_room(*, replace: str) -> None:
    """Raise `BackupError` if the database or the media hold something that nobody said may be replaced.

    `replace` is the name of the database whose content may go: typing it shows that the right one is meant.
    """
    count = _number(_OBJECTS)
    media = Path(settings.MEDIA_ROOT)
    has_media = media.is_dir() and any(media.iterdir())
    if (count or has_media) and replace != database_name():
        raise BackupError(
            f"There is something already: {count} tables and the like in the database {database_name()}, "
            f"{'files' if has_media else 'nothing'} in {media}. Nothing was changed. If all of it may be replaced, say "
            f"so: --replace {database_name()}"
        )
    require_alone()


def require_alone() -> None:
    """Raise `BackupError` if anybody else is connected to the database."""
    if others := _number(_OTHERS):
        raise BackupError(
            f"{others} other connections to the database {database_name()} are open. Stop the web server and the "
            "workers on all machines first: systemctl stop 'egzaminator-*'"
        )


def set_aside() -> None:
    """Put what is in the database into a schema of its own, and leave an empty one. Until the end nothing starts."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ALTER SCHEMA public RENAME TO {BEFORE_RESTORE}")
            cursor.execute(_FRESH)
    except ProgrammingError as error:
        raise BackupError(
            f"The database's role may not replace what is in it ({str(error).strip()}). Make it the owner: "
            f"sudo -u postgres psql -c 'ALTER DATABASE {database_name()} OWNER TO {_role()}'"
        ) from None
    connections.close_all()  # what PostgreSQL has prepared for the connection meant the old tables


def put_back() -> bool:
    """Undo what a restore that did not end has begun. Return whether there was one."""
    _remove(_unpacked())
    if not is_restore_unfinished():
        _remove(_media_before())
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
        cursor.execute(f"ALTER SCHEMA {BEFORE_RESTORE} RENAME TO public")
    if _media_before().exists():
        _remove(Path(settings.MEDIA_ROOT))
        _media_before().rename(settings.MEDIA_ROOT)
    connections.close_all()
    return True


def keep_restored() -> None:
    """Make the restored content the one that is used, and remove what was there before."""
    media = Path(settings.MEDIA_ROOT)
    if media.exists():
        media.rename(_media_before())
    _unpacked().rename(media)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {BEFORE_RESTORE} CASCADE")
    _remove(_media_before())


def begin_media() -> Path:
    """Make the empty folder that the media are unpacked into, beside the one that is used."""
    _remove(_unpacked())
    _unpacked().mkdir(mode=0o700, parents=True)
    return _unpacked()


@contextmanager
def scratch() -> Iterator[None]:
    """Make a scratch database and let the process work on it, with the media beside; remove both at the end.

    What a killed drill left is removed first.
    """
    name = database_name()
    scratch_name = f"{name}_drill"
    quoted = connection.ops.quote_name(scratch_name)
    _drop(quoted)
    try:
        _execute(f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'")
    except ProgrammingError as error:
        raise BackupError(
            f"The drill needs a database of its own and may not make one ({str(error).strip()}). Allow it: "
            f"sudo -u postgres psql -c 'ALTER ROLE {_role()} CREATEDB'"
        ) from None
    connections.close_all()
    connection.settings_dict["NAME"] = scratch_name
    try:
        with override_settings(MEDIA_ROOT=Path(settings.BACKUP_DIR) / "drill"):
            try:
                yield
            finally:
                _remove(Path(settings.MEDIA_ROOT))
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        _drop(quoted)


def _role() -> str:
    return str(connection.connection.info.user)


def _drop(quoted_name: str) -> None:
    _execute(f"DROP DATABASE IF EXISTS {quoted_name} WITH (FORCE)")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _media_before() -> Path:
    return _beside("before-restore")


def _unpacked() -> Path:
    return _beside("restored")


def _beside(ending: str) -> Path:
    media = Path(settings.MEDIA_ROOT)
    return media.with_name(f"{media.name}.{ending}")


def _remove(folder: Path) -> None:
    if os.path.lexists(folder):
        shutil.rmtree(folder)
