"""Making a backup: database, media and version in one encrypted archive."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from egzaminator import __version__
from egzaminator.backup.age import encrypting
from egzaminator.backup.archive import FORMAT, Manifest, Writer, written
from egzaminator.backup.errors import BackupError, NotCopiedError
from egzaminator.backup.folder import (
    UNFINISHED,
    backup_folder,
    locked,
    name_of,
    open_private,
    remove_old,
    remove_unfinished,
    sum_file,
    write_sum,
)
from egzaminator.backup.journal import journal_file, update_journal
from egzaminator.backup.postgres_tools import run_program, server_version
from egzaminator.backup.state import LAST_BACKUP, record_success
from egzaminator.runtime.restoring import require_whole_database


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made."""

    archive: Path
    rows: int
    files: int
    removed: list[Path]


def make_backup() -> Made:
    """Make a backup, have it copied, and remove the old ones.

    Raise `BackupError`, or `CommandError` while a restore has not ended.

    The archive has its name only once it is whole and on the disk, and old ones are removed only after that. What is in
    it is the database at one moment; files that are deleted meanwhile may be missing from the media.
    """
    if not settings.BACKUP_RECIPIENTS:
        raise BackupError(
            "BACKUP_RECIPIENTS is not set: public keys of age, of which one is the administrator's and one this "
            "machine's. docs/production.md says how they are made."
        )
    require_whole_database()
    folder = backup_folder()
    with locked(folder), _space_minded(folder):
        remove_unfinished(folder)
        now = timezone.now()
        archive = folder / name_of(now)
        unfinished = archive.with_name(f"{archive.name}{UNFINISHED}")
        try:
            digest, manifest, files = _write(unfinished, made_at=now.isoformat(timespec="seconds"))
            write_sum(archive, digest=digest)
            unfinished.rename(archive)
        finally:
            unfinished.unlink(missing_ok=True)
        update_journal(folder)
        _sync(folder)
        copy_away([archive, sum_file(archive), journal_file(folder)])
        removed = remove_old(folder, now=now)
    record_success(LAST_BACKUP)
    return Made(archive, rows=sum(manifest.rows.values()), files=files, removed=removed)


def copy_away(paths: list[Path]) -> None:
    """Run the administrator's program with files to copy, if there is one. Raise `NotCopiedError` if it fails.

    It gets nothing of our environment but PATH and HOME: that holds the keys that must not be where backups are.
    """
    program = settings.BACKUP_COPY_COMMAND
    if program is None:
        return
    passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        status = subprocess.run([program, *paths], check=False, env=passed_on, stdin=subprocess.DEVNULL).returncode  # noqa: S603 -- the administrator's own
    except OSError as error:
        raise NotCopiedError(f"BACKUP_COPY_COMMAND {program} cannot be run: {error.strerror}.") from None
    if status:
        raise NotCopiedError(
            f"BACKUP_COPY_COMMAND {program} ended with {status}: nothing was copied away. The files are in "
            f"{paths[0].parent}; older ones are kept until a copy succeeds."
        )


class _Hashing:
    """A file that computes the digest of what is written into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


def _write(path: Path, *, made_at: str) -> tuple[str, Manifest, int]:
    """Write an archive. Return its digest, its manifest and how many files it holds."""
    version = server_version()
    with open_private(path) as file:
        hashing = _Hashing(file)
        with encrypting(hashing, recipients=settings.BACKUP_RECIPIENTS) as encrypted, written(encrypted) as writer:
            with _snapshot() as snapshot:
                manifest = _describe(made_at, version)
                writer.add_manifest(manifest)
                _dump(writer, snapshot=snapshot, version=version)
            files = writer.add_media(Path(settings.MEDIA_ROOT))
        file.flush()
        os.fsync(file.fileno())
    return hashing.digest.hexdigest(), manifest, files


def _dump(writer: Writer, *, snapshot: str, version: int) -> None:
    with run_program(
        "pg_dump",
        *("--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s", f"--snapshot={snapshot}"),
        version=version,
        stdout=subprocess.PIPE,
    ) as dumping:
        if dumping.stdout is not None:
            writer.add_database(dumping.stdout)


@contextmanager
def _snapshot() -> Iterator[str]:
    """Open a transaction and yield the name by which pg_dump sees the same moment of the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def _describe(made_at: str, postgresql: int) -> Manifest:
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        format=FORMAT,
        version=__version__,
        made_at=made_at,
        postgresql=postgresql,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        rows=count_rows(),
    )


def count_rows() -> dict[str, int]:
    """Return how many rows each table of the database has."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- the database's own names
            counts[table] = cursor.fetchone()[0]
    return counts


@contextmanager
def _space_minded(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into words."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"The backup could not be written into {folder}: {error.strerror}. The earlier ones are untouched. Make "
            "room there, keep fewer (BACKUP_KEEP_DAYS), or name another folder (BACKUP_DIR)."
        ) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
