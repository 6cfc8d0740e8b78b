"""Files that people upload and that jobs make. They stand encrypted, in pieces, in the database."""

import datetime
import uuid
from typing import Final

from django.db import models
from django.utils import timezone

from egzaminator.audit.retention_rules import STORED_FILES
from egzaminator.core.encrypted_fields import EncryptedField, context_of

# Key rotation holds hundreds of pieces in memory at a time.
PIECE_BYTES: Final = 64 * 1024
_LOCATION: Final = "stored-files.piece"


def file_expiry() -> datetime.datetime:
    """Return when a file that is finished now is deleted."""
    return timezone.now() + STORED_FILES.period


class StoredFile(models.Model):
    """A file that only its owner opens, once it is complete and until it expires.

    `owner` is the id of an account, or of what a lasting file belongs to. It is no foreign key, because both stand
    above this folder.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()
    purpose = models.CharField(max_length=40)  # what made it, such as "register-export"
    name = models.CharField(max_length=100)  # as it is downloaded; made by the program, never typed by anybody
    size = models.BigIntegerField(default=0)  # in bytes
    completed_at = models.DateTimeField(null=True)  # None: it is being written, or what wrote it was killed
    expires_at = models.DateTimeField(default=file_expiry, null=True)  # None: it lasts as long as what it belongs to

    class Meta:
        indexes = [
            models.Index(fields=["owner"], name="stored_files_owner"),
            models.Index(fields=["expires_at"], name="stored_files_expiry"),
        ]


class Piece(models.Model):
    """A piece of a file. All pieces are equally long, apart from the last one.

    The key is made from the file, the position and whether it is the last piece, and the ciphertext is bound to the
    key. So a piece decrypts in no other file and at no other position, and none can be cut off at the end.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="pieces")
    content = EncryptedField(location=_LOCATION)


def piece_id(*, file_id: uuid.UUID, position: int, is_last: bool) -> uuid.UUID:
    """Return the key of a piece. `position` counts from 0."""
    return uuid.uuid5(file_id, f"{position}{' last' if is_last else ''}")


def piece_context(key: uuid.UUID) -> str:
    """Return the context that a piece's ciphertext is bound to."""
    return context_of(_LOCATION, key)
