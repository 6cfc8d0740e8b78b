"""The drill: an archive is restored into a scratch database and folder, and looked at, to prove that it can be."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client

from egzaminator.backup.archive import opened
from egzaminator.backup.errors import BackupError
from egzaminator.backup.folder import backup_folder, locked, require_whole
from egzaminator.backup.restore import finish_schema, load, require_known
from egzaminator.backup.state import LAST_DRILL, record_success
from egzaminator.backup.targets import scratch
from egzaminator.core.encryption import UndecryptableError, decrypt_bytes
from egzaminator.key_rotation.domain.columns import EncryptedColumn, encrypted_columns
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.runtime.maintenance import is_maintenance_on

# One value of each key that a column was encrypted with, with its row.
_ONE_OF_EACH: Final = """
SELECT DISTINCT ON (substring({column} FROM 1 FOR 2 + get_byte({column}, 1))) {key}, {column}
FROM {table} WHERE length({column}) > 1
"""
_PAGES: Final = ("/", "/konto/logowanie/")
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill has found."""

    made_at: str
    version: str
    rows: int
    files: int
    values: dict[str, int]
    """How many values were opened, by the id of their key."""
    pages: int
    seconds: float


def drill(archive: Path, *, keys: list[Any]) -> Drilled:
    """Restore an archive into scratch, open values, count rows, ask for pages, and remove the scratch.

    No worker runs on it and no e-mail is sent. Raise `BackupError` or `IndexKeyChangedError` if the archive would not
    do for a restore.
    """
    began = time.monotonic()
    live_media = Path(settings.MEDIA_ROOT)
    with locked(backup_folder(), what="drill"):
        require_whole(archive)
        with scratch():
            with opened(archive, keys=keys) as reader:
                manifest = reader.manifest
                require_known(manifest)
                media = Path(settings.MEDIA_ROOT)
                media.mkdir(mode=0o700)
                load(reader, media=media)
            finish_schema()
            values = _open_values()
            require_index_key()
            files = _look_for_files(media, live=live_media)
            pages = 0 if is_maintenance_on() else _ask_pages()
    record_success(LAST_DRILL)
    return Drilled(
        made_at=manifest.made_at,
        version=manifest.version,
        rows=sum(manifest.rows.values()),
        files=files,
        values=values,
        pages=pages,
        seconds=time.monotonic() - began,
    )


def _open_values() -> dict[str, int]:
    """Open a value of each key in each encrypted column. Return how many, by key id. Raise `BackupError`."""
    opened_by: dict[str, int] = {}
    for column in encrypted_columns():
        for row_id, value in _one_of_each(column):
            key_id = bytes(value[2 : 2 + value[1]]).decode("ascii", "replace")
            try:
                decrypt_bytes(value, context=column.field.context(row_id))
            except UndecryptableError:
                raise BackupError(
                    f"A value of {column.field.location} does not open with the key {key_id} of ENCRYPTION_KEYS. "
                    "Restored, it would be lost: look for the key that it was encrypted with."
                ) from None
            opened_by[key_id] = opened_by.get(key_id, 0) + 1
    return opened_by


def _one_of_each(column: EncryptedColumn) -> list[tuple[Any, memoryview]]:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_OF_EACH.format(table=column.table, column=column.column, key=column.key))
        rows: list[tuple[Any, memoryview]] = cursor.fetchall()
    return rows


def _look_for_files(media: Path, *, live: Path) -> int:
    """Return how many files are there. Raise `BackupError` if one that the database names is on the site alone."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 -- Django's documented API for a model's fields
            if not isinstance(field, models.FileField):
                continue
            for name in model._default_manager.exclude(**{field.attname: ""}).values_list(field.attname, flat=True):  # noqa: SLF001 -- as above
                if (live / str(name)).is_file() and not (media / str(name)).is_file():
                    raise BackupError(f"The archive lacks media that the site has, such as {name}.")
    return sum(path.is_file() for path in media.rglob("*"))


def _ask_pages() -> int:
    """Ask for pages of the site as a visitor does. Raise `BackupError` if one does not answer."""
    client = Client(headers={"Host": settings.PUBLIC_HOST})
    for path in _PAGES:
        status = client.get(path, secure=True).status_code
        if status != _OK:
            raise BackupError(f"On the restored database the page {path} answers {status}.")
    return len(_PAGES)
