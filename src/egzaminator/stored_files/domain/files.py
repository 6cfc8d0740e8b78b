"""Writing, opening and deleting stored files, in constant memory whatever their size."""

import uuid
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from egzaminator.core.encryption import UndecryptableError, decrypt_bytes, encrypt_bytes
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import PIECE_BYTES, Piece, StoredFile, file_expiry, piece_context, piece_id


class FileWriter:
    """A file that is written in pieces as its content comes. Nobody can open it until `complete_file`.

    Outside a transaction each piece is committed by itself; what a killed process leaves is deleted when it expires.
    `owner` is the account that may open it; `name` is made by the program.
    """

    def __init__(self, *, owner: uuid.UUID, purpose: str, name: str) -> None:
        self._file = StoredFile.objects.create(owner=owner, purpose=purpose, name=name)
        self._rest = bytearray()
        self._position = 0

    def write(self, content: bytes) -> None:
        """Add content. Raise `FileGoneError` if the file was deleted meanwhile."""
        self._rest += content
        self._file.size += len(content)
        # The last piece is known as such only at the end, so one byte at least is held back for it.
        while len(self._rest) > PIECE_BYTES:
            _write_piece(self._file, self._position, bytes(self._rest[:PIECE_BYTES]), is_last=False)
            del self._rest[:PIECE_BYTES]
            self._position += 1

    def finish(self) -> StoredFile:
        """Write the last piece, and return the file. Raise `FileGoneError` if it was deleted meanwhile."""
        _write_piece(self._file, self._position, bytes(self._rest), is_last=True)
        return self._file

    def discard(self) -> None:
        """Delete the file and what was written of it."""
        _delete(pk=self._file.pk)


def write_file(*, owner: uuid.UUID, purpose: str, name: str, content: Iterable[bytes]) -> StoredFile:
    """Write the whole of some content, and return its file. If the content fails, nothing stays.

    Raise `FileGoneError` if the file is deleted meanwhile.
    """
    writer = FileWriter(owner=owner, purpose=purpose, name=name)
    try:
        for some in content:
            writer.write(some)
        return writer.finish()
    except Exception:
        writer.discard()
        raise


def complete_file(*, file: StoredFile) -> None:
    """Let the owner of a written file open it from now on, for a day. Raise `FileGoneError` if it was deleted."""
    file.completed_at, file.expires_at = timezone.now(), file_expiry()
    columns = {name: getattr(file, name) for name in ("size", "completed_at", "expires_at")}
    if not StoredFile.objects.filter(pk=file.pk).update(**columns):
        raise FileGoneError


def keep_file(*, file: StoredFile) -> None:
    """Complete a written file that lasts until what it belongs to is deleted (`delete_files_of`).

    Raise `FileGoneError` if it was deleted.
    """
    complete_file(file=file)
    file.expires_at = None
    file.save(update_fields=["expires_at"])


def is_open_to(*, file: StoredFile, account_id: uuid.UUID) -> bool:
    """Return whether an account may open a file now: its own one, complete and not expired."""
    is_over = file.expires_at is None or file.expires_at <= timezone.now()
    return file.owner == account_id and file.completed_at is not None and not is_over


def read_file(*, file: StoredFile) -> Iterator[bytes]:
    """Yield the content of a complete file, piece by piece.

    Raise `UndecryptableError` at a piece that is missing, was changed, or belongs elsewhere.
    """
    for position in range(last_position(file) + 1):
        yield read_piece(file=file, position=position)


def last_position(file: StoredFile) -> int:
    """Return the position of a complete file's last piece, counted from 0. An empty file has one piece too."""
    return max(file.size - 1, 0) // PIECE_BYTES


def read_piece(*, file: StoredFile, position: int) -> bytes:
    """Return the content of one piece of a complete file.

    Raise `UndecryptableError` if the piece is missing, was changed, or belongs elsewhere.
    """
    key = piece_id(file_id=file.pk, position=position, is_last=position == last_position(file))
    content = Piece.objects.filter(pk=key).values_list("content", flat=True).first()
    if content is None:
        raise UndecryptableError(piece_context(key))
    return decrypt_bytes(content, context=piece_context(key))


def delete_files_of(*, owner: uuid.UUID) -> int:
    """Delete all files of an account, or of what else they belong to, also those being written. Return how many."""
    return _delete(owner=owner)


def delete_file(*, file_id: uuid.UUID | None) -> None:
    """Delete a file that is needed no more, if there is one."""
    _delete(pk=file_id)


def delete_expired_files() -> int:
    """Delete the files whose time is over, and return how many."""
    return _delete(expires_at__lte=timezone.now())


def _delete(**which: object) -> int:
    with transaction.atomic():
        # The locks keep a writer from adding pieces between the deletion of a file's pieces and its own.
        keys = list(StoredFile.objects.filter(**which).order_by("pk").select_for_update().values_list("pk", flat=True))
        with connection.cursor() as cursor:  # Django would read the content of all pieces before it deletes them
            cursor.execute("DELETE FROM stored_files_piece WHERE file_id = ANY(%s)", [keys])
        StoredFile.objects.filter(pk__in=keys).delete()
    return len(keys)


def _write_piece(file: StoredFile, position: int, content: bytes, *, is_last: bool) -> None:
    key = piece_id(file_id=file.pk, position=position, is_last=is_last)
    encrypted = encrypt_bytes(content, context=piece_context(key))
    try:
        with transaction.atomic():
            Piece(id=key, file_id=file.pk, content=encrypted).save(force_insert=True)
    except IntegrityError:
        raise FileGoneError from None
