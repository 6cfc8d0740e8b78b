"""The ZIP archive of a workbook, read within limits that no real workbook reaches."""

import zipfile
from typing import Any, Final, Self

from openpyxl.xml.constants import SHEET_MAIN_NS

from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_LONGEST_TEXT_BYTES: Final = 1024 * 1024
# The frame of a workbook becomes objects in memory, some 400 times its size.
_MOST_FRAME_BYTES: Final = 2 * 1024 * 1024
# The XML of real sheets is compressed 10 to 30 times; a zip bomb, about 1,000 times.
_MOST_SHRUNK: Final = 200
_SMALL_BYTES: Final = 1024 * 1024
# "Strict Open XML" (ISO/IEC 29500, part 1) differs from the usual "transitional" form (part 4) in its namespaces.
_STRICT: Final = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": SHEET_MAIN_NS.encode(),
    b"http://purl.oclc.org/ooxml/": b"http://schemas.openxmlformats.org/",
    b"http://schemas.openxmlformats.org/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
}


class Part:
    """A part of a workbook, as the file object that the library expects.

    The longest tag or text in it is bounded, to protect memory. The namespaces of strict Open XML are replaced by the
    usual ones.
    """

    def __init__(self, source: Any) -> None:
        self._source = source
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Return more of the content, up to the end of a tag. Raise `UnreadableFileError` if a text is too long."""
        while True:
            some: bytes = self._source.read(size)
            content: bytes = self._rest + some
            # Cut after a tag: a namespace never continues beyond the end of its tag.
            end = content.rfind(b">") + 1 if some and size >= 0 else len(content)
            self._rest = content[end:]
            if len(self._rest) > _LONGEST_TEXT_BYTES:
                raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
            if end or not some:
                break
        content = content[:end]
        if b"purl.oclc.org" in content:
            for strict, usual in _STRICT.items():
                content = content.replace(strict, usual)
        return content

    def close(self) -> None:
        """Close the file object."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class Archive(zipfile.ZipFile):
    """The ZIP archive of a workbook. It limits, before unpacking, what the library will hold in memory."""

    def open(self, name: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Return a part as a file object. Raise `UnreadableFileError` if it is compressed like a zip bomb."""
        part = self.getinfo(name)
        if part.file_size > _SMALL_BYTES and part.file_size > _MOST_SHRUNK * part.compress_size:
            raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
        return Part(super().open(part))

    def read(self, name: Any, *_args: Any) -> bytes:
        """Return a part of the frame. Raise `UnreadableFileError` if it is too large."""
        self.require_at_most(_MOST_FRAME_BYTES, name)
        return super().read(name)

    def require_at_most(self, limit: int, name: str, problem: FileProblem = FileProblem.HUGE_WORKBOOK) -> None:
        """Raise `UnreadableFileError` with `problem` if a part is larger than `limit` bytes when unpacked."""
        if self.getinfo(name).file_size > limit:
            raise UnreadableFileError(problem)
