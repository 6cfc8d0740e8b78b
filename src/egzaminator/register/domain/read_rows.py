import re
from typing import BinaryIO, Final

from egzaminator.register.domain.read_csv import read_csv
from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Table
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_ZIP: Final = b"PK"
_HEAD_BYTES: Final = 4096
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names in the directory of a compound file, by which what it holds is told.
_IN_COMPOUND: Final = {
    "EncryptedPackage": FileProblem.LOCKED_WORKBOOK,
    "WordDocument": FileProblem.DOCUMENT,
}
_COMPOUND_BYTES: Final = 16 * 1024 * 1024
# Files that people send for a register, by how they begin.
_NOT_OURS: Final = {
    b"%PDF": FileProblem.PDF,
    b"\xff\xfe": FileProblem.UTF_16,
    b"\xfe\xff": FileProblem.UTF_16,
    b"\x1f\x8b": FileProblem.PACKED,
    b"7z\xbc\xaf": FileProblem.PACKED,
    b"Rar!": FileProblem.PACKED,
    b"{\\rtf": FileProblem.DOCUMENT,
    # Excel 2 to 4 and, without its container, 5: a record "beginning of file".
    b"\x09\x00\x04\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x02\x06\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x04\x06\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x08\x08\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x08\x10\x00": FileProblem.OLD_WORKBOOK,
}
# The same by what a text of tags holds near its beginning.
_MARKUP: Final = {
    re.compile(
        rb"urn:schemas-microsoft-com:office:spreadsheet.*<Workbook|<Workbook[^>]*office:spreadsheet", re.DOTALL
    ): (FileProblem.XML_WORKBOOK),
    re.compile(rb"urn:oasis:names:tc:opendocument"): FileProblem.OPEN_DOCUMENT,
    re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|style|table|tr|div|p)\b|<!--", re.IGNORECASE): (
        FileProblem.WEB_PAGE
    ),
}
_MIME: Final = re.compile(rb"mime-version:", re.IGNORECASE)


def read_rows(file: BinaryIO) -> Table:
    """Read a register file as rows of cells, one after the other, whatever its format.

    Takes a file opened for reading bytes, at its beginning and seekable; it stays open. Raises UnreadableFileError, and
    the rows do.
    """
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head:
        raise UnreadableFileError(FileProblem.EMPTY)
    if head.startswith(_COMPOUND):
        raise UnreadableFileError(_what_is_compound(file))
    if problem := _what_else(head):
        raise UnreadableFileError(problem)
    return read_xlsx(file) if head.startswith(_ZIP) else Table(read_csv(file))


def _what_is_compound(file: BinaryIO) -> FileProblem:
    content = file.read(_COMPOUND_BYTES)
    for name, problem in _IN_COMPOUND.items():
        if name.encode("utf-16-le") in content:
            return problem
    return FileProblem.OLD_WORKBOOK


def _what_else(head: bytes) -> FileProblem | None:
    for beginning, problem in _NOT_OURS.items():
        if head.startswith(beginning):
            return problem
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MIME.match(text):
        return FileProblem.WEB_PAGE
    if text.startswith(b"<"):
        return next((problem for pattern, problem in _MARKUP.items() if pattern.search(text)), None)
    return None
