"""The folder of the backups: their names, their checksums, which are kept, and one writer at a time."""

import datetime
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path
from typing import Final

from django.conf import settings

from egzaminator.backup.errors import BackupError
from egzaminator.backup.seals import make_seal, require_seal

UNFINISHED: Final = ".part"
_NAME: Final = re.compile(r"egzaminator-(\d{8}T\d{6}Z)\.tar\.age")
_TIME: Final = "%Y%m%dT%H%M%SZ"
_SUM: Final = re.compile(r"([0-9a-f]{64})  [^\n]+\n# seal (\S+)\n?")
_BLOCK: Final = 1024 * 1024


def backup_folder() -> Path:
    """Return the folder BACKUP_DIR, which is made for its owner alone if it is missing. Raise `BackupError`."""
    folder: Path = settings.BACKUP_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"BACKUP_DIR {folder} cannot be made: {error.strerror}.") from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise BackupError(f"BACKUP_DIR {folder} is not ours to write: chown it to the user that the service runs as.")
    return folder


@contextmanager
def locked(folder: Path, *, what: str = "backup", waits: bool = False) -> Iterator[None]:
    """Hold a lock in the folder, so that one backup, or one drill, is at work at a time.

    `waits` waits for the other one's end. Without it, raise `BackupError`. The kernel gives the lock back when its
    process ends, however it ends.
    """
    with open_private(folder / f".{what}-lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BackupError(f"Another {what} is at work. Wait until it has ended.") from None
        yield


def open_private(path: Path, *, append: bool = False) -> BufferedWriter:
    """Open a file for writing that is made for its owner alone, whatever the umask."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, all of it or nothing, also if the power fails."""
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    with open_private(unfinished) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def name_of(made_at: datetime.datetime) -> str:
    """Return the file name of the archive that is made at a time."""
    return f"egzaminator-{made_at.astimezone(datetime.UTC).strftime(_TIME)}.tar.age"


def made_at(archive: Path) -> datetime.datetime:
    """Return when an archive of ours was made, by its name."""
    match = _NAME.fullmatch(archive.name)
    if match is None:
        raise ValueError(archive.name)
    return datetime.datetime.strptime(match[1], _TIME).replace(tzinfo=datetime.UTC)


def archives(folder: Path) -> list[Path]:
    """Return the archives in a folder, the oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def sum_file(archive: Path) -> Path:
    """Return the file beside an archive that holds its checksum and seal, as `sha256sum --check` reads it."""
    return archive.with_name(f"{archive.name}.sha256")


def write_sum(archive: Path, *, digest: str) -> None:
    """Write the checksum and the seal of an archive beside it."""
    seal = make_seal(digest.encode(), purpose="archive")
    write_private(sum_file(archive), f"{digest}  {archive.name}\n# seal {seal}\n".encode())


def require_whole(archive: Path) -> None:
    """Read an archive from end to end. Raise `BackupError` if it is not what the file beside it says."""
    beside = sum_file(archive)
    try:
        written = _SUM.fullmatch(beside.read_text(encoding="ascii", errors="replace"))
        digest = _digest(archive)
    except OSError as error:
        raise BackupError(
            f"{error.filename} cannot be read: {error.strerror}. An archive and its checksum ({beside.name}) are "
            "copied together."
        ) from None
    if written is None:
        raise BackupError(f"{beside} is no checksum of ours. Take the one that was copied with the archive.")
    if written[1] != digest:
        raise BackupError(f"{archive} is damaged or cut off: its checksum is another. Take another copy of it.")
    require_seal(digest.encode(), written[2], purpose="archive")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed backup left, and checksums without an archive."""
    for path in folder.iterdir():
        archive = path.with_suffix("") if path.suffix == ".sha256" else None
        is_alone = archive is not None and _NAME.fullmatch(archive.name) and not archive.exists()
        if path.suffix == UNFINISHED or is_alone:
            path.unlink()


def remove_old(folder: Path, *, now: datetime.datetime) -> list[Path]:
    """Remove the archives older than BACKUP_KEEP_DAYS, but never the newest one. Return what was removed."""
    kept_since = now - datetime.timedelta(days=settings.BACKUP_KEEP_DAYS)
    old = [archive for archive in archives(folder)[:-1] if made_at(archive) < kept_since]
    for archive in old:
        archive.unlink()
        sum_file(archive).unlink(missing_ok=True)
    return old
