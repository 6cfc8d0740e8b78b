"""A stored file as Python's own kind of file, for readers that move about in it, such as those of ZIP archives."""

import io
import os
from collections import OrderedDict
from typing import Final

from egzaminator.core.encryption import UndecryptableError
from egzaminator.stored_files.domain.files import read_piece
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import PIECE_BYTES, StoredFile

# A reader of a ZIP archive goes back and forth between its directory and a few of its members.
_PIECES_KEPT: Final = 8


def open_stored_file(file: StoredFile) -> io.BufferedReader:
    """Open a complete file for reading, at its beginning. Whatever its size, at most nine pieces are in memory.

    A piece is decrypted when it is first needed, and again only after others have pushed it out. The owner and the
    expiry are for the caller to check (`is_open_to`).

    Reading raises `UndecryptableError` at a piece that is missing, was changed, or belongs elsewhere, and
    `FileGoneError` if the file was deleted meanwhile.
    """
    return io.BufferedReader(_Pieces(file), buffer_size=PIECE_BYTES)


class _Pieces(io.RawIOBase):
    """The bytes of a stored file, without a buffer of its own besides the last few pieces."""

    def __init__(self, file: StoredFile) -> None:
        super().__init__()
        self._file = file
        self._position = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()  # by position, the one used last at the end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._file.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning of the file")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # the type of such buffers is private to typeshed
        """Fill the buffer as far as one piece goes, and return how many bytes that were: 0 at the end."""
        if self._position >= self._file.size:
            return 0
        number, start = divmod(self._position, PIECE_BYTES)
        some = self._piece(number)[start : start + len(buffer)]
        buffer[: len(some)] = some
        self._position += len(some)
        return len(some)

    def _piece(self, number: int) -> bytes:
        if number not in self._kept:
            while len(self._kept) >= _PIECES_KEPT:
                self._kept.popitem(last=False)
            self._kept[number] = self._read(number)
        self._kept.move_to_end(number)
        return self._kept[number]

    def _read(self, number: int) -> bytes:
        try:
            return read_piece(file=self._file, position=number)
        except UndecryptableError:
            if StoredFile.objects.filter(pk=self._file.pk).exists():
                raise
            raise FileGoneError from None
