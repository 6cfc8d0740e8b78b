from typing import Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from egzaminator.panel.access import is_proven_staff

# A little more than the largest file that a form takes, so that the form can say what is wrong with one.
LARGEST_UPLOAD: Final = 12 * 1024 * 1024


class StaffUploadHandler(FileUploadHandler):
    """Refuses every file that is not sent to the panel by the board's staff, before a byte of it is kept.

    No form of ours takes files, but Django would read those of any request into memory or onto the disk.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Let a file through to the handlers after this one, or raise SuspiciousOperation, which is answered by 400."""
        request = self.request
        if request is None or not request.path_info.startswith("/panel/") or not is_proven_staff(request):
            raise SuspiciousOperation("A file was sent where none is taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the chunk on; raise RequestDataTooBig, which is answered by 400, when it would never end."""
        if start + len(raw_data) > LARGEST_UPLOAD:
            raise RequestDataTooBig("A file was sent that is larger than any form takes.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""


def replace_content(file: UploadedFile, content: bytes) -> None:
    """Write something else into an uploaded file, in memory or on the disk, where it lies."""
    file.seek(0)
    file.truncate()
    file.write(content)
    file.seek(0)
    file.size = len(content)
