"""Upload limits: only staff may upload files, and only to the panel."""

from typing import Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from egzaminator.panel.access import is_proven_staff

# In bytes. Slightly more than the largest file that a form accepts, so that the form can explain its own limit.
LARGEST_UPLOAD: Final = 12 * 1024 * 1024


class StaffUploadHandler(FileUploadHandler):
    """An upload handler that refuses every file not sent to the panel by staff, before a byte of it is stored.

    Our own forms take no files, but without this handler Django would read the files of any request into memory or onto
    the disk.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Let the file through to the next handlers. Raise `SuspiciousOperation` (status 400) if it is not allowed."""
        request = self.request
        if request is None or not request.path_info.startswith("/panel/") or not is_proven_staff(request):
            raise SuspiciousOperation("A file was sent where none is taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on. Raise `RequestDataTooBig` (status 400) if the file exceeds `LARGEST_UPLOAD`."""
        if start + len(raw_data) > LARGEST_UPLOAD:
            raise RequestDataTooBig("A file was sent that is larger than any form takes.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handlers."""


def replace_content(file: UploadedFile, content: bytes) -> None:
    """Overwrite an uploaded file in place, whether it is in memory or on the disk."""
    file.seek(0)
    file.truncate()
    file.write(content)
    file.seek(0)
    file.size = len(content)
