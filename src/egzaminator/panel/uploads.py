from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler

from egzaminator.panel.access import is_proven_staff


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
        """Hand the chunk on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
