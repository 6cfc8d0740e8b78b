"""The receiving of a file that is to be imported: encrypted into the database as it arrives, on no disk in clear.

Django's own handlers write large files below `/tmp`. This one is set by the import's view alone, after it has made
sure, before anything of the body is read, that the request is a staff member's who may import.
"""

import uuid
from enum import Enum
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils import timezone

from egzaminator.stored_files.domain.files import FileWriter
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import StoredFile

PURPOSE: Final = "register-import"
FIELD: Final = "file"
LARGEST_BYTES: Final = 50 * 1024 * 1024


class UploadFault(Enum):
    """Why there is no file, although one was sent. The form has words for each."""

    TOO_LARGE = "too-large"
    SEVERAL = "several"
    CUT_OFF = "cut-off"
    USED_UP = "used-up"


class StoredUpload(UploadedFile):
    """An uploaded file whose content stands in the database. Forms read its name and size."""

    def __init__(self, *, stored: StoredFile, name: str) -> None:
        super().__init__(name=name, size=stored.size)
        self.stored = stored

    def close(self) -> None:
        """Do nothing: there is nothing open."""


class ImportUploadHandler(FileUploadHandler):
    """An upload handler that takes one file of one field, and writes it encrypted, piece by piece.

    Whatever was written is deleted by `close`, unless `keep` was called before.
    """

    def __init__(self, request: HttpRequest, *, owner: uuid.UUID) -> None:
        super().__init__(request)
        self.fault: UploadFault | None = None
        self._owner = owner
        self._writer: FileWriter | None = None
        self._is_arriving = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raise `SkipFile` for one of another field, and for the second of two."""
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self.fault:
            raise SkipFile
        if self._writer:
            self._refuse(UploadFault.SEVERAL)
        self._writer = FileWriter(owner=self._owner, purpose=PURPOSE, name=f"import-{timezone.localdate()}")
        self._is_arriving = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what arrived. Raise `SkipFile` if the file turns out too large, or was deleted meanwhile."""
        assert self._writer  # noqa: S101 -- `new_file` was called before
        if start + len(raw_data) > LARGEST_BYTES:
            self._refuse(UploadFault.TOO_LARGE)
        try:
            self._writer.write(raw_data)
        except FileGoneError:  # the account was ended
            self._refuse(UploadFault.CUT_OFF)

    def file_complete(self, file_size: int) -> StoredUpload | None:
        """Return the file, or None if there is none."""
        self._is_arriving = False
        if self._writer is None or self.fault:
            return None
        try:
            return StoredUpload(stored=self._writer.finish(), name=str(self.file_name))
        except FileGoneError:  # the account was ended
            self.close()
            self.fault = UploadFault.CUT_OFF
            return None

    def upload_interrupted(self) -> None:
        """Note that the body ended in the middle of the file. Django says so of skipped files too."""
        if self._is_arriving:
            self.fault = UploadFault.CUT_OFF

    def keep(self) -> None:
        """Leave the written file to whoever has taken it."""
        self._writer = None

    def close(self) -> None:
        """Delete what was written, unless it was kept."""
        if self._writer:
            self._writer.discard()
            self._writer = None

    def _refuse(self, fault: UploadFault) -> None:
        self.close()
        self.fault, self._is_arriving = fault, False
        raise SkipFile
