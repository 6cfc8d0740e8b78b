"""The receiving of an attachment: into memory, as far as the limit goes, and on no disk."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from egzaminator.mailings.domain.attachments import LARGEST_BYTES

FIELD = "file"


class AttachmentUploadHandler(FileUploadHandler):
    """An upload handler that takes the first file of one field, and no more of it than an attachment may have."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.is_too_large = False
        self._content: bytearray | None = None

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raise `SkipFile` for one of another field, and for the second of two."""
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self._content is not None:
            raise SkipFile
        self._content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what arrived. Raise `SkipFile` if the file turns out too large."""
        assert self._content is not None  # noqa: S101 -- `new_file` was called before
        if start + len(raw_data) > LARGEST_BYTES:
            self.is_too_large = True
            self._content.clear()
            raise SkipFile
        self._content += raw_data

    def file_complete(self, file_size: int) -> SimpleUploadedFile | None:
        """Return the file, or None if there is none."""
        if self._content is None or self.is_too_large:
            return None
        return SimpleUploadedFile(str(self.file_name), bytes(self._content))
