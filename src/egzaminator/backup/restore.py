"""Restoring an archive: what it takes, loading it, and what has to be true before anybody may use it."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from egzaminator import __version__
from egzaminator.backup.aftercare import Report, take_care
from egzaminator.backup.archive import Manifest, Reader, opened
from egzaminator.backup.errors import BackupError
from egzaminator.backup.folder import require_whole
from egzaminator.backup.make import count_rows
from egzaminator.backup.postgres_tools import run_program, server_version
from egzaminator.backup.targets import begin_media, keep_restored, put_back, require_alone, require_room, set_aside


def restore(archive: Path, *, keys: list[Any], replace: str, journal: Path) -> Report:
    """Restore an archive into our database and media folder. Return what is well and what is left to do.

    `replace` is the name of the database if what is in it may go. What was there before is kept until everything is
    done; if anything fails, it is there again. Raise `BackupError`.
    """
    require_whole(archive)
    undo()
    try:
        with opened(archive, keys=keys) as reader:
            require_known(reader.manifest)
            require_room(replace=replace)
            set_aside()
            load(reader, media=begin_media())
        finish_schema()
        report = take_care(made_at=reader.manifest.made_at, journal=journal)
        keep_restored()
    except BaseException:
        put_back()
        raise
    report.well.insert(0, f"{sum(reader.manifest.rows.values())} rows of {len(reader.manifest.rows)} tables are there.")
    return report


def undo() -> bool:
    """Undo a restore that was killed. Return whether there was one. Raise `BackupError` if one is at work."""
    require_alone()
    return put_back()


def require_known(manifest: Manifest) -> None:
    """Raise `BackupError` if an archive was made by a newer release or a newer PostgreSQL.

    After a rollback the database has migrations of the newer release, and this one runs on them: what this one backed
    up it can restore.
    """
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown and manifest.version != __version__:
        raise BackupError(
            f"The archive was made by Egzaminator {manifest.version}, whose database has what {__version__} does not "
            f"know ({unknown[0]}). Install {manifest.version} or a newer release, and restore with it."
        )
    if (present := server_version()) < manifest.postgresql:
        raise BackupError(
            f"The archive comes from PostgreSQL {manifest.postgresql}, and this server is {present}. Restore into "
            f"PostgreSQL {manifest.postgresql} or newer."
        )


def load(reader: Reader, *, media: Path) -> None:
    """Load an archive into our database, whose schema is empty, and a folder. Raise `BackupError`.

    The database is loaded in one transaction, so it is there as a whole or not at all.
    """
    _load_database(reader.database(), version=max(reader.manifest.postgresql, server_version()))
    _unpack(reader, media)
    if count_rows() != reader.manifest.rows:
        raise BackupError("The database does not have the rows that the archive was made with. Take another archive.")


def finish_schema() -> None:
    """Bring a loaded database up to this release, and let PostgreSQL plan with its figures."""
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _load_database(pieces: Iterable[bytes], *, version: int) -> None:
    with run_program(
        "pg_restore",
        *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
        version=version,
        stdin=subprocess.PIPE,
    ) as restoring:
        for piece in pieces:
            if restoring.stdin is not None:
                restoring.stdin.write(piece)


def _unpack(reader: Reader, folder: Path) -> None:
    try:
        for path, content in reader.media():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(content, file)
    except OSError as error:
        raise BackupError(
            f"The media could not be written into {folder}: {error.strerror}. Make room there and try again."
        ) from None
